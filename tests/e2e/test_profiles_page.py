#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""config/profiles.md: every table stands as its command prints it."""
import os
import re

import lib

RUN_ONCE = True
PAGE = lib.ROOT / "config/profiles.md"


def blocks():
    """(command, answer) of every indented block that starts with $."""
    command, answer = None, []
    for line in PAGE.read_text(encoding="utf-8").splitlines() + ["end"]:
        if line.startswith("    $ ") or (line and not line.startswith(" ")):
            if command:
                yield command, "\n".join(answer).strip("\n")
            command, answer = None, []
        if line.startswith("    $ "):
            command = line[6:]
        elif command:
            answer.append(line[4:])


def test_the_tables_are_what_the_commands_print(t):
    env = {"RECENT": str(t.shared("data/settlements_2025-08_2026-05.csv")),
           "OLDER": str(t.shared("data/settlements_2016_2025.csv")),
           "PATH": f"{lib.BUILD}:{os.environ['PATH']}"}
    seen = 0
    for command, answer in blocks():
        out = t.command("sh", "-c", command, env=env, cwd=lib.ROOT,
                        seconds=60).expect(0).out
        lines = "\n".join(s.rstrip() for s in out.splitlines()).strip("\n")
        assert lines == answer, f"{command}\n{out}"
        assert re.search(r"^steady +\+", out, re.M), out
        seen += 1
    assert seen == 6, seen


if __name__ == "__main__":
    lib.main()
