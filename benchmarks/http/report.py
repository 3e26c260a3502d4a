"""Makes results of what compare.py measured: medians as JSON, tables as Markdown, a plot as SVG."""

import importlib.util
import json
import pathlib
import statistics
import sys

from servers import BARE, BARE_URING, SERVERS

MARKS = "<!-- begin of http results -->", "<!-- end of http results -->"
SUMMARY_MARKS = "<!-- begin of http summary -->", "<!-- end of http summary -->"
LOADS = {
    "own": "our own load generator",
    "spinning": "our own load generator, which never sleeps: what is left to see is the server's waking up",
    "wrk": "wrk (its figures contain the connecting)",
}
ORDER = {server.name: i for i, server in enumerate(SERVERS)}
COLORS = ["#9c9c9c", "#c4c4c4", "#7f7f7f", "#4e79a7", "#76a5d5", "#1f4e79", "#f28e2b", "#59a14f", "#b07aa1", "#e15759"]


def suite_report():
    """The other benchmarks' report, which knows how to describe a machine."""
    folder = pathlib.Path(__file__).resolve().parent.parent
    sys.path.append(str(folder))  # what it imports lies beside it
    spec = importlib.util.spec_from_file_location("suite_report", folder / "report.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_runs(file):
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def summarize(runs):
    """Medians of each server's runs, and of their ratios to the bare loops' in the same round."""
    bare = {(run["server"], run["load"], run["connections"], run["round"]): run for run in runs if run["server"] in (BARE, BARE_URING)}
    groups = {}
    for run in (run for run in runs if run["load"] != "counted"):
        groups.setdefault((run["load"], run["connections"], run["server"]), []).append(run)
    results = []
    for (load, connections, server), group in groups.items():
        result = {"load": load, "connections": connections, "server": server, "rounds": len(group)}
        for name in ("per_second", "cpu_us", "user_us", "p50_us", "p99_us", "errors", "time_outs", "idle_kb", "peak_kb", "connect_ms"):
            if name in group[0]:
                result[name] = statistics.median(run[name] for run in group)
        for name in ("errors", "time_outs"):
            result[name] = max(run[name] for run in group)  # one is one too many
        result["kb_a_connection"] = round(statistics.median((run["peak_kb"] - run["idle_kb"]) / connections for run in group), 3)
        for loop, suffix in ((BARE, "of_bare"), (BARE_URING, "of_bare_uring")):
            keys = [(run, (loop, load, connections, run["round"])) for run in group]
            pairs = [(run, bare[key]) for run, key in keys if key in bare]
            for name in ("per_second", "cpu_us"):
                if pairs:
                    result[f"{name}_{suffix}"] = round(statistics.median(run[name] / other[name] for run, other in pairs), 3)
        results.append(result)
    return sorted(results, key=lambda one: (one["load"], one["connections"], ORDER.get(one["server"], 99)))


def number(value, digits=0):
    return f"{value:,.{digits}f}"


def microseconds(value):
    return f"{value / 1000:,.1f} ms" if value >= 10_000 else f"{value:,.0f} µs"


def summarize_counts(runs):
    """The last run of each server that was counted."""
    counted = {run["server"]: run for run in runs if run["load"] == "counted"}
    return sorted(counted.values(), key=lambda one: ORDER.get(one["server"], 99))


def counts_table(counts):
    head = ["server", "receive calls", "send calls", "all system calls", "allocations"]
    names = ("receive_calls", "send_calls", "system_calls", "allocations")
    rows = [[one["server"]] + [number(one[name], 4) if name in one else "–" for name in names] for one in counts]
    return suite_report().table(head, rows)


def ratio(one, name):
    return number(one[name], 2) if name in one else "–"


def failures(one):
    count = one["errors"] + one["time_outs"]
    return f", {number(count)} late or failed" if count else ""


def load_table(results):
    head = ["server", "requests/s", "× epoll", "CPU µs a request", "of it user", "× epoll", "× uring", "p50", "p99", "errors", "time-outs", "peak MB"]
    rows = [
        [
            one["server"],
            number(one["per_second"]),
            ratio(one, "per_second_of_bare"),
            number(one["cpu_us"], 2),
            number(one["user_us"], 1) if one["user_us"] else "–",
            ratio(one, "cpu_us_of_bare"),
            ratio(one, "cpu_us_of_bare_uring"),
            microseconds(one["p50_us"]),
            microseconds(one["p99_us"]),
            number(one["errors"]),
            number(one["time_outs"]),
            number(one["peak_kb"] / 1024, 1),
        ]
        for one in results
    ]
    return suite_report().table(head, rows)


class Report:
    def __init__(self, machine, results, counts, missing):
        self.machine, self.results, self.counts, self.missing = machine, results, counts, missing
        self.cases = sorted({(one["load"], one["connections"]) for one in results})

    def of(self, load, connections):
        return [one for one in self.results if (one["load"], one["connections"]) == (load, connections)]

    def introduction(self):
        machine, rounds = self.machine, max(one["rounds"] for one in self.results)
        return (
            f"{machine['processors']} × {machine['processor']}, {machine['memory_gib']} GiB, {machine['system']}, {machine['compiler']}, "
            f"{machine['date']}; medians of {rounds} interleaved round{'s' if rounds > 1 else ''}; "
            "server on one processor, load on another; "
            "× epoll, × uring: multiples of the bare loops' in the same round."
        )

    def long(self):
        parts = [self.introduction()]
        for load, connections in self.cases:
            parts.append(f"**{connections:,} connections**, {LOADS[load]}\n\n{load_table(self.of(load, connections))}")
        if self.counts:
            where = f"**{self.counts[0]['connections']} connections**, a request in steady state"
            parts.append(f"{where}\n\n{counts_table(self.counts)}")
        if self.missing:
            parts.append("Left out: " + "; ".join(f"{name}: {why}" for name, why in self.missing.items()) + ".")
        return "\n\n".join(parts) + "\n"

    def short(self):
        """What each server manages and costs, without whom only a bare loop is like."""
        cases = [connections for load, connections in self.cases if load == "own"]
        head = ["server", *(f"{connections:,} connections" for connections in cases)]
        found = {(one["server"], one["connections"]): one for one in self.results if one["load"] == "own"}
        names = [server.name for server in SERVERS if all((server.name, connections) in found for connections in cases)]
        rows = []
        for name in names:
            cells = [found[name, connections] for connections in cases]
            rows.append([name, *(f"{number(one['per_second'])}/s, {number(one['cpu_us'], 1)} µs{failures(one)}" for one in cells)])
        return suite_report().table(head, rows)

    def svg(self):
        """A panel for each number of connections with our own load, a bar for each server: processor time a request."""
        cases = [(load, connections) for load, connections in self.cases if load == "own"]
        bar, gap, left, width = 18, 40, 170, 760
        heights = [bar * len(self.of(*case)) + gap for case in cases]
        out = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{60 + sum(heights)}" font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{60 + sum(heights)}" fill="white"/>',
            '<text x="16" y="24" font-size="15" font-weight="bold">Server processor time a request, µs: shorter is better</text>',
        ]
        top = 40
        for case, height in zip(cases, heights):
            out.append(f'<text x="16" y="{top + 16}" font-weight="bold">{case[1]:,} connections</text>')
            # One that takes many times as long as the others would make them all look alike: its bar is cut.
            entries = self.of(*case)
            most = min(max(one["cpu_us"] for one in entries), 4 * entries[0]["cpu_us"])
            for i, one in enumerate(entries):
                y, length = top + 24 + i * bar, (width - left - 230) * min(1, one["cpu_us"] / most)
                color = COLORS[ORDER.get(one["server"], 9) % len(COLORS)]
                cut = " (cut)" if one["cpu_us"] > most else ""
                label = f"{one['cpu_us']:,.1f} µs{cut}, {one['per_second']:,.0f} requests/s"
                out.append(f'<text x="{left - 8}" y="{y + bar - 6}" text-anchor="end">{one["server"]}</text>')
                out.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 3}" fill="{color}"/>')
                out.append(f'<text x="{left + length + 6:.1f}" y="{y + bar - 6}">{label}</text>')
            top += height
        return "\n".join(out + ["</svg>"]) + "\n"


def renew(readme, marks, text):
    """Puts the text between the marks, where there are any."""
    begin, end = marks
    content = readme.read_text()
    if begin in content:
        head, rest = content.split(begin, 1)
        readme.write_text(f"{head}{begin}\n{text}{end}{rest.split(end, 1)[1]}")


def compiler_of(build):
    """Which one configured the build: "GNU 12.2.0"."""
    for file in build.glob("CMakeFiles/*/CMakeCXXCompiler.cmake"):
        values = dict(line[4:-1].split(" ", 1) for line in file.read_text().splitlines() if line.startswith("set(CMAKE_CXX_COMPILER_"))
        name = values.get("CMAKE_CXX_COMPILER_ID", "").strip('"')
        return f"{name} {values.get('CMAKE_CXX_COMPILER_VERSION', '').strip(chr(34))}"
    return "unknown compiler"


def write(runs_file, build, into, readmes, missing):
    runs = read_runs(runs_file)
    if not runs:
        print("nothing was measured")
        return 1
    machine = suite_report().describe_machine({"": {"compiler": compiler_of(build)}})
    made = Report(machine, summarize(runs), summarize_counts(runs), missing)
    into.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine, "results": made.results, "counts": made.counts, "missing": missing}
    pathlib.Path(f"{into}.json").write_text(json.dumps(content, indent=1) + "\n")
    pathlib.Path(f"{into}.md").write_text(made.long())
    pathlib.Path(f"{into}.svg").write_text(made.svg())
    for readme in readmes:
        renew(readme, MARKS, made.long() + f"\n![plot](results/{into.name}.svg)\n")
        renew(readme, SUMMARY_MARKS, made.short() + f"\n{made.introduction()}\n")
    print(made.long())
    return 0
