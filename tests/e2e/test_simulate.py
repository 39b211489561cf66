#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The monitor in simulated time (tests/simulate): a short form of `make simulate`.
CW_SEED=N begins with another seed.
"""
import os

import lib

FIRST = os.environ.get("CW_SEED", "108")
SEEDS = 20 if lib.SLOW == 1 else 8


def simulate(t, *args):
    """Its summary is shown, so that it is seen what was played."""
    p = t.command(lib.BUILD / "simulate", *args, seconds=120)
    print("\n".join(s for s in p.out.splitlines() if s.startswith("#")))
    p.expect(0, out="^ok 1 - ")


def test_simulated_days(t):
    """simulated days with everything going wrong keep every promise"""
    simulate(t, "--seed", FIRST, "--seeds", SEEDS, "--days", 7)


if __name__ == "__main__":
    lib.main()
