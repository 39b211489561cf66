#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a person at a terminal is asked, and what is drawn for people only."""
import re
import signal
import sqlite3
import threading
import time

import lib
from service import Quote, Service
from test_cli import on_terminal
from test_views import given, held

LONG_SANITIZED = True
PLAIN = {"NO_COLOR": "1"}


def statuses(t):
    with sqlite3.connect(t.dir / "data/main.db") as db:
        return [x for x, in db.execute("SELECT status FROM positions")]


def test_a_close_is_asked_for(t):
    """only y and yes close; anything else, and the end of input, do not"""
    given(t)
    held(t)
    for typed in ("n\n", "\n", "yess\n", "Y es\n", "\x04"):
        text, code = on_terminal(t, "positions", "close", "1", typed=typed,
                                 **PLAIN)
        assert code == 1 and "not confirmed, nothing was done" in text, text
        assert "Close main/1 BTC long lighter / short grvt, 20000 USD, fees " \
            "0.00 USD, reason MANUAL? [y/N] " in text, text
        assert statuses(t) == ["open"], typed
    for typed in ("y\n", "yes\n"):
        text, code = on_terminal(t, "positions", "close", "1", typed=typed,
                                 **PLAIN)
        assert code == 0 and "Closed main/1 BTC" in text, text
        assert statuses(t) == ["closed"], typed
        t.run("positions", "reopen", 1).expect(0)


def test_the_arithmetic_is_read_downwards(t):
    """verify: each step with its formula and its numbers below it, uncut"""
    given(t)
    held(t)
    t.run("run", "--once").expect(0)
    text, code = on_terminal(t, "positions", "verify", "1", columns=80, **PLAIN)
    assert code == 0, text
    for part in (
            r"^divergence +0\.00066 per day\n    short - long\n"
            r"    = 0\.000765 - \(0\.000105\)$",
            r"^poll +1 \n    at 20\S+Z, ok, configuration ",
            r"^entry divergence +0\.000855 per day\n    given by hand$",
            r"^cost of closing +8 USD\n    size x round trip / 2\n"
            r"    = 20000 x 0\.0004$"):
        assert re.search(part, text, re.M), (part, text)
    r = t.run("positions", "verify", 1, "-o", "wide").expect(
        0, r"^STEP +VALUE +UNIT +FORMULA +NUMBERS")
    assert "short - long" in r.out, r
    r = t.run("positions", "verify", 1, "-o", "table").expect(0, "^STEP +VALUE")
    assert max(map(len, r.out.splitlines())) > 100, r	# a pipe has no width


def test_watch_draws_again_until_it_is_interrupted(t):
    """--watch: the list again each second; an error ends it"""
    service = given(t)
    held(t)
    t.run("run", "--once").expect(0)
    m = t.start(t.binary("carrywatch"), "-c", t.config_file, "positions",
                "list", "--watch", "-o", "table")
    m.wait_line(r"erosion 77/50")
    service.rates["grvt"]["BTC"] = Quote("0.00003")
    t.run("run", "--once").expect(0)
    m.wait_line(r"DIVERGENCE_FLIPPED")		# no new start
    m.send(signal.SIGINT)
    assert m.wait() == -signal.SIGINT
    assert m.text("err") == "", m.text("err")
    t.run("positions", "list", "--watch", "-a", "nobody").expect(
        3, err="no account")
    file = t.dir / "data/main.db"
    spoil = threading.Timer(1.5 * lib.SLOW, lambda: file.write_bytes(b"no database"))
    spoil.start()
    text, code = on_terminal(t, "positions", "list", "--watch", **PLAIN)
    spoil.join()
    assert code == 6 and text.startswith("\x1b[H\x1b[2J"), text
    assert "DIVERGENCE_FLIPPED" in text and "not a database" in text, text


def test_a_monitor_has_a_colour(t):
    """status: a green or a grey mark on a terminal, none in a pipe"""
    service = Service({"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0011"}})
    t.config(service.url, "  main: {profile: conservative, mode: live, "
             "venues: [lighter, grvt]}\n")
    text, code = on_terminal(t, "status")
    assert code == 3 and "\x1b[2m\u25cb\x1b[0m main  not running" in text, text
    m = t.monitor("main")
    m.wait_line('msg="?poll"?')
    text, code = on_terminal(t, "status")
    assert code == 0 and "\x1b[32m\u25cf\x1b[0m main  running" in text, text
    assert re.search(r"poll +20\S+Z, \d+s ago: ok, \d+ requests in \d+ ms, "
                     r"next 20\S+Z$", text, re.M), text
    assert "\x1b" not in t.run("status", "-o", "wide").expect(
        0, "^\u25cf main  running").out
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE polls SET at = at - 86400000")
    assert ", next " not in t.run("status", "-o", "table").expect(
        0, r"poll +20\S+Z, 1d 0h ago: ok").out	# a clock of its own
    assert m.stop() == 0


def test_times_of_the_local_zone(t):
    """--local: the zone of the person, for people and not for programs"""
    given(t)
    held(t)
    zone = {"TZ": "NPT-5:45"}
    r = t.run("positions", "show", 1, "--local", env=zone).expect(0)
    assert re.search(r"opened 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+0545, age",
                     r.out), r
    assert t.run("positions", "show", 1, "--json", "--local", env=zone).json()[
        "opened_at"].endswith("Z")
    then = time.strftime("%Y-%m-%dT%H:", time.gmtime(time.time() - 75 * 3600))
    assert f"opened {then}" in t.run("positions", "show", 1, env=zone).out


if __name__ == "__main__":
    lib.main()
