#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The heap of a monitor over ten thousand polls in simulated time. Sanitizers keep
what is freed, and find leaks in the other simulation.
"""
import lib
from test_simulate import simulate

RUN_ONCE = True


def test_memory(t):
    """ten thousand polls leave the heap as it was"""
    simulate(t, "--memory")


if __name__ == "__main__":
    lib.main()
