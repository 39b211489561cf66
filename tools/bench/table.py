# SPDX-License-Identifier: MIT
"""One table of what was measured, beside Python; then the goals."""

UNITS = {"ns": (1, "ns"), "ns10": (10, "ns"), "us": (1000, "us"),
         "ms": (1000000, "ms"), "s": (1000000000, "s"), "mb": (1024, "MB"),
         "kb": (1, "KB"), "b10": (10, "B"), "x": (1, ""), "x100": (100, "")}


def number(value, scale):
    value /= scale
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def times(value, ratio):
    return "" if not value else f"{ratio:.0f}x" if ratio >= 10 else f"{ratio:.1f}x"


class Table:
    FORM = "{:<46} {:>10} {:>17} {:>12} {:>8}  {}"

    def __init__(self, figures):
        self.figures = figures
        self.print("", "median", "quartiles", "Python", "ratio", "aim")

    def print(self, *cells):
        print(self.FORM.format(*cells).rstrip())

    def head(self, text):
        print(f"\n{text}")

    def row(self, text, key, unit, aim="", python=None, python_scale=1):
        scale, name = UNITS[unit]
        median, low, high, runs = self.figures[key]
        spread = (f"{number(low, scale)} .. {number(high, scale)}"
                  if runs > 1 else "")
        other, ratio = "", ""
        if python:
            value = self.figures[python][0] * python_scale
            other = f"{number(value, scale)} {name}"
            ratio = times(value, value / max(median, 1))
        self.print("  " + text, f"{number(median, scale)} {name}".strip(),
                   spread, other, ratio, aim)

    def speed(self, text, key, python=None, aim=""):
        size = self.figures["json.bytes"][0]
        median, low, high, _ = self.figures[key]
        rate = [f"{size * 1000 / ns:.0f}" for ns in (median, high, low)]
        other, ratio = "", ""
        if python:
            ns = self.figures[python][0]
            other, ratio = f"{size * 1000 / ns:.0f} MB/s", times(ns, ns / median)
        self.print("  " + text, f"{rate[0]} MB/s", f"{rate[1]} .. {rate[2]}",
                   other, ratio, aim)


def print_polls(t, figures):
    for n in (1, 100, 10000):
        size = figures[f"poll.{n}.bytes"][0] / 1e6
        t.head(f"one poll, {n} position{'s' if n > 1 else ''}, answers of "
               f"{size:.1f} MB (CPU time unless wall)")
        for stage, text in (
                ("load", "load: positions and memory"),
                ("fetch", "fetch: parse the answers"),
                ("decide", "market, facts, decide"),
                ("record", "record: the transaction, of which"),
                ("encode", "  evidence encode")):
            t.row(text, f"poll.{n}.{stage}.ns", "ms")
        t.row("together", f"poll.{n}.cpu.ns", "ms",
              "<= 6 ms" if n == 100 else "", f"py.poll.{n}.ns")
        t.row("together, wall", f"poll.{n}.wall.ns", "ms")
        t.row("record, wall", f"poll.{n}.commit.ns", "ms")


def print_evaluations(t):
    t.head("evaluation: facts and decision of a position and poll, in memory "
           "(replay, backtest), one core")
    for profile, count in (("steady", 5), ("conservative", 7),
                           ("aggressive", 7), ("both", 14)):
        key = f"evaluate.{profile}.ns10"
        rate = 10000 / t.figures[key][0]
        t.row(f"{profile}, {count} lines: {rate:.1f} million a second", key,
              "ns10", "<= 100 ns, >= 100x", f"py.{key}")


def print_replay(t):
    t.head("replay: 100 positions, 50 symbols, 4 venues by the minute, every "
           "rate moving, one core\n(2,048 polls of `steady`; a year of 525,600 "
           "is extrapolated from them)")
    for profile in ("steady", "conservative"):
        key = f"replay.memory.{profile}.ns10"
        rate = 10000 / t.figures[key][0]
        t.row(f"{profile}, decoded, in memory: {rate:.1f} million a second",
              key, "ns10", "<= 100 ns, >= 100x", f"py.evaluate.{profile}.ns10")
    for what, text in (("other", "conservative, from SQLite"),
                       ("verify", "--verify, from SQLite")):
        t.row(f"{text}", f"replay.{what}.ns10", "ns10")
        t.row("  a year of it (extrapolated)", f"replay.{what}.year.ns", "s",
              "<= 10 s")


def print_json(t, figures, node):
    t.head(f"JSON: one answer of "
           f"{figures['json.bytes'][0] / 1e6:.2f} MB, exact decimals")
    t.speed("syntax alone (Python: json.loads)", "json.skip.ns",
            "py.json.ns")
    t.speed("to quotes (Python: parse_float=Decimal)", "json.rates.ns",
            "py.json.decimal.ns", ">= 300 MB/s")
    if "ccxt.rates.ns" not in figures:
        print(f"  Node with ccxt: skipped ({node})")
        return
    t.speed("Node, the same answer: JSON.parse", "ccxt.json.ns")
    t.speed("  ccxt's parseFundingRates after it", "ccxt.rates.ns")
    both = figures.value("ccxt.json.ns") + figures.value("ccxt.rates.ns")
    print(f"  the two take {both / figures.value('json.rates.ns'):.0f}x of "
          "ours to quotes, in binary floating point")


def print_processes(t):
    t.head("process, 100 positions")
    t.row("start to first decision, recorded, wall", "start.ns", "ms",
          "<= 100 ms")
    t.row("the same with the database's first poll", "start.first.ns", "ms")
    t.row("after SIGKILL: start to first poll, wall", "restart.ns", "ms",
          "<= 1 s")
    t.row("CPU of a poll, fetched from loopback", "cpu.poll.ns", "ms")
    t.row("idle monitor: RSS", "memory.rss.kb", "mb", "<= 16 MB")
    t.row("private", "memory.private.kb", "mb")
    t.row("private and dirty", "memory.dirty.kb", "mb", "<= 4 MB")
    polls = t.figures.value("memory.flat.polls")
    t.row(f"  the same {polls} polls later, more by", "memory.flat.kb", "kb",
          "<= 64 KB")
    t.row("PSS", "memory.pss.kb", "mb")
    t.row("idle monitor: context switches a minute", "idle.switches.x100",
          "x100", "<= 2")
    t.row("a poll behind its second", "drift.ns", "ms")
    t.row("  99 of 100", "drift.p99.ns", "ms", "<= 50 ms")
    t.row("  of an account whose server takes 10 s", "drift.slow.p99.ns",
          "ms", "<= 50 ms")
    t.row("close recorded to POST begun", "alert.ns", "ms", "<= 20 ms")


def print_table(figures, node):
    t = Table(figures)
    t.head("rules: 14 lines of aggressive and conservative, a position")
    t.row("decide", "rules.ns10", "ns10", "<= 42 ns", "py.rules.ns", 0.1)
    t.row("facts, with the search for alternatives", "facts.ns10", "ns10")
    print_evaluations(t)
    print_replay(t)
    print_json(t, figures, node)
    print_polls(t, figures)
    print_processes(t)
    t.head("evidence: 100 positions, 50 symbols, 4 venues, 200 polls, every "
           "rate moving")
    t.row("a position and poll", "evidence.b10", "b10", "<= 60 B")
    t.row("growth of the file, a position and poll", "evidence.file.b10",
          "b10")
    t.row("one page written and synced (fdatasync)", "sync.ns", "ms")
    compared, differ = figures["py.compared"][:2]
    print("\nPython's poll is less work: it looks for the best pair and "
          "decides, but books no\nsettlement, keeps no memory of a position "
          "and no evidence; one row a position.")
    print(f"decisions compared with Python: {compared}, different: {differ}")
