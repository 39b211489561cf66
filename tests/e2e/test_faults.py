#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The real monitor against a service that misbehaves in every way it knows: no
close is decided from it, the reason is recorded, the poll ends in time.
"""
import datetime
import json
import sqlite3

import lib

SEED = 20261120
VENUES = ("lighter", "grvt", "aster", "paradex")
# Everything closes that can: only unknown data holds these lines back.
PROFILES = """\
profiles:
  eager:
    close:
      - FLIPPED: flip(1)
      - ERODED: erosion(1)
"""

# fault -> does it leave some venue's rates usable
FAULTS = {
    "http500": False, "empty-200": False, "html-200": False, "stale": False,
    "future": False, "null-rate": False, "nan": False, "truncated": False,
    "reset": False, "429": False, "429=1": False, "gzip-bomb": False,
    "silent": False, "slow=5s": False,
    "http500@/api/v1/dexes": True, "http500@/api/v1/opportunities": True,
}


def given(t):
    sim = t.ratesim("--seed", SEED)
    t.config(sim.url, "  main: {profile: eager, mode: live, venues: "
             f"[{', '.join(VENUES)}]}}\n", more=PROFILES)
    now = datetime.datetime.now(datetime.timezone.utc)
    rows = [{"symbol": s, "long_venue": "lighter", "short_venue": "grvt",
             "size_usd": 1000, "entry_divergence_8h": "0.04",
             "opened_at": (now - datetime.timedelta(days=1)).isoformat()}
            for s in ("BTC", "ETH", "SOL")]
    path = t.dir / "pairs.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    t.run("positions", "import", path).expect(0)
    return sim


def database(t):
    path = next((t.dir / "data").glob("*.db"))
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def test_no_close_is_ever_decided_from_a_fault(t):
    sim = given(t)
    for name, usable in FAULTS.items():
        sim.faults(name)
        p = t.run("run", "--once", "--every", "4s")	# 1 s for all requests
        if usable:
            continue
        assert p.code == 5, (name, p)
        rows = t.run("positions", "list", "--json").expect(0).json()
        assert [r["status"] for r in rows] == ["open"] * 3, (name, rows)
        for r in rows:
            assert r["divergence_8h"] is None, (name, r)
            lines = t.run("explain", r["id"], "--json").expect(0).json()["lines"]
            flip = lines[0]
            assert flip["verdict"] == "unknown" and flip["why"], (name, flip)
            assert flip["why"] not in ("known", "never recorded"), (name, flip)
        if usable is False and name.startswith("http500@"):
            break
    with database(t) as db:
        took = [n for n, in db.execute("SELECT took_ms FROM polls")]
        assert len(took) == len(FAULTS), took
        assert max(took) < 1500 * lib.SLOW, took


def test_the_same_pairs_close_once_the_service_is_well(t):
    """the faults held the closes back, nothing else did"""
    sim = given(t)
    sim.faults("http500")
    t.run("run", "--once", "--every", "4s").expect(5)
    sim.faults()
    t.run("run", "--once", "--every", "4s").expect(0)
    rows = t.run("positions", "list", "--json").expect(0).json()
    assert [r["reason"] for r in rows] == ["FLIPPED"] * 3, rows
    assert [r["status"] for r in rows] == ["pending_close"] * 3, rows


def test_the_next_poll_is_on_time_after_a_silent_one(t):
    sim = given(t)
    sim.faults("silent")
    m = t.monitor("main", "--every", "4s", "--polls", "3")
    assert m.wait(40) == 0
    with database(t) as db:
        at = [ms for ms, in db.execute("SELECT at FROM polls ORDER BY seq")]
        missed = [n for n, in db.execute("SELECT missed_ticks FROM polls")]
    # The first poll lasts a second: a tick that came meanwhile was missed.
    late = at[0] % 4000 > 4000 - 1000 * lib.SLOW
    assert len(at) == 3 and missed in ([0, 0, 0], [0, late, 0]), (at, missed)
    for ms in at[1:]:		# the first one is at once, the others on ticks
        assert ms % 4000 < 500 * lib.SLOW, at


if __name__ == "__main__":
    print(f"# seed {SEED}")
    lib.main()
