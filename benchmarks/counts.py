#!/usr/bin/env python3
"""Counts instructions of one event, coroutine turn, service start and so on, which a busy machine does not change.

    benchmarks/counts.py               count, and compare with benchmarks/results/counts.json
    benchmarks/counts.py --limit 5     exit with status 1 when one has grown by more than 5 %
    benchmarks/counts.py --update      also write benchmarks/results/counts.json and the tables made of it
    benchmarks/counts.py --check       only say whether those tables agree with it, which takes no time; all others check it too

Each benchmark runs under callgrind twice, with more and with less to do: the difference of the instructions by the difference of the
work is what one operation takes, without what starting the program takes. Needs valgrind. Standard library only.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench_counts"
COUNTS = ROOT / "benchmarks" / "results" / "counts.json"
# Where the counts stand as a table, between these marks.
TABLES = [ROOT / "benchmarks" / "README.md", ROOT / "benchmarks" / "results" / "results.md"]
BEGIN, END = "<!-- begin of instructions -->", "<!-- end of instructions -->"

# Name, benchmark, part, less and more operations. Enough of them that tables have grown to their usual size.
CASES = [
    ("event", "event", None, 20_000, 120_000),
    ("coroutine turn", "coroutine", None, 20_000, 120_000),
    ("service start, advanced", "start", "advanced", 2_000, 12_000),
    ("service start, constructor", "start", "constructor", 2_000, 12_000),
    ("stop and start of two services", "start_stop", None, 5_000, 25_000),
    ("message by RapidJSON", "serializer", "rapidjson", 5_000, 25_000),
    ("message by Boost.JSON", "serializer", "boost_json", 5_000, 25_000),
    ("event of 1,000 priorities", "priority", "1000", 20_000, 120_000),
    ("handled event", "interceptor", "0", 20_000, 120_000),
    ("handled event with 10 interceptors", "interceptor", "10", 20_000, 120_000),
    ("event of the plain queue", "plain_queue", None, 20_000, 120_000),
]


def build():
    """Always the same flags: a count is only worth comparing with one of the same build."""
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DICHOR_BUILD_TESTING=OFF", "-DICHOR_BUILD_EXAMPLES=OFF", "-DICHOR_BUILD_BENCHMARKS=ON"]
    targets = sorted({f"ichor_{benchmark}_benchmark" for _, benchmark, _, _, _ in CASES})
    for command in (["cmake", "-G", "Ninja", "-S", ROOT, "-B", BUILD] + options, ["cmake", "--build", BUILD, "--target"] + targets):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)


def instructions(benchmark, part, count, folder):
    """How many instructions the whole program took, and what compiled it."""
    profile, measured = folder / "callgrind.out", folder / "measured.json"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", BUILD / "benchmarks" / f"ichor_{benchmark}_benchmark"]
    command += ["--in-process", "-s", "--count", str(count), "--json", measured] + (["--only", part] if part else [])
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{benchmark} failed under callgrind:\n{done.stdout}{done.stderr}")
    total = next(line for line in profile.read_text().splitlines() if line.startswith(("totals:", "summary:")))
    return int(total.split()[1]), json.loads(measured.read_text())["compiler"]


def count_all():
    counts, compiler = {}, ""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, benchmark, part, less, more in CASES:
            of_less, compiler = instructions(benchmark, part, less, folder)
            of_more, _ = instructions(benchmark, part, more, folder)
            counts[title] = round((of_more - of_less) / (more - less), 1)
            print(f"{title}: {counts[title]:,.1f}", file=sys.stderr)
    return {"compiler": compiler, "instructions": counts}


def compare(now, before):
    """Prints a Markdown table; the largest growth in percent."""
    largest = 0.0
    print("| instructions of one | before | now | change |\n|---|---:|---:|---:|")
    for title, count in now["instructions"].items():
        old = before.get("instructions", {}).get(title)
        change = (count / old - 1) * 100 if old else 0.0
        largest = max(largest, change)
        print(f"| {title} | {f'{old:,.1f}' if old else '–'} | {count:,.1f} | {f'{change:+.1f} %' if old else 'new'} |")
    if before and before["compiler"] != now["compiler"]:
        print(f"\nThe compiler is another one: {before['compiler']} before, {now['compiler']} now.")
    return largest


def table():
    """The committed counts as Markdown, with its marks."""
    counted = json.loads(COUNTS.read_text())
    rows = [f"| {title} | {count:,.1f} |" for title, count in counted["instructions"].items()]
    head = (
        f"**Instructions**, counted by callgrind, which noise does not change; {counted['compiler']} -O3, std_std, as of the last "
        "`benchmarks/counts.py --update`"
    )
    return "\n".join([BEGIN, head, "", "| one | instructions |", "|---|---:|"] + rows + [END])


def write_table(file):
    head, rest = file.read_text().split(BEGIN, 1)
    file.write_text(head + table() + rest.split(END, 1)[1])


def tables_that_differ():
    return [file.relative_to(ROOT) for file in TABLES if table() not in file.read_text()]


def count_and_compare(arguments):
    build()
    now = count_all()
    before = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    largest = compare(now, before)
    if arguments.update:
        COUNTS.write_text(json.dumps(now, indent=1) + "\n")
        for file in TABLES:
            write_table(file)
    if arguments.limit is not None and largest > arguments.limit:
        sys.exit(f"one has grown by {largest:.1f} %, which is more than {arguments.limit:g} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write benchmarks/results/counts.json")
    parser.add_argument("--check", action="store_true", help="count nothing: only compare the tables with the committed counts")
    parser.add_argument("--limit", type=float, help="percent by which a count may have grown")
    arguments = parser.parse_args()
    if not arguments.check:
        count_and_compare(arguments)
    if differ := tables_that_differ():
        sys.exit(f"{COUNTS.relative_to(ROOT)} says other numbers than the table in {', '.join(map(str, differ))}: --update writes both")


if __name__ == "__main__":
    main()
