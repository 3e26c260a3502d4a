#!/usr/bin/env python3
"""Makes results of what the benchmark programs wrote: medians as JSON, tables as Markdown, a plot as SVG.

    report.py RAW --into benchmarks/results/results [--readme README] [--against FILE]

RAW holds <round>/<build>/<benchmark>.json. Numbers are rounded where they are printed, and nowhere before. Standard library only.
"""

import argparse
import datetime
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import counts
from aims import BUILDS, Aims

COLORS = {"std_std": "#4e79a7", "std_mimalloc": "#f28e2b", "absl_std": "#59a14f", "absl_mimalloc": "#b07aa1"}
# The columns of the short table: title, benchmark, part.
SHORT = [
    ("coroutines", "coroutine", ""),
    ("events", "event", ""),
    ("start, advanced", "start", "advanced"),
    ("start, constructor", "start", "constructor"),
    ("start & stop", "start_stop", ""),
]
PLOT = SHORT + [("RapidJSON", "serializer", "rapidjson"), ("Boost.JSON", "serializer", "boost_json")]
RESULTS, AIMS = "results", "aims"  # the marks in the README


def read_runs(raw):
    """{(benchmark, part, threads, build): [(round, part's JSON)]}, and the head of each benchmark's file."""
    runs, heads = {}, {}
    for file in sorted(raw.glob("*/*/*.json")):
        content = json.loads(file.read_text())
        heads[content["benchmark"]] = content
        for part in content["parts"]:
            key = (content["benchmark"], part["part"], part["threads"], file.parent.name)
            runs.setdefault(key, []).append((file.parent.parent.name, part))
    return runs, heads


def median_of(parts, name):
    return statistics.median(part[name] for part in parts)


def shares_of_two(runs, key):
    """The rate of eight threads as a share of that of two single ones, which each round measured just before and after them."""
    benchmark, part, _, build = key
    own = dict(runs[key])

    def share(of, times):
        rate = {number: times * one["operations"] / one["nanoseconds"] for number, one in runs.get(of, [])}
        shares = [one["operations"] / one["nanoseconds"] / rate[number] for number, one in own.items() if number in rate]
        return statistics.median(shares) if shares else None

    shares = {
        "of_two_alone": share((benchmark, part, 1, build), 2),
        "of_two_processes": share((benchmark, f"{part} in two processes".strip(), 2, build), 1),
    }
    return {name: value for name, value in shares.items() if value is not None}


def summarize(runs, heads):
    unit = {number: part for key, of_key in runs.items() if key[0] == "plain_queue" for number, part in of_key}
    results = []
    for (benchmark, part, threads, build), of_key in runs.items():
        parts = [one for _, one in of_key]
        times = [one["nanoseconds"] for one in parts]
        operations = parts[0]["operations"]
        ratios = {
            name: [one[name] / unit[number][name] for number, one in of_key if number in unit] for name in ("nanoseconds", "cpu_nanoseconds")
        }
        time = statistics.median(times)
        result = {
            "benchmark": benchmark,
            "part": part,
            "threads": threads,
            "build": build,
            "operation": heads[benchmark]["operation"],
            "operations": operations,
            "nanoseconds": time,
            "nanoseconds_least": min(times),
            "nanoseconds_most": max(times),
            "cpu_nanoseconds": median_of(parts, "cpu_nanoseconds"),
            "nanoseconds_each": time / operations,
            "per_second": operations * 1e9 / time,
            "peak_bytes": median_of(parts, "peak_bytes"),
        }
        if "bytes_each" in parts[0]:
            result["bytes_each"] = median_of(parts, "bytes_each")
        if ratios["nanoseconds"]:
            result["of_plain_queue"] = statistics.median(ratios["nanoseconds"])
            result["cpu_of_plain_queue"] = statistics.median(ratios["cpu_nanoseconds"])
        if threads == 8:
            result |= shares_of_two(runs, (benchmark, part, threads, build))
        result["figures"] = {name: statistics.median(one["figures"][name] for one in parts) for name in parts[0]["figures"]}
        results.append(result)
    order = {line.split()[0]: i for i, line in enumerate((pathlib.Path(__file__).parent / "list.txt").read_text().splitlines())}
    return sorted(results, key=lambda one: order.get(one["benchmark"], len(order)))


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def describe_machine(heads):
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal:"))
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return {
        "processor": cpu,
        "processors": os.cpu_count(),
        "memory_gib": round(memory / 2**20),
        "system": f"{system}, Linux {platform.release()}",
        "compiler": next(iter(heads.values()))["compiler"],
        "date": datetime.date.today().isoformat(),
        "commit": output_of("git", "rev-parse", "--short", "HEAD"),
    }


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def digits(value, least=4):
    """So many digits at least, without an exponent."""
    if value == 0 or not math.isfinite(value):
        return "0"
    return f"{value:,.{max(0, least - 1 - math.floor(math.log10(abs(value))))}f}"


def megabytes(count):
    return f"{digits(count / 1e6, 3)} MB"


class Report:
    def __init__(self, machine, rounds, results, before):
        self.machine, self.rounds, self.results = machine, rounds, results
        self.by_key = {self.key(one): one for one in results}
        self.before = {self.key(one): one for one in before}
        self.builds = [build for build in BUILDS if any(one["build"] == build for one in results)]

    @staticmethod
    def key(one):
        return one["benchmark"], one["part"], one["threads"], one["build"]

    def short_table(self, threads):
        columns = [column for column in SHORT if any((column[1], column[2], threads, build) in self.by_key for build in self.builds)]
        rows = []
        for build in self.builds:
            row = [build]
            for _, benchmark, part in columns:
                one = self.by_key.get((benchmark, part, threads, build))
                row.append(f"{one['nanoseconds'] / 1000:,.0f} µs<br>{megabytes(one['peak_bytes'])}" if one else "–")
            rows.append(row)
        return table(["build"] + [title for title, _, _ in columns], rows) if columns else ""

    def long_table(self):
        seen, rows = set(), []
        for one in self.results:
            name = self.key(one)[:3]
            if name in seen:
                continue
            seen.add(name)
            of_builds = [self.by_key.get(name + (build,)) for build in self.builds]
            first = next(entry for entry in of_builds if entry)
            rows.append(
                [f"{one['benchmark']} {one['part']}".strip() + (f" × {one['threads']} threads" if one["threads"] > 1 else "")]
                + [f"{digits(entry['nanoseconds_each'])}" if entry else "–" for entry in of_builds]
                + [f"{first['per_second']:,.0f} {one['operation']}s"]
                + [digits(first[ratio]) if ratio in first else "–" for ratio in ("of_plain_queue", "cpu_of_plain_queue")]
                + [digits(first["bytes_each"], 3) if "bytes_each" in first else ""]
                + [", ".join(f"{name} {digits(value)}" for name, value in first["figures"].items())]
                + ([self.change(first)] if self.before else [])
            )
        head = ["benchmark"] + [f"{build}, ns each" for build in self.builds]
        head += ["a second", "time in plain queues", "CPU time in plain queues", "bytes each", "more"]
        head += ["change of CPU time"] if self.before else []
        return table(head, rows)

    def change(self, one):
        old = self.before.get(self.key(one))
        if not old or "cpu_of_plain_queue" not in old or "cpu_of_plain_queue" not in one:
            return "new"
        return f"{(one['cpu_of_plain_queue'] / old['cpu_of_plain_queue'] - 1) * 100:+.0f} %"

    def markdown(self):
        machine = self.machine
        parts = [
            f"{machine['processors']} × {machine['processor']}, {machine['memory_gib']} GiB, {machine['system']}, {machine['compiler']}, "
            f"{machine['date']}; medians of {self.rounds} interleaved round{'s' if self.rounds > 1 else ''}."
        ]
        for threads, title in ((1, "One thread"), (8, "Eight threads at once, each doing all of it")):
            if short := self.short_table(threads):
                parts.append(f"**{title}**: time and peak memory\n\n{short}")
        parts.append(
            "**All**: the columns after those of the builds are of the first build; \"time in plain queues\" is the time of the whole "
            "part as a multiple of what the plain queue took in the same round, and so for the time on the processors, which other programs "
            f"on the machine disturb least\n\n{self.long_table()}"
        )
        parts.append(counts.table())
        return "\n\n".join(parts) + "\n"

    def aims(self):
        return Aims(self.by_key, self.builds).markdown()

    def svg(self):
        """A panel for each benchmark, a bar for each build: nanoseconds an operation, each panel at its own scale."""
        panels = [(title, b, p) for title, b, p in PLOT if any((b, p, 1, build) in self.by_key for build in self.builds)]
        bar, gap, left, width = 16, 34, 150, 760
        panel_height = bar * len(self.builds) + gap
        height = 60 + panel_height * len(panels)
        out = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            '<text x="16" y="24" font-size="15" font-weight="bold">Nanoseconds an operation, one thread: shorter is better</text>',
        ]
        for i, (title, benchmark, part) in enumerate(panels):
            top = 48 + i * panel_height
            entries = [(build, self.by_key.get((benchmark, part, 1, build))) for build in self.builds]
            most = max(one["nanoseconds_each"] for _, one in entries if one)
            operation = next(one["operation"] for _, one in entries if one)
            out.append(f'<text x="16" y="{top + bar}" font-weight="bold">{title}</text>')
            out.append(f'<text x="16" y="{top + 2 * bar}" fill="#666">ns/{operation}</text>')
            for j, (build, one) in enumerate(entries):
                if not one:
                    continue
                y, length = top + j * bar, (width - left - 190) * one["nanoseconds_each"] / most
                label = f"{one['nanoseconds_each']:,.1f}  {build}"
                out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 3}" fill="{COLORS[build]}"/>')
                out.append(f'<text x="{left + length + 6:.1f}" y="{y + bar - 5}">{label}</text>')
        return "\n".join(out + ["</svg>"]) + "\n"


def renew(readme, name, text):
    """Between the marks of that name."""
    begin, end = f"<!-- begin of {name} -->", f"<!-- end of {name} -->"
    head, rest = readme.read_text().split(begin, 1)
    readme.write_text(f"{head}{begin}\n{text}{end}{rest.split(end, 1)[1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=pathlib.Path)
    parser.add_argument("--into", type=pathlib.Path, required=True, help="path of the results without .json")
    parser.add_argument("--readme", type=pathlib.Path, help="renew the table between its marks")
    parser.add_argument("--against", type=pathlib.Path, help="results of before")
    arguments = parser.parse_args()

    before = json.loads(arguments.against.read_text())["results"] if arguments.against else []
    runs, heads = read_runs(arguments.raw)
    if not runs:
        sys.exit(f"there is nothing in {arguments.raw}")
    machine, rounds = describe_machine(heads), len({number for of_key in runs.values() for number, _ in of_key})
    report = Report(machine, rounds, summarize(runs, heads), before)

    arguments.into.parent.mkdir(parents=True, exist_ok=True)
    stem = str(arguments.into)
    pathlib.Path(stem + ".json").write_text(json.dumps({"machine": machine, "rounds": rounds, "results": report.results}, indent=1) + "\n")
    markdown, aims = report.markdown(), report.aims()
    whole = f"{markdown}\n## Against the reference\n\n{aims}" if aims else markdown
    pathlib.Path(stem + ".md").write_text(whole)
    pathlib.Path(stem + ".svg").write_text(report.svg())
    if arguments.readme:
        renew(arguments.readme, RESULTS, f"{markdown}\n![plot](results/results.svg)\n")
        renew(arguments.readme, AIMS, aims)
    print(whole)


if __name__ == "__main__":
    main()
