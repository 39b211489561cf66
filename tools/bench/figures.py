# SPDX-License-Identifier: MIT
"""Figures of `make bench`: KEY: (median, lower, upper, runs), whole numbers."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("CW_BUILD", "build")).resolve()
# CW_BENCH_RUNS=1: does it run at all?
RUNS_MAX = int(os.environ.get("CW_BENCH_RUNS") or 0)


def runs(n):
    return min(n, RUNS_MAX) if RUNS_MAX > 0 else n


class Figures(dict):
    def read(self, argv):
        """The lines that a program prints; its peak of memory in KB."""
        with subprocess.Popen(argv, cwd=ROOT, text=True,
                              stdout=subprocess.PIPE) as program:
            text = program.stdout.read()
            _, status, used = os.wait4(program.pid, 0)
            program.returncode = os.waitstatus_to_exitcode(status)
        if program.returncode != 0:
            sys.exit(f"bench: {argv[0]} ended with {program.returncode}")
        for line in text.splitlines():
            key, *numbers = line.split()
            self[key] = tuple(int(n) for n in numbers)
        return used.ru_maxrss

    def add(self, key, values):
        values = sorted(values)
        n = len(values)
        self[key] = values[n // 2], values[n // 4], values[n * 3 // 4], n

    def one(self, key, value):
        self.add(key, [value])

    def value(self, key):
        return self[key][0]
