#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make demo-history: a small file played, its money counted again by hand."""
import bisect
import collections
import os
import re
import signal
import sqlite3
from decimal import Decimal

import lib

RUN_ONCE = True
HOUR = 3600000
BEGIN = 1767225600000			# 2026-01-01T00:00:00Z
HEADER = "ts_utc_ms,venue,symbol,interval_s,funding_rate,mark_price," \
    "open_interest_usd"

# venue, contract, interval in hours, late by ms, rates per interval in turn
SERIES = [
    ("hyperliquid", "BTC", 1, 55, ["0.0000125", "-0.00002", "0.00003"]),
    ("hyperliquid", "ETH", 1, 12, ["-0.00001", "0.0000125"]),
    ("binance", "BTCUSDT", 8, 3, ["0.0005", "0.0001"]),
    ("binance", "SOLUSDT", 8, 0, ["0.0004", "-0.0002", "0.0003"]),
    ("binance", "ETHUSDT", 4, 7, ["0.00025", "0.0001"]),
    ("bybit", "SOLUSDT", 8, 0, ["0.0001", "0.00005"]),
]
COIN = {"BTCUSDT": "BTC", "ETHUSDT": "ETH", "SOLUSDT": "SOL"}
NAMED = {("binance", 4): "binance-4h"}


def settlements(hours=48):
    """(time, venue, contract, interval in s, rate), from a day before BEGIN."""
    rows = []
    for venue, contract, every, late, rates in SERIES:
        for n, hour in enumerate(range(-24, hours + 1, every)):
            rows.append((BEGIN + hour * HOUR + late, venue, contract,
                         every * 3600, rates[n % len(rates)]))
    return sorted(rows)


def write(t, rows):
    path = t.dir / "history.csv"
    path.write_text(HEADER + "\n" + "".join(
        f"{at},{v},{c},{i},{r},,\n" for at, v, c, i, r in rows))
    return path


def home(t):
    """A build folder of its own, so that two runs do not meet."""
    build = t.dir / "build"
    build.mkdir()
    for name in ("carrywatch", "ratesim"):
        (build / name).symlink_to(t.binary(name))
    return build


def demo(t, *args, **env):
    return t.command(lib.ROOT / "tools/demo-history", *args,
                     env={"CW_BUILD": str(home(t)), **env}, seconds=60)


def rows_of(t, sql):
    path = t.dir / "build/demo-history/data/history.dry-run.db"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        return db.execute(sql).fetchall()


def seen_at(polls, at):
    """
    The instants whose rates may be booked for a settlement: the last poll
    before it, and those before that if it was too slow to be sure.
    """
    for poll in reversed(polls[:bisect.bisect_left([p["at"] for p in polls], at)]):
        yield poll["at"]
        if poll["result"] == "ok" and poll["took_ms"] < 8:
            return


class Rates:
    """What a leg's venue had settled last, from our own rows."""

    def __init__(self, rows):
        self.series = collections.defaultdict(list)
        self.pays = {}
        for at, venue, contract, interval, rate in rows:
            name = NAMED.get((venue, interval // 3600), venue)
            coin = COIN.get(contract, contract)
            self.pays[name] = interval * 1000
            at -= at % (interval * 1000)
            self.series[name, coin].append(
                (at, Decimal(rate) * 28800 / interval))

    def rate_8h(self, venue, coin, at):
        series = self.series[venue, coin]
        return series[bisect.bisect_right(series, at, key=lambda r: r[0]) - 1][1]


def test_the_money_is_what_the_file_says(t):
    """settlements and totals equal an own decimal sum over the file"""
    rows = settlements()
    rates = Rates(rows)
    out = demo(t, write(t, rows), "2026-01-01", "1").expect(0).out
    positions = rows_of(t, "SELECT * FROM positions")
    assert {p["symbol"] for p in positions} == {"BTC", "ETH", "SOL"}, out
    polls = rows_of(t, "SELECT * FROM polls ORDER BY seq")
    start, end = polls[0]["at"], polls[-1]["at"]
    assert len(polls) == 49 and 0 <= start - BEGIN < HOUR, start
    booked = {(s["position"], s["side"], s["at"]): s
              for s in rows_of(t, "SELECT * FROM settlements")}
    assert len(booked) > 50
    sums, expected = collections.Counter(), 0
    for p in positions:
        for side, sign in (("long", -1), ("short", 1)):
            venue = p[side + "_venue"]
            pays = rates.pays[venue]
            for at in range(start // pays * pays + pays, end + 1, pays):
                expected += 1
                s = booked[p["id"], side, at]
                rate = Decimal(s["rate_8h"])
                assert rate in [rates.rate_8h(venue, p["symbol"], seen)
                                for seen in seen_at(polls, at)], tuple(s)
                amount = sign * 10000 * rate * pays / 28800000
                assert Decimal(s["amount_usd"]) == amount, tuple(s)
                after = p["closed_at"] is not None and at > p["closed_at"]
                assert bool(s["hypothetical"]) == after, tuple(s)
                sums["held"] += amount
                sums["decided"] += 0 if after else amount
    assert expected == len(booked)
    fees = sum(4 + 4 * (p["status"] == "closed") for p in positions)
    for word, funding in (("as decided", "decided"), ("hold-through", "held")):
        found = re.search(rf"{word} +(\S+) +(\S+) +(\S+)", out)
        want = (f"{sums[funding]:+.2f}", f"{-fees:+.2f}",
                f"{sums[funding] - fees:+.2f}")
        assert found and found.groups() == want, (want, out)
    assert "49 polls over" in out and "rice not included" in out, out
    assert "venues: binance (8h), binance-4h (4h), bybit (8h), " \
        "hyperliquid (1h)" in out, out
    assert "unknown" not in out.split("rice not included")[1], out
    assert len(out.splitlines()) < 35


def test_the_commands_it_names_work(t):
    out = demo(t, write(t, settlements()), DAYS="0.25",
               START="2026-01-01").expect(0).out
    commands = re.findall(r"^  (\S*carrywatch) (.*)$", out, re.M)
    assert len(commands) == 3, out
    for program, args in commands:
        t.command(program, *args.split()).expect(0)


def test_ctrl_c_ends_both_programs(t):
    p = t.start(lib.ROOT / "tools/demo-history", write(t, settlements()),
                "2026-01-01", "1", env={"CW_BUILD": str(home(t))})
    log = t.dir / "build/demo-history/monitor.log"
    t.wait(lambda: log.exists() and 'msg="poll"' in log.read_text(), "a poll")
    p.send(signal.SIGINT)
    assert p.wait(20) == 0, p.text()
    assert "stopped" in p.text("out") and "hold-through" in p.text("out")
    assert not p.text("err"), p.text("err")
    assert 'msg="stopped"' in log.read_text()
    assert not t.still_running(), t.still_running()


def test_bad_input_is_named(t):
    path = write(t, settlements())
    os.environ.pop("START", None)
    demo(t, t.dir / "none.csv").expect(1, err="none.csv")
    for args, word in (((path, "soon"), 'START "soon": write'),
                       ((path, "2030-01-01"), "lies outside"),
                       ((path, "2026-01-01", "0"), 'DAYS "0": write')):
        t.command(lib.ROOT / "tools/demo-history", *args,
                  env={"CW_BUILD": str(t.dir / "build")}).expect(1, err=word)
    path.write_text("time,rate\n1,2\n")
    t.command(lib.ROOT / "tools/demo-history", path).expect(
        1, err="first line must be")
    path.write_text(f"{HEADER}\n1,binance,BTCUSDT,8h,0.1,,\n")
    t.command(lib.ROOT / "tools/demo-history", path).expect(
        1, err="csv:2: not a settlement")


if __name__ == "__main__":
    lib.main()
