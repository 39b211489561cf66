#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The demonstration of `make run`, cut short: what a new user sees first."""
import os
import pty
import re
import signal
import time

import lib

RUN_ONCE = True


def start(t, polls, **more):
    """tools/demo on a build folder of its own, so that runs do not meet."""
    build = t.dir / "build"
    build.mkdir()
    for name in ("carrywatch", "ratesim"):
        (build / name).symlink_to(t.binary(name))
    # As from a script's background job, where INT begins as ignored.
    return t.start("sh", "-c", f"trap '' INT; exec {lib.ROOT}/tools/demo {polls}",
                   env={"CW_BUILD": str(build), **more})


def test_plain_lines_a_caption_a_scene_and_the_sum(t):
    demo = start(t, "26")
    assert demo.wait(90) == 0, demo.text()
    text = demo.text("out")
    assert "\033" not in text
    for caption in ("Six pairs were imported", "settlement booked",
                    "/compare says 0.00015", "answers 500",
                    "UNKNOWN", "rice not included", "hold-through",
                    "settlements were before the first poll",
                    "Try next:"):
        assert caption in text, (caption, text)
    assert re.search(r"ETH flipped: our signed divergence is -0\.00015", text)
    assert "-> close" not in text, text		# nothing is due so early
    database = re.search(r"The database: (\S+)\.", text)[1]
    path = os.path.join(t.dir, database)
    assert os.path.exists(path), path
    t.command(t.binary("carrywatch"), "-c", t.dir / "build/demo/demo.yaml",
              "positions", "list").expect(0, out="BTC")


def test_ctrl_c_stops_it_cleanly(t):
    demo = start(t, "100")
    demo.wait_line("Six pairs")
    demo.wait_line("settlement booked")
    demo.send(signal.SIGINT)
    assert demo.wait(20) == 0, demo.text()
    assert "stopped" in demo.text("out") and "hold-through" in demo.text("out")
    assert not demo.text("err"), demo.text("err")
    assert not t.still_running(), t.still_running()


def test_on_a_terminal_it_draws_and_leaves_the_cursor(t):
    build = t.dir / "build"
    build.mkdir()
    for name in ("carrywatch", "ratesim"):
        (build / name).symlink_to(t.binary(name))
    pid, master = pty.fork()
    if pid == 0:
        env = t.env(CW_BUILD=str(build), TERM="xterm", COLUMNS="130", LINES="40")
        os.chdir(t.dir)
        os.execve(lib.ROOT / "tools/demo", ["demo", "4"], env)
    data, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        try:
            got = os.read(master, 65536)
        except OSError:
            break
        if not got:
            break
        data += got
    _, status = os.waitpid(pid, 0)
    os.close(master)
    text = data.decode(errors="replace")
    assert os.waitstatus_to_exitcode(status) == 0, text[-3000:]
    assert "\033[?25l" in text and text.rindex("\033[?25h") > \
        text.rindex("\033[?25l")
    assert "poll 3" in text and "NEAREST" in text and "CARRY/day" in text


if __name__ == "__main__":
    lib.main()
