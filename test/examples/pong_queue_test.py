#!/usr/bin/env python3
"""Pong takes io_uring where it is allowed and epoll where it is forbidden, and says so.

Usage: pong_queue_test.py PONG WITHOUT_IO_URING     exit status: 0 all well, 1 not, 77 filters of system calls are not allowed here

With ICHOR_TEST_IO_URING_DISABLED=1 in the environment, and as root, kernel.io_uring_disabled is tried as well, for some seconds.
"""
import errno
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

from ports import free_port

PONG, WITHOUT_IO_URING = sys.argv[1:3]
REQUEST = b'POST /ping HTTP/1.1\r\nHost: h\r\nContent-Length: 15\r\n\r\n{"sequence": 2}'


def ask(port):
    for _ in range(500):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(REQUEST)
                return connection.recv(4096)
        except ConnectionError:
            time.sleep(0.02)
    return b"nobody listens"


def serve(prefix, *options):
    """The line that says which queue runs, after it has answered and ended well."""
    port = free_port()
    process = subprocess.Popen([*prefix, PONG, "-p", str(port), *options], stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if process.poll() == 77:
            sys.exit(77)
        answer = ask(port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        status = process.wait(20)
    if not answer.startswith(b"HTTP/1.1 200 ") or status != 0:
        sys.exit(f"{options}: status {status}, answer {answer!r}")
    return line


def expect(is_so, what):
    if not is_so:
        sys.exit(what)


def expect_no_io_uring(prefix, text):
    """What pong does where io_uring is forbidden for that reason."""
    for threads in ("1", "3"):
        line = serve(prefix, "--queue", "auto", "-t", threads)
        expect(line.startswith("pong runs on epoll: ") and ("no io_uring" in line or text in line), f"auto, {text}: {line}")
    refused = subprocess.run([*prefix, PONG, "--queue", "uring", "-p", str(free_port())], capture_output=True, text=True, timeout=20)
    expect(refused.returncode == 1, f"uring, {text}: status {refused.returncode}")
    expect("--queue uring: " in refused.stderr and refused.stderr.count("\n") == 1, f"uring, {text}: {refused.stderr}")


for number, text in ((errno.EPERM, "Operation not permitted"), (errno.ENOSYS, "Function not implemented")):
    expect_no_io_uring([WITHOUT_IO_URING, str(number)], text)

# The administrator's switch is one for the whole machine, so it is turned only where that was asked for.
if os.environ.get("ICHOR_TEST_IO_URING_DISABLED"):
    switch = pathlib.Path("/proc/sys/kernel/io_uring_disabled")
    before = switch.read_text()
    switch.write_text("2")
    try:
        expect_no_io_uring([], "Operation not permitted")
    finally:
        switch.write_text(before)

line = serve([], "-t", "2")
expect(line.startswith(("pong runs on io_uring: Linux ", "pong runs on epoll: ")), f"auto: {line}")
serve([], "--queue", "asio")
serve([], "--queue", "epoll")
if "io_uring: " in line:
    serve([], "--queue", "uring")

# Whenever the signal comes, also before the last of many threads has begun, all of them end.
for attempt in range(20):
    process = subprocess.Popen([PONG, "-p", str(free_port()), "-t", "24", "--queue", "auto"], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    time.sleep(attempt * 0.001)
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit(f"{attempt} ms after its first line SIGTERM did not end all threads")
    # Before the program captures it, the signal does what it does to every program.
    expect(process.returncode in (0, -signal.SIGTERM), f"{attempt} ms after its first line: status {process.returncode}")
