# SPDX-License-Identifier: MIT
"""
`make bench CURVES=1`: how cost grows. Positions and ranked rows in process,
each point a program of its own; accounts as processes; 30 days of polls.
"""
import pathlib
import shutil
import tempfile

from figures import BUILD, RUNS_MAX
from processes import measure_accounts

POSITIONS = (1, 10, 100, 1000, 10000, 100000)
RANKED = (100, 1000, 10000, 20000, 100000)
ACCOUNTS = (1, 10, 100)
CAP_DAY = 20
DAYS_SHOWN = (1, 2, 5, 10, 11, 15, 20, 21, 25, 30)


def points(all_of_them):
    return all_of_them[:2] if RUNS_MAX else all_of_them


def measure_curves(figures, directory):
    for what, sizes in (("poll", POSITIONS), ("ranked", RANKED)):
        for n in points(sizes):
            peak = figures.read([str(BUILD / "bench"), str(directory), what,
                                 str(n)])
            figures.one(f"{what}.{n}.peak.kb", peak)
    for n in points(ACCOUNTS):
        measure_accounts(figures, directory, n)
    memory = pathlib.Path("/dev/shm")
    memory = memory if memory.is_dir() else None
    name = tempfile.mkdtemp(prefix="carrywatch-bench.", dir=memory)
    try:
        figures.read([str(BUILD / "bench"), name, "days"])
    finally:
        shutil.rmtree(name)


def cell(value):
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def line(form, *cells):
    print("  " + form.format(*cells).rstrip())


def print_positions(figures):
    form = "{:>9} {:>12} {:>12} {:>12} {:>10} {:>14}"
    print("\npositions: a poll in process, 10 venues, 290 symbols")
    line(form, "positions", "CPU ms", "us each", "wall ms", "peak MB",
         "evidence B/row")
    for n in points(POSITIONS):
        cpu, wall = (figures.value(f"poll.{n}.{k}.ns")
                     for k in ("cpu", "wall"))
        line(form, f"{n:,}", cell(cpu / 1e6), cell(cpu / 1e3 / n),
             cell(wall / 1e6),
             cell(figures.value(f"poll.{n}.peak.kb") / 1024),
             cell(figures.value(f"poll.{n}.evidence.bytes") / n /
                  polls_of(figures, n)))


def polls_of(figures, n):
    return figures[f"poll.{n}.cpu.ns"][3] + 2	# two to warm up


def print_ranked(figures):
    form = "{:>9} {:>10} {:>12} {:>12} {:>10}  {}"
    print("\nranked opportunities: a poll of 100 positions (20,000 rows of an "
          "answer are read;\nmore are refused, and the list is unknown for "
          "that poll: no close rests on it)")
    line(form, "rows", "MB", "parse ms", "CPU ms", "peak MB", "")
    for n in points(RANKED):
        fetch, cpu = (figures.value(f"ranked.{n}.{k}.ns")
                      for k in ("fetch", "cpu"))
        line(form, f"{n:,}",
             cell(figures.value(f"ranked.{n}.bytes") / 1e6),
             cell(fetch / 1e6), cell(cpu / 1e6),
             cell(figures.value(f"ranked.{n}.peak.kb") / 1024),
             "refused" if n > 20000 else "")


def print_accounts(figures):
    form = "{:>9} {:>13} {:>15} {:>12} {:>10} {:>11} {:>13}"
    print("\naccounts: a process each, 10 pairs, one ratesim for all, all "
          "polls at once; medians of an account")
    line(form, "accounts", "CPU ms a poll", "service CPU ms", "requests",
         "PSS MB", "dirty MB", "all, PSS MB")
    for n in points(ACCOUNTS):
        key = f"accounts.{n}"
        pss = figures.value(f"{key}.pss.kb") / 1024
        line(form, n, cell(figures.value(f"{key}.cpu.ns") / 1e6),
             cell(figures.value(f"{key}.server.ns") / 1e6),
             figures.value(f"{key}.requests"), cell(pss),
             cell(figures.value(f"{key}.dirty.kb") / 1024), cell(pss * n))


def print_days(figures):
    form = "{:>5} {:>10} {:>12} {:>15}"
    print("\n30 days by the minute, 43,200 polls of 100 positions, 50 symbols, "
          "4 venues, every\nrate moving; 10 days are kept, after day "
          f"{CAP_DAY} no more than 12 MB "
          f"({figures.value('days.row.b10') / 10:.1f} B a position and poll)")
    line(form, "day", "file MB", "evidence MB", "longest poll ms")
    for day in DAYS_SHOWN:
        file, evidence = (figures.value(f"days.{day:02}.{k}.kb") / 1024
                          for k in ("file", "evidence"))
        line(form, day, cell(file), cell(evidence),
             cell(figures.value(f"days.{day:02}.longest.ns") / 1e6))


def print_curves(figures):
    for part in (print_positions, print_ranked, print_accounts, print_days):
        part(figures)
