#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The markets of ratesim: scripts, recorded settlements, recorded answers."""
import re
import sys
from decimal import Decimal

import lib
from simclient import (NOON, SEED, answer, capture, clock, exact, fetch,
                       refused, stamp, utc)

LONG_SANITIZED = True
HEADER = ("ts_utc_ms,venue,symbol,interval_s,funding_rate,mark_price,"
          "open_interest_usd\n")


def test_script(t):
    """scenes pin and ramp rates and begin faults at their offsets"""
    script = t.dir / "scenes"
    script.write_text("""\
# a comment
0 rate lighter BTC 0.0123     # for ever
0 rate grvt BTC -5e-05 until 3h
3h rate grvt BTC 0.0002 until 6h
1h ramp aster SOL 0.001 -0.001 until 3h
90 fault http500@/dexes until 1h31m
""")
    def rate(hours, venue, symbol):
        sim = t.ratesim("--seed", SEED, "--script", script, "--clock",
                        f"{NOON},{stamp(-hours * 3600)},1")
        rates = exact(sim, f"/funding-rates/{venue}")["rates"]
        status = fetch(sim, "/dexes")[0]
        sim.stop()
        return rates[symbol]["funding_rate"], status

    assert rate(0.2, "lighter", "BTC") == (Decimal("0.0123"), 200)
    assert rate(0.2, "grvt", "BTC")[0] == Decimal("-0.00005")
    assert rate(3.2, "grvt", "BTC")[0] == Decimal("0.0002")
    free = rate(7, "grvt", "BTC")[0]
    assert free not in (Decimal("0.0002"), Decimal("-0.00005"))
    middle, status = rate(1.505, "aster", "SOL")
    assert abs(middle - Decimal("0.0005")) < Decimal("0.00004"), middle
    assert status == 500
    assert rate(2.005, "aster", "SOL") == (Decimal("0"), 200)
    assert rate(3.0, "aster", "SOL")[0] not in (Decimal("0.001"),
                                                Decimal("-0.001"))


def test_script_refusals(t):
    """a script with a mistake is refused with file and line"""
    script = t.dir / "scenes"
    for line, why in (
            ("soon rate grvt BTC 1", "no offset"), ("5", "after the offset"),
            ("5 wait", "after the offset"),
            ("5 rate grvt BTC", "write OFFSET rate VENUE"),
            ("5 rate grvt BTC x", '"x" is no rate'),
            ("5 ramp grvt BTC 0.1 0.2", "write OFFSET ramp"),
            ("5 rate grvt BTC 0.1 until 4", "not after the beginning"),
            ("5 fault nosuch until 9", "no fault is called"),
            ("5 rate grvt WIF 0.1", "has no WIF on grvt"),
            ("5 rate nosuch BTC 0.1", "has no BTC on nosuch")):
        script.write_text(f"# first\n\n{line}\n")
        t.command(t.binary("ratesim"), "--script", script).expect(
            2, err=f"scenes:3: .*{why}")


def csv_sim(t, rows, at, tail=()):
    path = t.dir / "settled.csv"
    path.write_text(HEADER + "".join(
        f"{int(utc(r.split(',')[0]).timestamp() * 1000) + 37},"
        f"{r.split(',', 1)[1]}\n" for r in rows))
    return t.ratesim("--csv", path, *clock(at), *tail)


def test_csv(t):
    """recorded settlements become rates per 8 h under plain names"""
    sim = csv_sim(t, [
        "2026-01-01T00:00:00Z,Hyperliquid,BTC,3600,1.25e-05,,",
        "2026-01-01T00:00:00Z,binance,BTCUSDC,28800,0.9,,",
        "2026-01-01T00:00:00Z,binance,BTCUSDT,28800,-0.0003,,5000000.5",
        "2026-01-01T00:00:00Z,binance,SOL-USD-PERP,14400,0.0001,,",
        "2026-01-01T00:00:00Z,drift,xyz:TSLA,86400,0.0000000000000000125,,",
        "2026-01-01T00:00:00Z,okx,BTC-USDT-SWAP,7200,3.3e-05,,",
        "2026-01-01T00:00:00Z,bitmex,XBTUSD,28800,0.0001,,",
        "2026-01-01T01:00:00Z,hyperliquid,BTC,3600,2e-05,,",
        "2026-01-01T03:00:00Z,hyperliquid,ETH,3600,1,,"],
        "2026-01-01T00:59:00Z")
    rates = exact(sim, "/funding-rates")["data"]
    assert rates == {
        "BTC": {"binance": Decimal("-0.0003"), "bitmex": Decimal("0.0001"),
                "hyperliquid": Decimal("0.0001"),
                "okx": Decimal("0.000132")},
        "SOL": {"binance": Decimal("0.0002")},
        "TSLA": {"drift": Decimal("4e-18")}}, rates
    row = answer(sim, "/funding-rates/binance")["rates"]["BTC"]
    assert row["next_funding_time"] == "2026-01-01T08:00:00", row
    assert row["timestamp"].startswith("2026-01-01T00:59:"), row
    symbols = answer(sim, "/dexes/binance/symbols")["symbols"]
    assert symbols[0]["open_interest_usd"] == 5000000.5, symbols
    assert symbols[0]["volume_24h"] is None
    assert [d["name"] for d in answer(sim, "/dexes")["dexes"]] == [
        "binance", "bitmex", "drift", "hyperliquid", "okx"]
    refused(sim, "/funding-rates/hyperliquid/SOL", 404,
            "No funding rate found for SOL on hyperliquid")


def test_csv_time(t):
    """a rate holds until the next, and ages once two intervals overdue"""
    rows = ["2026-01-01T00:00:00Z,hyperliquid,BTC,3600,1e-05,,",
            "2026-01-01T01:00:00Z,hyperliquid,BTC,3600,2e-05,,"]
    for at, rate, seen in (
            ("2026-01-01T00:59:30Z", "0.00008", "2026-01-01T00:59:3"),
            ("2026-01-01T01:00:00Z", "0.00016", "2026-01-01T01:00:0"),
            ("2026-01-01T03:59:00Z", "0.00016", "2026-01-01T03:59:0"),
            ("2026-01-01T09:00:00Z", "0.00016", "2026-01-01T04:00:00")):
        sim = csv_sim(t, rows, at)
        row = exact(sim, "/funding-rates/hyperliquid")["rates"]["BTC"]
        assert row["funding_rate"] == Decimal(rate), (at, row)
        assert row["timestamp"].startswith(seen), (at, row)
        sim.stop()
    sim = csv_sim(t, rows, "2025-12-31T00:00:00Z")
    assert answer(sim, "/funding-rates/hyperliquid")["rates"] == {}


def test_csv_refusals(t):
    """a bad settlement is refused with file, line and column"""
    path = t.dir / "bad.csv"
    good = "1767225600000,aster,BTCUSDT,28800,0.0001,,\n"
    for line, column, why in (
            ("1,2,3", 1, "3 column.*write ts_utc_ms"),
            ("x,aster,BTC,3600,0,,", 1, "no time"),
            ("1767225600000,aster,BTC,5000,0,,", 25, "does not divide"),
            ("1767225600000,aster,BTC,3600,nan,,", 30, "no rate"),
            ("1767225600000,as ter,BTC,3600,0,,", 15, "no venue"),
            ("1767225600000,aster,B C,3600,0,,", 21, "no symbol"),
            ("1767225600000,aster,BTC,3600,0,,much", 33,
             "no open interest"),
            ("1,aster,ETHUSDT,28800,0.0001,,", 1, "goes back in time"),
            ("1767225600007,aster,BTCUSDT,28800,0.0001,,", 1, "second")):
        path.write_text(HEADER + good + line + "\n")
        t.command(t.binary("ratesim"), "--csv", path).expect(
            2, err=rf"bad\.csv:3:{column}: .*{why}")
    path.write_text("time,rate\n")
    t.command(t.binary("ratesim"), "--csv", path).expect(
        2, err="bad.csv:1:1: the first line must be")
    path.write_text(HEADER)
    t.command(t.binary("ratesim"), "--csv", path).expect(
        2, err="no settlements")


def test_recorded_history(t):
    """the shared recordings load, and agree with their own lines"""
    path = t.shared("data/settlements_2025-08_2026-05.csv")
    at, want = utc("2026-01-15T09:30:00Z").timestamp() * 1000, {}
    for line in path.read_text().splitlines()[1:]:
        ms, venue, symbol, interval, rate = line.split(",")[:5]
        if int(ms) <= at and re.fullmatch("[A-Z]+USDT|[A-Z]{2,4}", symbol):
            base = symbol.removesuffix("USDT")
            want[venue, base] = Decimal(rate) * 28800 / int(interval)
    sim = t.ratesim("--csv", path, *clock("2026-01-15T09:30:00Z"))
    got = exact(sim, "/funding-rates")["data"]
    for (venue, base), rate in want.items():
        assert got[base][venue] == rate, (venue, base, got[base], rate)
    assert len(want) > 30 and "TSLA" in got, sorted(got)


def test_captures(t):
    """recorded answers are played byte for byte"""
    index = t.shared("service/captures/INDEX.tsv")
    sim = t.ratesim("--captures", index.parent)
    targets = {}
    for line in index.read_text().splitlines():
        name, method, path, _ = line.split("\t")
        if not re.match("empty_|dbdown_", name):
            targets.setdefault((method, path), name)
    assert len(targets) > 100
    for (method, path), name in targets.items():
        status, head, body = capture(t, name)
        got = fetch(sim, "/" + path, method)
        assert (got[0], got[2]) == (status, body), (name, got[:2])
        assert got[1]["date"] in head, (name, got[1])
    default = capture(t, "opportunities_default")[2]
    assert fetch(sim, "/opportunities?limit=77")[2] == default
    assert fetch(sim, "/absent")[0] == 404
    sim.faults("http500")
    assert fetch(sim, "/dexes")[0] == 500


if __name__ == "__main__":
    print(f"# seed {SEED}", file=sys.stderr)
    lib.main()
