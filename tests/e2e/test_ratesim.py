#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ratesim answers like the real service, route by route."""
import datetime
import json
import re
import signal
import socket
import sys
import time
from decimal import Decimal

import lib
from simclient import (NOON, SEED, alike, answer, capture, clock, connect,
                       exact, fetch, raw, refused, stamp, utc)

LONG_SANITIZED = True
VENUES = ["aster", "backpack", "edgex", "grvt", "hyperliquid", "lighter",
          "paradex"]
FEES = dict(zip(VENUES, map(Decimal, ("0.00005 0.0002 0.00015 -0.0001 "
                                      "0.00015 0 0.00003").split())))


def same_name(answer_, key):
    """A map keyed by symbols or venues, cut down to one anonymous entry."""
    entries = list(answer_[key].values())
    answer_[key] = {"X": entries[0]} if entries else {}
    return answer_


def test_command_line(t):
    """bad flags exit with 2 and say why; TERM and INT end it with 0"""
    for args, why in (
            (["--sed", "1"], "no option"), (["--port", "http"], "0..65535"),
            (["--port"], "needs a value"), (["--seed", "x"], "whole number"),
            (["--seed", "1", "--csv", "x"], "choose one"),
            (["--csv", "absent.csv"], r"absent\.csv: No such file"),
            (["--captures", "absent"], "INDEX.tsv"),
            (["--fault", "http501"], 'no fault is called "http501"'),
            (["--fault", "slow"], "write slow=500ms"),
            (["--fault", "slow=soon"], "is no time"),
            (["--fault", "reset=1"], "takes no argument"),
            (["--fault", "reset@dexes"], "begins with /"),
            (["--clock", "noon"], "clock"),
            (["--script", "absent"], "absent"),
            (["--fault-file", "absent"], "absent")):
        t.command(t.binary("ratesim"), *args).expect(2, err=why)
    t.command(t.binary("ratesim"), "--help").expect(0, out="--fault-file")
    for number in (signal.SIGTERM, signal.SIGINT):
        sim = t.ratesim()
        assert sim.process.lines == [("out", "ratesim: listening on "
                                      f"http://127.0.0.1:{sim.port}/api/v1")]
        assert sim.process.stop(number) == 0
        assert not sim.process.text("err"), sim.process.text("err")


def test_port(t):
    """a given port is used, and a taken one refused"""
    sim = t.ratesim()
    t.command(t.binary("ratesim"), "--port", sim.port).expect(1)


def test_verbose(t):
    """requests are logged with -v only"""
    sim = t.ratesim("-v")
    fetch(sim, "/dexes?x=1")
    sim.process.wait_line(r"GET /api/v1/dexes\?x=1 200 \d+")


def test_keys(t):
    """every route has the keys, order and types of the recorded answers"""
    sim = t.ratesim("--seed", SEED)
    for path, name in (
            ("//", "root"), ("//ping", "ping"),
            ("/opportunities?limit=100", "opportunities_limit100"),
            ("/opportunities?symbol=NOSUCH", "opportunities_symbol_unknown"),
            ("/funding-rates/compare?symbol=BTC&dex1=grvt&dex2=aster",
             "compare_BTC_grvt_aster"),
            ("/funding-rates/lighter/BTC", "dex_rate_lighter_BTC"),
            ("/dexes", "dexes"), ("/dexes/lighter", "dex_lighter"),
            ("/dexes/lighter/symbols", "dex_symbols"),
            ("/health", "health"), ("/health/simple", "health_simple")):
        alike(answer(sim, path), json.loads(capture(t, name)[2]), name)
    for path, name, key in (
            ("/funding-rates/grvt", "dex_rates_grvt", "rates"),
            ("/funding-rates?symbol=BTC&include_metadata=true",
             "rates_metadata", "dex_metadata")):
        mine, theirs = (answer(sim, path), json.loads(capture(t, name)[2]))
        if key != "rates":
            same_name(mine, "data"), same_name(theirs, "data")
            mine["data"] = theirs["data"] = {}
        alike(same_name(mine, key), same_name(theirs, key), name)


def test_refusals(t):
    """refusals are the recorded ones, byte for byte"""
    sim = t.ratesim("--seed", SEED)
    index = t.shared("service/captures/INDEX.tsv").read_text()
    asked = 0
    for line in index.splitlines():
        name, method, path, _ = line.split("\t")
        if (not name.startswith("err_") or "no_data" in name
                or re.search("history|stats|health_dex|emptydex", name)):
            continue
        status, head, body = capture(t, name)
        got = fetch(sim, "/" + path, method)
        assert (got[0], got[2]) == (status, body), (name, got, body)
        for header in ("content-type", "allow"):
            assert (got[1].get(header) is not None) == (
                f"\n{header}:" in head), (name, got[1])
        asked += 1
    assert asked >= 18, asked


def test_refusals_literally(t):
    """names that are not known are refused as they were typed"""
    sim = t.ratesim("--seed", SEED)
    refused(sim, "/funding-rates/NoSuch", 404, "DEX 'NoSuch' not found")
    refused(sim, "/funding-rates/grvt/wif", 404,
            "No funding rate found for wif on grvt")
    refused(sim, "/funding-rates/compare?symbol=N%41&dex1=grvt&dex2=aster",
            404, "Symbol 'NA' not found")
    refused(sim, "/nosuch", 404, "Not Found")
    status, headers, body = fetch(sim, "/dexes/?a=b")
    assert (status, body) == (307, b""), (status, body)
    assert headers["location"] == f"{sim.url}/dexes?a=b", headers
    status, headers, _ = fetch(sim, "/dexes", "HEAD")
    assert (status, headers["allow"]) == (405, "GET"), headers


def test_literals(t):
    """the invented market lists these venues, fees and payment times"""
    sim = t.ratesim("--seed", SEED, *clock())
    dexes = exact(sim, "/dexes")
    assert [d["name"] for d in dexes["dexes"]] == VENUES
    assert dexes["count"] == 7
    for d in dexes["dexes"]:
        fees = d["fee_structure"]
        assert fees["maker_fee_percent"] == FEES[d["name"]], d
        rates = answer(sim, f"/funding-rates/{d['name'].upper()}")
        assert rates["dex_name"] == d["name"].upper()
        rows = rates["rates"]
        assert len(rows) == d["supported_symbols_count"] >= 10
        nexts = {r["next_funding_time"] for r in rows.values()}
        assert nexts == {{"lighter": None, "paradex": None, "backpack": None,
                          "hyperliquid": "2026-11-20T13:00:00"}.get(
                              d["name"], "2026-11-20T16:00:00")}, nexts
        age = [(utc(NOON) - utc(r["timestamp"] + "Z")).total_seconds()
               for r in rows.values()]
        assert 0 <= min(age) and max(age) < 20, age
    assert b'e-05' in fetch(sim, "/dexes")[2]


def test_ranking(t):
    """opportunities: net = divergence - fees, best first, all filters"""
    sim = t.ratesim("--seed", SEED, *clock())
    found = exact(sim, "/opportunities?limit=100")
    pairs = found["opportunities"]
    assert len(pairs) == found["total_count"] > 20
    rates = {v: exact(sim, f"/funding-rates/{v}")["rates"] for v in VENUES}
    for p in pairs:
        long, short = p["long_dex"], p["short_dex"]
        assert p["long_rate"] == rates[long][p["symbol"]]["funding_rate"]
        assert p["short_rate"] == rates[short][p["symbol"]]["funding_rate"]
        assert p["divergence"] == p["short_rate"] - p["long_rate"]
        assert p["estimated_fees"] == 2 * (FEES[long] + FEES[short])
        assert p["net_profit_percent"] == (p["divergence"]
                                           - p["estimated_fees"]) > 0
        assert p["annualized_apy"] == p["net_profit_percent"] * 109500
        assert p["divergence"] >= Decimal("0.0001")
    nets = [p["net_profit_percent"] for p in pairs]
    assert nets == sorted(nets, reverse=True)
    few = exact(sim, "/opportunities?limit=3")["opportunities"]
    assert few == pairs[:3] and len(few) == 3
    wide = exact(sim, "/opportunities?min_divergence=0.001&limit=100")
    assert wide["filters_applied"]["min_divergence"] == Decimal("0.001")
    assert wide["opportunities"] == [p for p in pairs if p["divergence"]
                                     >= Decimal("0.001")][:100]
    btc = exact(sim, "/opportunities?symbol=btc&limit=100")
    assert btc["filters_applied"]["symbol"] == "btc"
    assert {p["symbol"] for p in btc["opportunities"]} <= {"BTC"}
    one = exact(sim, "/opportunities?dex=LIGHTER&limit=100")["opportunities"]
    assert one and all("lighter" in (p["long_dex"], p["short_dex"])
                       for p in one)


def test_compare(t):
    """compare gives the absolute divergence, whichever way round"""
    sim = t.ratesim("--seed", SEED, *clock())
    ways = [exact(sim, "/funding-rates/compare?symbol=eth"
                  f"&dex1={a}&dex2={b}")
            for a, b in (("grvt", "aster"), ("ASTER", "Grvt"))]
    for c in ways:
        assert c["symbol"] == "ETH"
        gap = abs(c["dex1"]["funding_rate"] - c["dex2"]["funding_rate"])
        assert c["divergence"] == c["estimated_net_profit_8h"] == gap > 0
        low = min(c["dex1"], c["dex2"], key=lambda d: d["funding_rate"])
        assert c["long_recommendation"] == low["name"]
    assert ways[0]["dex1"] == ways[1]["dex2"]


def test_all_rates(t):
    """/funding-rates has all rates by symbol and venue; case matters"""
    sim = t.ratesim("--seed", SEED, *clock())
    every = answer(sim, "/funding-rates")
    assert list(every["data"]) == sorted(every["data"])
    assert list(every["data"]["BTC"]) == VENUES
    assert every["count"] == sum(map(len, every["data"].values()))
    assert "dex_metadata" not in every
    assert answer(sim, "/funding-rates?dex=LIGHTER")["count"] == 0
    one = answer(sim, "/funding-rates?dex=lighter&symbol=BTC")
    assert one["data"] == {"BTC": {
        "lighter": every["data"]["BTC"]["lighter"]}}


def test_determinism(t):
    """same seed and minute: the same bytes; another seed: others"""
    paths = ["/opportunities?limit=100", "/funding-rates/aster", "/dexes",
             "/dexes/grvt/symbols", "/health", "/funding-rates"]
    runs = []
    for seed in (SEED, SEED, SEED + 1):
        sim = t.ratesim("--seed", seed, *clock())
        runs.append([fetch(sim, p)[2] for p in paths])
    assert runs[0] == runs[1]
    assert runs[0][1] != runs[2][1]


def test_wobble(t):
    """rates move by the minute, turn sign and return to the mean"""
    at = stamp()
    sums, flips = {}, 0
    sim = t.ratesim("--seed", SEED, "--clock", f"{NOON},{at},86400")
    seen, body = {}, {"updated_at": ""}
    last = (datetime.datetime.fromisoformat(NOON.removesuffix("Z"))
            + datetime.timedelta(days=4)).isoformat()
    while body["updated_at"] < last:	# four days in four seconds
        body = exact(sim, "/funding-rates/hyperliquid")
        for s, r in body["rates"].items():
            seen.setdefault(s, {})[body["updated_at"]] = r["funding_rate"]
    for s, series in seen.items():
        values = list(series.values())
        assert len(set(values)) > len(values) // 2 > 5, (s, values[:5])
        assert all(abs(v) < Decimal("0.05") for v in values)
        flips += any(a * b < 0 for a, b in zip(values, values[1:]))
        sums[s] = sum(values) / len(values)
    assert flips >= 3, flips
    assert abs(sum(sums.values()) / len(sums)) < Decimal("0.001"), sums


def test_clock(t):
    """market time = ORIGIN + (wall - START) * SPEED"""
    sim = t.ratesim("--seed", SEED, "--clock",
                    f"2026-03-01T00:00:00Z,{stamp(-10)},3600")
    before = time.time()
    at = utc(answer(sim, "/health")["timestamp"] + "Z")
    spent = time.time() - before
    hours = (at - utc("2026-03-01T00:00:00Z")).total_seconds() / 3600
    assert 9.9 <= hours <= 10.2 + 40 * lib.SLOW + spent, hours
    time_of_date = fetch(sim, "/health")[1]["date"]
    assert "Mar 2026" in time_of_date, time_of_date
    real = t.ratesim("--seed", SEED)
    off = (utc(answer(real, "/health")["timestamp"] + "Z").timestamp()
           - time.time())
    assert -75 * lib.SLOW < off <= 0, off


def test_connections(t):
    """keep-alive, pipelining, closing on request, and bad requests"""
    sim = t.ratesim("--seed", SEED, *clock())
    c = connect(sim)
    for _ in range(20):
        c.request("GET", "/ping")
        first = c.sock
        assert c.getresponse().read() == b'{"status":"ok"}'
        assert c.sock is first and first
    c.close()
    one = b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    before = time.monotonic()
    got = raw(sim, one * 5 + last)
    assert time.monotonic() - before < 4	# idle ones end after 5 s
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 6, got
    assert got.count(b"connection: close\r\n") == 1, got
    assert raw(sim, b"GET /ping HTTP/1.0\r\n\r\n").endswith(b'"ok"}')
    for bad in (b"\r\n\r\n", b"nonsense\r\n\r\n", b"GET ping HTTP/1.1\r\n\r\n",
                b"GET /\0 HTTP/1.1\r\n\r\n", b"x" * 20000,
                b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n"):
        try:
            assert raw(sim, bad).startswith(b"HTTP/1.1 400 "), bad[:40]
        except ConnectionResetError:
            assert len(bad) > 8192	# it did not read all of it
    assert raw(sim, b"POST /ping HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
               ).startswith(b"HTTP/1.1 405 ")
    assert fetch(sim, "/ping")[0] == 404	# it is at the root only


def test_many_connections(t):
    """fifty clients at once are all answered"""
    sim = t.ratesim("--seed", SEED)
    clients = [connect(sim) for _ in range(50)]
    for c in clients:
        c.request("GET", "/api/v1/opportunities?limit=100")
    for c in clients:
        assert len(json.loads(c.getresponse().read())["opportunities"]) > 9
        c.close()


def test_loopback_only(t):
    """nobody else can reach it"""
    sim = t.ratesim()
    try:
        with socket.create_connection(("127.0.0.2", sim.port), 5):
            raise AssertionError("it listens on more than 127.0.0.1")
    except ConnectionRefusedError:
        pass


if __name__ == "__main__":
    print(f"# seed {SEED}", file=sys.stderr)
    lib.main()
