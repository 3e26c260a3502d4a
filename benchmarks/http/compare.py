#!/usr/bin/env python3
"""Runs HTTP servers on one processor and load on another, in interleaved rounds. `./benchmark.sh http` builds, then calls this.

    compare.py --build BUILD --into benchmarks/results/http [options]

  --rounds N              5; with 0 the servers are only made
  --seconds N             to measure each for, after a second of warming up: 3
  --connections 'N …'     2 400 20000; not more than the limit of descriptors allows
  --servers 'A,B'         some of those in servers.py; the bare loop always runs
  --loads 'A B'           some of own, spinning (own that never sleeps, at few connections), wrk and counted: all
  --no-wrk                the same as --loads 'own spinning counted'
  --quick                 one round, a second each
  --add                   go on with the rounds that an earlier call left in BUILD/http_runs.jsonl
  --readme FILE           renew the tables between the marks in there (may be said several times)

One run of each server at 400 connections counts its system calls and allocations a request, where perf_event_open(2) allows it.
Server and load are in a network namespace of their own where that is allowed, so that there are ports for all connections.
Standard library only.
"""

import argparse
import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import report
from servers import BARE, SERVERS

FIRST_PORT = 8101  # another one for each run, since connections of the last one linger
SERVER_CPU, LOAD_CPU = 0, 1
COUNTED_CONNECTIONS = 400
FEW_CONNECTIONS = 16
DESCRIPTORS_OF_ITS_OWN = 100  # what a server has open beside its connections


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--into", type=pathlib.Path, required=True, help="path of the results without .json")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--connections", default="2 400 20000")
    parser.add_argument("--servers", default="")
    parser.add_argument("--loads", default="own spinning wrk counted")
    parser.add_argument("--no-wrk", dest="loads", action="store_const", const="own spinning counted")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--add", action="store_true")
    parser.add_argument("--readme", type=pathlib.Path, action="append", default=[])
    parser.add_argument("--prepared", type=pathlib.Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.rounds is None:
        arguments.rounds = 1 if arguments.quick else 5
    arguments.seconds = arguments.seconds or (1 if arguments.quick else 3)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = hard - DESCRIPTORS_OF_ITS_OWN
    arguments.connections = [min(int(number), most) for number in arguments.connections.split()]
    return arguments


# ---- The namespaces ----


def can_unshare():
    options = ["--net", "--mount"] if os.geteuid() == 0 else ["--map-root-user", "--net"]
    works = shutil.which("unshare") and subprocess.run(["unshare", *options, "true"], capture_output=True).returncode == 0
    return ["unshare", *options] if works else None


def prepare_network():
    """Inside of the namespace: the loopback interface up, and nearly all ports for the load."""
    with socket.socket() as any_socket:
        name = struct.pack("16sH14s", b"lo", socket.AF_UNIX, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(any_socket, 0x8913, name))[1]  # SIOCGIFFLAGS
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14s", b"lo", flags | 1, b""))  # SIOCSIFFLAGS, IFF_UP
    with contextlib.suppress(OSError):
        pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("10000 65535")


def prepare_tracing():
    """Where the kernel tells the number of the event by which system calls are counted; in a namespace of mounts it is mounted for us alone."""
    folder = pathlib.Path("/sys/kernel/tracing")
    if os.geteuid() == 0 and folder.is_dir() and not any(folder.iterdir()):
        subprocess.run(["mount", "-t", "tracefs", "tracefs", folder], check=False)


# ---- One run ----


def pin_to(cpu):
    cpus = os.sched_getaffinity(0)
    return (lambda: os.sched_setaffinity(0, {cpu})) if cpu in cpus and len(cpus) > 1 else None


def processes_of(pid):
    """The process and its children, all generations."""
    found, i = [pid], 0
    while i < len(found):
        for task in pathlib.Path(f"/proc/{found[i]}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
        i += 1
    return found


def kilobytes_of(pids, name):
    lines = [line for pid in pids for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(name + ":"))


def cpu_us_of(pids):
    files = [file for pid in pids for file in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(file.read_text().split()[0]) for file in files) / 1000


@contextlib.contextmanager
def running(server, build, folder, port):
    """Yields its processes once it listens; afterwards it is ended."""
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin", **server.environment}
    command = server.arguments(build, folder, port)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, preexec_fn=pin_to(SERVER_CPU))
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None:
                raise RuntimeError(f"{server.name} ended at once, status {process.returncode}")
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{server.name} does not listen")
        time.sleep(0.2)
        yield processes_of(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run_own(build, port, connections, arguments, pids, options=()):
    command = [str(build / "benchmarks/http_load"), "--port", str(port), "--connections", str(connections)]
    command += ["--seconds", str(arguments.seconds), "--warmup", "0.5" if arguments.quick else "1"]
    command += [part for pid in pids for part in ("--server-pid", str(pid))] + list(options)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, preexec_fn=pin_to(LOAD_CPU), timeout=120)
    if done.returncode != 0:
        raise RuntimeError("the load failed")
    return json.loads(done.stdout)


def run_wrk(build, port, connections, arguments, pids):
    """wrk knows no warming up, so its figures contain the connecting."""
    script = pathlib.Path(__file__).parent.parent / "wrk.lua"
    duration = max(1, round(arguments.seconds + (3 if connections > 1000 else 0)))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{duration}s", "--latency", "-s", str(script), f"http://127.0.0.1:{port}/ping"]
    before = cpu_us_of(pids)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, preexec_fn=pin_to(LOAD_CPU), timeout=120)
    cpu = cpu_us_of(pids) - before
    result = json.loads(done.stdout.strip().splitlines()[-1])
    return {**result, "server_cpu_us": cpu, "server_user_us": 0}


def run_counted(server, connections, port, folder, arguments):
    """What the server asks of the kernel and of the allocator a request. Its times mean nothing: it runs under the counters."""
    file = folder / "allocations"
    file.unlink(missing_ok=True)
    preload = arguments.build / "benchmarks/http_allocations.so"
    counted = dataclasses.replace(server, environment={**server.environment, "ICHOR_ALLOCATIONS": str(file), "LD_PRELOAD": str(preload)})
    with running(counted, arguments.build, folder, port) as pids:
        counting = ["--count", "--allocations", str(file)] if server.is_ours() and file.exists() else ["--count"]
        result = run_own(arguments.build, port, connections, arguments, pids, counting)
    names = ["receive_calls", "send_calls", "system_calls"] + (["allocations"] if len(counting) > 1 else [])
    counts = {name: round(result[name] / max(1, result["requests"]), 5) for name in names}
    return {**counts, "requests": result["requests"], "server": server.name, "load": "counted", "connections": connections}


def run_one(server, load, connections, port, folder, arguments):
    with running(server, arguments.build, folder, port) as pids:
        idle = kilobytes_of(pids, "VmRSS")
        if load == "wrk":
            result = run_wrk(arguments.build, port, connections, arguments, pids)
        else:
            result = run_own(arguments.build, port, connections, arguments, pids, ["--spin"] if load == "spinning" else [])
        peak = kilobytes_of(pids, "VmHWM")
    requests = max(1, result["requests"])
    cpu, user = result.pop("server_cpu_us") / requests, result.pop("server_user_us") / requests
    return {
        **result,
        "cpu_us": round(cpu, 3),
        "user_us": round(user, 3),
        "idle_kb": idle,
        "peak_kb": peak,
        "server": server.name,
        "load": load,
        "connections": connections,
    }


# ---- All ----


def is_wanted(server, arguments):
    wanted = [name.strip() for name in arguments.servers.split(",") if name.strip()]
    return not wanted or server.name in wanted or server.name == BARE


def prepare(arguments, folder):
    """Makes what has to be made, while there is a network. Returns why which servers are missing."""
    missing = {}
    for server in SERVERS:
        if is_wanted(server, arguments) and (why := server.missing(arguments.build, folder)):
            missing[server.name] = why
            print(f"{server.name} is left out: {why}", flush=True)
    return missing


def run_rounds(arguments, folder, chosen, runs_file):
    loads = arguments.loads.split()
    if "wrk" in loads and not shutil.which("wrk"):
        print("wrk is left out: not installed (on Debian: apt-get install wrk)")
        loads.remove("wrk")
    plan = [(load, n, server) for load in loads for n in arguments.connections for server in chosen]
    plan = [(load, n, server) for load, n, server in plan if not server.connections or n in server.connections]
    plan = [(load, n, server) for load, n, server in plan if load != "counted" or n == COUNTED_CONNECTIONS]
    plan = [(load, n, server) for load, n, server in plan if load != "spinning" or (n <= FEW_CONNECTIONS and server.is_ours())]
    first = 1 + max((run["round"] for run in report.read_runs(runs_file)), default=0)
    port = FIRST_PORT
    for round_number in range(first, first + arguments.rounds):
        for i, (load, connections, server) in enumerate(plan, 1):
            port += 1
            where = f"[round {round_number}, {i}/{len(plan)}] {server.name}, {connections} connections, {load}"
            if load == "counted" and round_number != first:
                continue
            try:
                if load == "counted":
                    run = run_counted(server, connections, port, folder, arguments)
                else:
                    run = run_one(server, load, connections, port, folder, arguments)
            except (RuntimeError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
                print(f"{where}: failed, {error}", flush=True)
                continue
            counts = ", ".join(f"{run[name]} {name}" for name in ("system_calls", "allocations") if name in run and load == "counted")
            print(f"{where}: {counts or '%s/s, %.2f µs CPU' % (format(run['per_second'], ',.0f'), run['cpu_us'])}", flush=True)
            with runs_file.open("a") as file:
                file.write(json.dumps({**run, "round": round_number}) + "\n")


def main():
    arguments = parse_arguments()
    arguments.build = arguments.build.resolve()
    runs_file = arguments.build / "http_runs.jsonl"
    if arguments.prepared:
        prepare_network()
        prepare_tracing()
        return run_all(arguments, arguments.prepared, runs_file)
    if not arguments.add and arguments.rounds != 0:
        runs_file.unlink(missing_ok=True)
    folder = arguments.build / "http_servers"  # kept, so that the next call need not make them again
    folder.mkdir(exist_ok=True)
    (folder / "missing.json").write_text(json.dumps(prepare(arguments, folder)))
    if unshare := can_unshare():
        return subprocess.run([*unshare, sys.executable, *sys.argv, "--prepared", str(folder)]).returncode
    print("no network namespace of our own is allowed: the load may run out of ports")
    return run_all(arguments, folder, runs_file)


def run_all(arguments, folder, runs_file):
    missing = json.loads((folder / "missing.json").read_text())
    run_rounds(arguments, folder, [server for server in SERVERS if server.name not in missing and is_wanted(server, arguments)], runs_file)
    return report.write(runs_file, arguments.build, arguments.into, arguments.readme, missing)


if __name__ == "__main__":
    sys.exit(main())
