"""What was aimed at, against the reference implementation of the same design, and what the results say of it. Read by report.py.

The reference was measured once, on the same kind of machine with the same compiler. A plain queue (benchmarks/plain_queue) took 3.3 s in the
same minutes, and is what carries its figures to another day: all times here are in units of it. Nothing is rounded before it is compared.
"""

BUILDS = ["std_std", "std_mimalloc", "absl_std", "absl_mimalloc"]
PLAIN_QUEUE_SECONDS = 3.3  # beside the reference
FULL = {"event": 5_000_000, "coroutine": 5_000_000, "start": 10_000, "start_stop": 1_000_000, "serializer": 5_000_000}
OTHERS_REACH = 2 / 3  # of the least, each other build against the reference's same build
THREADS_REACH = 0.85  # eight threads, of what two single ones reach

ADVANCED, CONSTRUCTOR = ("start", "advanced"), ("start", "constructor")
EVENT, COROUTINE, START_STOP = ("event", ""), ("coroutine", ""), ("start_stop", "")
RAPID_JSON, BOOST_JSON = ("serializer", "rapidjson"), ("serializer", "boost_json")
# Title, benchmark and part, how many times as good at least, and as the aim.
SPEED = [
    ("events", EVENT, 15, 40),
    ("coroutines", COROUTINE, 4, 8),
    ("start, advanced", ADVANCED, 50, 200),
    ("start, constructor", CONSTRUCTOR, 50, 200),
    ("start & stop", START_STOP, 4, 10),
    ("RapidJSON", RAPID_JSON, 1.5, 3),
    ("Boost.JSON", BOOST_JSON, 1.5, 3),
]
MEMORY = [
    ("peak memory, events", EVENT, 3, 4),
    ("peak memory, start, advanced", ADVANCED, 3, 5),
    ("peak memory, start, constructor", CONSTRUCTOR, 3, 5),
]
# What the reference took, in the order of BUILDS: the first in plain queues, the others in seconds; and its peak memory in MB.
REFERENCE_TIME = {
    EVENT: (1.22, 3.2, 3.1, 2.22),
    COROUTINE: (0.28, 0.85, 1.1, 0.88),
    ADVANCED: (1.82, 3.8, 5.2, 3.6),
    CONSTRUCTOR: (2.23, 4.1, 5.4, 4.0),
    START_STOP: (0.60, 1.7, 2.5, 1.9),
    RAPID_JSON: (0.26, 0.82, 1.2, 0.80),
    BOOST_JSON: (0.40, 1.24, 2.3, 1.27),
}
REFERENCE_MEGABYTES = {EVENT: (644, 567, 418, 414), ADVANCED: (46, 45, 38, 39), CONSTRUCTOR: (50, 48, 41, 40)}

GRAPHS = ["wide", "collected", "deep", "with loggers"]
FEW, MANY, MOST_GROWTH = 10_000, 1_000_000, 2
ROUND_TRIPS = [("ping-pong asleep", "asleep", 10_000), ("ping-pong spinning", "spinning", 500)]  # part, title, ns at most


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def verdict(is_met):
    return "met" if is_met else "**missed**"


def number(value):
    """Three digits or more: met and missed are said of the number itself."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 100 else f"{value:.2f}"


class Aims:
    def __init__(self, by_key, builds):
        self.by_key, self.builds = by_key, builds

    def full(self, name, build, threads=1):
        """The result, unless less was done than the reference did: its start does not grow linearly."""
        one = self.by_key.get(name + (threads, build))
        return one if one and one["operations"] == FULL[name[0]] * threads else None

    def speed(self, name, build):
        """(times as fast as the reference's same build, a word on it), or nothing."""
        one = self.full(name, build)
        if not one or "of_plain_queue" not in one:
            return None
        index = BUILDS.index(build)
        theirs = REFERENCE_TIME[name][index] / (1 if index == 0 else PLAIN_QUEUE_SECONDS)
        ratio = theirs / one["of_plain_queue"]
        return ratio, f"{number(ratio)} ×: {theirs:.3g} and {one['of_plain_queue']:.4g} plain queues"

    def memory(self, name, build):
        one = self.full(name, build)
        if not one:
            return None
        theirs, ours = REFERENCE_MEGABYTES[name][BUILDS.index(build)], one["peak_bytes"] / 1e6
        return theirs / ours, f"1/{number(theirs / ours)}: {theirs} and {ours:.1f} MB"

    def against_reference(self):
        build, rows = BUILDS[0], []
        for aims, measure, form in ((SPEED, self.speed, "{:g} ×"), (MEMORY, self.memory, "1/{:g}")):
            for title, name, least, aim in aims:
                measured = measure(name, build)
                if not measured:
                    continue
                ratio, words = measured
                rows.append([title, words, form.format(least), verdict(ratio >= least), form.format(aim), verdict(ratio >= aim)])
        if not rows:
            return ""
        head = ["one thread", "measured", "at least", "", "aim", ""]
        return f"**{build}, against the reference's {build}**: its figure and ours\n\n{table(head, rows)}"

    def other_builds(self):
        rows = []
        for aims, measure, form in ((SPEED, self.speed, "{} ×"), (MEMORY, self.memory, "1/{}")):
            for title, name, least, _ in aims:
                needed = least * OTHERS_REACH
                measured = [measure(name, build) if build in self.builds else None for build in BUILDS[1:]]
                if not any(measured):
                    continue
                cells = [f"{form.format(number(one[0]))} {verdict(one[0] >= needed)}" if one else "–" for one in measured]
                rows.append([title, form.format(number(needed))] + cells)
        if not rows:
            return ""
        head = ["one thread", "at least"] + BUILDS[1:]
        return f"**Each other build, against the reference's same build**: two thirds of that\n\n{table(head, rows)}"

    def growth(self, graph, build):
        """How many times as long a service takes among MANY as among FEW, by phase, or nothing."""
        few, many = (self.by_key.get(("graph", f"{graph} {size}", 1, build)) for size in (FEW, MANY))
        if not few or not many:
            return None
        phases = {"whole": many["nanoseconds_each"] / few["nanoseconds_each"]}
        for phase in ("create", "start", "stop"):
            phases[phase] = many["figures"][f"{phase}_ns"] / few["figures"][f"{phase}_ns"]
        return phases

    def linearity(self):
        rows = []
        for build in self.builds:
            for graph in GRAPHS:
                if phases := self.growth(graph, build):
                    bad = [phase for phase, ratio in phases.items() if ratio > MOST_GROWTH]
                    words = "met" if not bad else f"**missed**: {', '.join(bad)}"
                    rows.append([build, graph] + [f"{ratio:.2f} ×" for ratio in phases.values()] + [words])
        if not rows:
            return ""
        head = ["build", "graph", "whole", "create", "start", "stop", f"at most {MOST_GROWTH} ×"]
        return f"**Linear**: time a service among {MANY:,} as a multiple of that among {FEW:,}, by phase\n\n{table(head, rows)}"

    def threads(self):
        rows = []
        for build in self.builds:
            for title, name, _, _ in SPEED:
                one = self.by_key.get(name + (8, build))
                if not one or one["operations"] != FULL[name[0]] * 8:
                    continue
                row = [build, title]
                for share in ("of_two_processes", "of_two_alone"):
                    row += [f"{one[share] * 100:.1f} %", verdict(one[share] >= THREADS_REACH)] if share in one else ["–", ""]
                rows.append(row)
        if not rows:
            return ""
        head = ["build", "eight threads", "of two single ones in two processes", "", "of twice one that is alone", ""]
        least = f"{THREADS_REACH * 100:.0f} %"
        return f"**Eight threads on two processors**: their rate, at least {least} of that of two single threads\n\n{table(head, rows)}"

    def p50(self, part, build):
        one = self.by_key.get(("cross_thread", part, 2, build))
        return one["figures"]["p50_ns"] if one else None

    def round_trips(self):
        rows = []
        for part, title, most in ROUND_TRIPS:
            cells = []
            for build in self.builds:
                ours, bare = self.p50(part, build), self.p50(f"{part}, bare", build)
                share = f"; {ours / bare:.2f} × the bare one" if ours and bare else ""
                cells.append(f"{ours / 1000:.3f} µs {verdict(ours <= most)}{share}" if ours else "–")
            if any(cell != "–" for cell in cells):
                rows.append([title, f"{most / 1000:g} µs"] + cells)
        if not rows:
            return ""
        head = ["queues", "aim"] + self.builds
        return f"**Round trips between two threads**: half of them take at most; bare: by a word of memory, without queues\n\n{table(head, rows)}"

    def markdown(self):
        if not any(self.full(name, build) for name in REFERENCE_TIME for build in self.builds):
            return ""  # a quick run says nothing of this
        parts = [self.against_reference(), self.other_builds(), self.linearity(), self.threads(), self.round_trips()]
        return "\n\n".join(part for part in parts if part) + "\n"
