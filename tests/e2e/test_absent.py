#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What commands say where nothing is there: no database, nothing open or
closed, no sink, no poll of that time, a file that is no database."""
import re

import lib
from service import Quote, Service
from test_views import given, held, listed

TWO = """\
  main: {profile: conservative, mode: live, venues: [lighter, grvt]}
  other: {profile: conservative, mode: live, venues: [lighter, grvt]}
"""
READING = (("decisions", "list"), ("alerts", "list"), ("handoffs", "list"),
           ("positions", "list"), ("positions", "history"), ("exposure",))
OF_ONE = (("positions", "verify", 1), ("positions", "show", 1),
          ("explain", 1), ("opportunities", "list"))
CHANGING = (("alerts", "ack", "all"), ("handoffs", "confirm", "all", "-y"),
            ("pause",), ("resume",), ("positions", "close", 1, "-y"),
            ("positions", "open", "--symbol", "BTC", "--long", "lighter",
             "--short", "grvt", "--size", "1"))


def test_an_account_without_a_database_has_nothing(t):
    """beside one that has: its rows are missing, nothing fails or is made"""
    given(t, TWO)
    held(t, "BTC", "0.000285", "20000", "-a", "main")
    t.run("run", "--once", "-a", "main").expect(0)
    for command in READING:
        t.run(*command, "-a", "all").expect(0, err=r"\A\Z")
    t.run("decisions", "list", 1, "-a", "other").expect(
        3, r"\A\Z", "account other has no positions")
    t.run("decisions", "list", 1, "-a", "all").expect(
        2, err='"decisions list" works on one account, not on 2')
    t.run("decisions", "list", "-a", "all", "--sort", "id", "--json").expect(0)
    t.run("opportunities", "list", "-a", "other").expect(0)
    assert not (t.dir / "data/other.db").exists()


def test_which_account_is_asked_by_every_command(t):
    """of two accounts one is to be named, all where one is not enough"""
    given(t, TWO)
    for command in READING + OF_ONE + CHANGING + (("doctor",),
                                                  ("alerts", "test")):
        t.run(*command).expect(2, r"\A\Z", "which account\\? Add -a with one "
                               "of main, other")
    assert not (t.dir / "data").exists()


def test_a_configuration_that_is_wrong_stops_every_command(t):
    given(t)
    t.config_file.write_text(t.config_file.read_text() + "wrong: 1\n")
    for command in READING + OF_ONE + CHANGING + (("doctor",),
                                                  ("alerts", "test")):
        t.run(*command).expect(78, r"\A\Z", '"?wrong"?')


def test_a_file_that_is_no_database_is_named(t):
    """by whatever reads or changes it, exit 6; check says UNKNOWN"""
    given(t)
    held(t)
    (t.dir / "data/main.db").write_bytes(b"not a database" * 100)
    for command in READING + CHANGING + OF_ONE + (("status",),):
        t.run(*command).expect(6, err="main.db.*not a database")
    t.run("export", "positions").expect(6, err="main.db.*not a database")
    t.run("check").expect(3, "CARRYWATCH UNKNOWN - main: .*not a database.* "
                             r"\| age=-1s")
    r = t.run("doctor").expect(1)
    for name in ("sinks", "database"):
        assert re.search(rf"FAIL  {name} +[^\n]*not a database", r.out), r


def test_empty_tables_say_what_is_missing(t):
    given(t)
    for args, says in ((("positions", "list"), "No open position. Add one: "),
                       (("positions", "history"), "No closed position."),
                       (("exposure",), "No open position.")):
        t.run(*args, "-o", "table").expect(0, out=says)
        assert says not in t.run(*args, "-o", "tsv").expect(0).out, args
    t.run("positions", "list", "-o", "wide").expect(0, out="No open position")
    assert t.run("positions", "history", "--json").json() == []
    t.run("positions", "history", 7).expect(3, err="no closed position 7; see: ")
    t.run("alerts", "list", "-o", "table").expect(0)
    held(t)
    t.run("alerts", "list", "-o", "table").expect(
        0, out="main: no sinks: nobody is told but the log")
    t.run("alerts", "test").expect(
        78, r"\A\Z", "accounts.main.alerts.sinks is empty: nobody is told")


def test_what_no_poll_judged_is_not_explained(t):
    """closed before it was judged, or judged by no poll of that time"""
    given(t)
    held(t)
    t.run("positions", "close", 1, "-y").expect(0)
    t.run("run", "--once").expect(0)
    t.run("explain", 1).expect(3, r"\A\Z", "no recorded poll")
    held(t)
    t.run("positions", "close", 2, "-y").expect(0)
    t.run("explain", 2).expect(
        3, r"\A\Z", "position 2 was closed before poll 1; give a time while "
        "it was open: --at TIME")
    held(t)
    t.run("explain", 3).expect(
        3, r"\A\Z", "position 3: poll 1 did not judge it .*the next poll will")
    t.run("run", "--once").expect(0)
    at = t.run("explain", 3, "--json").expect(0).json()["at"]
    t.run("explain", 1, "--at", at).expect(3, r"\A\Z", "was closed before")
    t.run("positions", "close", 3, "-y").expect(0)
    t.run("run", "--once").expect(0)
    line, = t.run("explain", 3, "-o", "jsonl").expect(0).out.splitlines()
    assert f'"at":"{at}"' in line.replace(" ", ""), line


def test_exit_codes_are_of_what_is_open(t):
    """--exit-code: 0 hold, 10 an alert, 11 a close; the closed count not"""
    service = Service({"lighter": {"BTC": "0.0001", "ETH": "0.0001"},
                       "grvt": {"BTC": "0.0011", "ETH": "0.0011"}})
    t.config(service.url, "  main: {profile: plain, mode: live, "
             "venues: [lighter, grvt]}\n", more="profiles:\n  plain:\n"
             "    close: [DIVERGENCE_FLIPPED: flip]\n"
             "    alert: [HALF: erosion(0.5)]\n")
    held(t, "BTC", "0.001")
    held(t, "ETH", "0.001")

    def code(want, *more):
        t.run("run", "--once").expect(0)
        t.run("positions", "list", "--exit-code", *more).expect(want)
    code(0)
    service.rates["grvt"]["ETH"] = Quote("0.0004")
    code(10)
    service.rates["grvt"]["BTC"] = Quote("0.00001")
    code(11)
    t.run("positions", "close", 1, "-y").expect(0)
    code(10, "--all")
    t.run("positions", "close", 2, "-y").expect(0)
    code(0, "--all")


def test_history_is_bounded_and_summed(t):
    """--since, --until and an id choose; names of others stand in wide"""
    given(t)
    held(t, "BTC", "0.000285", "20000", "--external-id", "bot-1")
    held(t, "ETH", "0.0002", "500", "--fees", "1")
    for i in (1, 2):
        t.run("positions", "close", i, "-y", "--fees", "2").expect(0)

    def ids(*args):
        return [r["id"] for r in t.run("positions", "history", "--json",
                                       *args).expect(0).json()]
    assert ids() == [1, 2] or ids() == [2, 1], ids()
    assert len(ids("--since", "1h", "--until", "2099-01-01")) == 2
    assert ids("--since", "2099-01-01") == ids("--until", "1h") == []
    assert ids("2") == [2]
    wide = t.run("positions", "history", "-o", "wide").expect(
        0, out="price not included where it is -").out
    assert "bot-1" in wide and re.search(r"\b5\.00\b", wide), wide
    assert listed(t) == []


if __name__ == "__main__":
    lib.main()
