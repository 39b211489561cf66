#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ratesim misbehaves exactly as asked, and no more."""
import gzip
import http.client
import socket
import sys
import time

import lib
from simclient import (NOON, SEED, answer, clock, fetch, raw, refused, utc)

LONG_SANITIZED = True

def test_fault_status(t):
    """http500, 429 and html-200; a path limits them"""
    sim = t.ratesim("--seed", SEED, "--fault", "http500@/funding-rates")
    refused(sim, "/funding-rates/aster", 500,
            "[Errno 111] Connection refused")
    assert fetch(sim, "/dexes")[0] == 200
    sim.faults("429=7")
    status, headers, _ = fetch(sim, "/dexes")
    assert (status, headers["retry-after"]) == (429, "7"), headers
    assert fetch(sim, "/funding-rates/aster")[0] == 429
    sim.faults("429@/api/v1/dexes")
    status, headers, _ = fetch(sim, "/dexes/grvt")
    assert status == 429 and "retry-after" not in headers, headers
    sim.faults("html-200@/dexes")
    status, headers, body = fetch(sim, "/dexes")
    assert (status, headers["content-type"]) == (200, "text/html")
    assert body.startswith(b"<!DOCTYPE html>")
    sim.faults()
    assert fetch(sim, "/dexes")[0] == 200


def test_fault_file(t):
    """HUP reads the fault file; a bad one changes nothing"""
    sim = t.ratesim("--seed", SEED)
    sim.faults("# none yet", "", "http500@/dexes  # comment")
    sim.process.wait_line("faults: http500@/dexes")
    assert fetch(sim, "/dexes")[0] == 500
    since = sim.process.mark()
    sim.faults("http500@/dexes", "nosuch")
    sim.process.wait_line(r"faults kept: .*:2: no fault is called",
                          since=since)
    assert fetch(sim, "/dexes")[0] == 500


def test_fault_empty(t):
    """empty-200: lists are empty, the status is good"""
    sim = t.ratesim("--seed", SEED, "--fault", "empty-200")
    assert answer(sim, "/opportunities")["opportunities"] == []
    assert answer(sim, "/opportunities")["total_count"] == 0
    assert answer(sim, "/funding-rates/grvt")["rates"] == {}
    assert answer(sim, "/funding-rates")["data"] == {}
    assert answer(sim, "/dexes")["dexes"] == []
    assert answer(sim, "/dexes/grvt/symbols")["symbols"] == []


def ages(sim, venue="aster"):
    rows = answer(sim, f"/funding-rates/{venue}")["rates"]
    return [(utc(NOON) - utc(r["timestamp"] + "Z")).total_seconds()
            for r in rows.values()]


def test_fault_times(t):
    """stale and future move the timestamps; old rates still rank"""
    sim = t.ratesim("--seed", SEED, *clock())
    ranked = answer(sim, "/opportunities")["opportunities"]
    for fault, low in (("stale", 3 * 86400), ("stale=600", 600),
                       ("stale=2h", 7200), ("future", -8 * 3600),
                       ("future=90", -90)):
        sim.faults(fault)
        assert all(low <= a < low + 20 for a in ages(sim)), (fault, ages(sim))
        assert answer(sim, "/opportunities")["opportunities"] == ranked
    sim.faults("stale@/funding-rates/aster")
    assert ages(sim)[0] > 86400 and ages(sim, "grvt")[0] < 20


def test_fault_rates(t):
    """null-rate, nan and missing-symbol, for one symbol or all"""
    sim = t.ratesim("--seed", SEED, *clock())
    sim.faults("null-rate=btc")
    rows = answer(sim, "/funding-rates/aster")["rates"]
    assert rows["BTC"]["funding_rate"] is None
    assert rows["ETH"]["funding_rate"] is not None
    gap = answer(sim, "/funding-rates/compare?symbol=BTC"
                 "&dex1=grvt&dex2=aster")
    assert gap["divergence"] is None and gap["long_recommendation"]
    sim.faults("null-rate")
    rows = answer(sim, "/funding-rates/aster")["rates"].values()
    assert all(r["funding_rate"] is None for r in rows)
    sim.faults("nan")
    assert b'"funding_rate":NaN' in fetch(sim, "/funding-rates/aster")[2]
    assert b'"divergence":NaN' in fetch(sim, "/opportunities")[2]
    sim.faults("missing-symbol=BTC@/x", "missing-symbol=BTC")
    since = sim.process.mark()
    sim.faults("missing-symbol@/funding-rates/aster=BTC")
    sim.process.wait_line("faults: missing-symbol@", since=since)
    assert "BTC" not in answer(sim, "/funding-rates/aster")["rates"]
    assert "BTC" in answer(sim, "/funding-rates/grvt")["rates"]
    refused(sim, "/funding-rates/aster/BTC", 404,
            "No funding rate found for BTC on aster")


def test_fault_truncated(t):
    """truncated: half of the promised body, then the end"""
    sim = t.ratesim("--seed", SEED, *clock())
    whole = fetch(sim, "/dexes")[2]
    sim.faults("truncated")
    try:
        fetch(sim, "/dexes")
        raise AssertionError("the body was whole")
    except http.client.IncompleteRead as e:
        assert e.partial == whole[:len(whole) // 2]
        assert len(e.partial) + e.expected == len(whole)


def test_fault_slow(t):
    """slow=MS: not before that time, and complete"""
    sim = t.ratesim("--seed", SEED, "--fault", "slow@/dexes=400")
    for path, least in (("/dexes", 0.4), ("/health", 0)):
        before = time.monotonic()
        assert fetch(sim, path)[0] == 200
        assert time.monotonic() - before >= least
    sim.faults("slow@/health=1s")
    before = time.monotonic()
    fetch(sim, "/health")
    assert time.monotonic() - before >= 1
    sim.faults("slow@/ping=1h")
    with socket.create_connection(("127.0.0.1", sim.port)) as s:
        s.sendall(b"GET /ping HTTP/1.1\r\n\r\n")
        assert fetch(sim, "/health")[0] == 200	# others go on


def test_fault_silent(t):
    """silent: accepted and never answered; others are served"""
    sim = t.ratesim("--seed", SEED, "--fault", "silent@/dexes")
    with socket.create_connection(("127.0.0.1", sim.port), 0.5) as s:
        s.sendall(b"GET /api/v1/dexes HTTP/1.1\r\n\r\n")
        try:
            raise AssertionError(s.recv(1))
        except TimeoutError:
            pass
        assert fetch(sim, "/health")[0] == 200
    assert sim.stop() == 0


def test_fault_reset(t):
    """reset: the connection is torn down"""
    sim = t.ratesim("--seed", SEED, "--fault", "reset")
    for _ in range(5):
        try:
            raise AssertionError(raw(sim, b"GET /ping HTTP/1.1\r\n\r\n"))
        except ConnectionResetError:
            pass


def test_fault_gzip_bomb(t):
    """gzip-bomb: a small answer that unpacks to more than 8 MiB"""
    sim = t.ratesim("--seed", SEED, "--fault", "gzip-bomb")
    status, headers, body = fetch(sim, "/dexes")
    assert (status, headers["content-encoding"]) == (200, "gzip"), headers
    assert len(body) < 200000, len(body)
    unpacked = gzip.decompress(body)
    assert len(unpacked) > 8 << 20 and not any(unpacked[:100000])
    assert unpacked.count(b"\0") == len(unpacked)


if __name__ == "__main__":
    print(f"# seed {SEED}", file=sys.stderr)
    lib.main()
