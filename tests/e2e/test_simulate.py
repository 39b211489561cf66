#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The monitor in simulated time (tests/simulate): a short form of `make simulate`,
and the heap over ten thousand polls. CW_SEED=N begins with another seed.
"""
import os

import lib

FIRST = os.environ.get("CW_SEED", "1")
SEEDS = 24 if lib.SLOW == 1 else 12


def simulate(t, *args):
    """Its summary is shown, so that it is seen what was played."""
    p = t.command(lib.BUILD / "simulate", *args, seconds=120)
    print(p.out.replace("1..1\n", "").replace("ok 1 - ", "# "), end="")
    p.expect(0, out="^ok 1 - ")


def test_simulated_days(t):
    """simulated days with everything going wrong keep every promise"""
    simulate(t, "--seed", FIRST, "--seeds", SEEDS, "--days", 10)


def test_memory(t):
    """ten thousand polls leave the heap as it was"""
    simulate(t, "--memory")


if __name__ == "__main__":
    lib.main()
