#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""kill -9 at any moment: no decision lost, none doubled, counts go on."""
import collections
import contextlib
import datetime
import os
import random
import re
import shutil
import signal
import sqlite3
import time
from decimal import Decimal

import lib
from service import Quote, Service

SEED = int(os.environ.get("CW_SEED", "0")) or random.SystemRandom().randrange(
    1, 1 << 31)
UTC = datetime.timezone.utc
ORIGIN = datetime.datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = 60000
EVERY = 15 * MINUTE			# market time between two polls
HOUR = 60 * MINUTE
PAYS = {"aster": 8 * HOUR, "edgex": 4 * HOUR, "grvt": 8 * HOUR,
        "hyperliquid": HOUR, "lighter": HOUR}
COUNTED = 6				# polls after which every pair is closed

PROFILE = f"""\
profiles:
  busy:
    close:
      - DIVERGENCE_FLIPPED: flip for 2 polls
      - EROSION: erosion(0.5) for 3 polls
      - COUNTED: age(1s) for {COUNTED} polls
    alert:
      - FLIPPED: flip
      - HALF: erosion(0.7)
"""


def stamp(t):
    return t.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ms(t):
    return round(t.timestamp() * 1000)


def config(t, url, entry, venues):
    t.config(url, "  main: {profile: busy, mode: dry-run, "
             f"venues: [{', '.join(venues)}], entry: {{{entry}}}}}\n",
             service="  max_data_age: 24h\n",
             more="costs: {round_trip: 8bps}\n" + PROFILE)


def database(t):
    return t.dir / "data" / "main.dry-run.db"


@contextlib.contextmanager
def opened(path):
    """Read-only; by a hot journal, if there is one, SQLite is refused."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
    db.row_factory = sqlite3.Row
    try:
        yield db
    finally:
        db.close()


def table(db, name, order="1"):
    return db.execute(f"SELECT * FROM {name} ORDER BY {order}").fetchall()


# ---- what must hold whatever happened ----

class Books:
    """Everything in the database, and what the monitors said on stderr."""

    def __init__(self, path, log):
        with opened(path) as db:
            self.integrity = db.execute("PRAGMA integrity_check").fetchall()
            self.strays = db.execute("PRAGMA foreign_key_check").fetchall()
            self.polls = table(db, "polls", "seq")
            self.positions = table(db, "positions", "id")
            self.events = table(db, "events", "id")
            self.decisions = table(db, "decisions", "id")
            self.settlements = table(db, "settlements", "position, side, at")
            self.outbox = table(db, "outbox", "id")
        self.log = log
        self.at = {p["seq"]: p["at"] for p in self.polls}

    def check(self):
        self.check_polls()
        self.check_acknowledged()
        self.check_decisions()
        self.check_positions()
        self.check_settlements()
        self.check_outbox()

    def check_polls(self):
        assert [tuple(r) for r in self.integrity] == [("ok",)], self.integrity
        assert not self.strays
        seqs = [p["seq"] for p in self.polls]
        assert seqs == list(range(1, len(seqs) + 1)), seqs
        for a, b in zip(self.polls, self.polls[1:]):
            assert a["at"] < b["at"], (tuple(a), tuple(b))

    def check_acknowledged(self):
        """A line about a poll is written after its commit: it is all there."""
        closes = collections.Counter(d["poll"] for d in self.decisions
                                     if d["action"] == "close")
        opens = collections.Counter(p["opened_at"] for p in self.positions)
        told = re.findall(r'msg="poll" .*?seq=(\d+) .*?closes=(\d+) .*?'
                          r"opened=(\d+) ", self.log)
        assert told
        assert len({n for n, *_ in told}) == len(told), "a poll told twice"
        for seq, n_closes, n_opened in told:
            seq = int(seq)
            assert seq in self.at, f"poll {seq} was told and is lost"
            assert closes[seq] == int(n_closes), f"closes of poll {seq}"
            assert opens[self.at[seq]] == int(n_opened), f"opened in {seq}"

    def check_decisions(self):
        pairs = [(d["poll"], d["position"]) for d in self.decisions]
        assert len(set(pairs)) == len(pairs)
        action = {}
        for d in self.decisions:
            assert d["at"] == self.at[d["poll"]], tuple(d)
            before = action.get(d["position"], "hold")
            assert before != "close", f"decided after its close: {tuple(d)}"
            assert d["before"] == before, f"a decision is lost: {tuple(d)}"
            action[d["position"]] = d["action"]

    def check_positions(self):
        events, closes = collections.defaultdict(list), {}
        for e in self.events:
            events[e["position"]].append(e)
        for d in self.decisions:
            if d["action"] == "close":
                assert d["position"] not in closes, tuple(d)
                closes[d["position"]] = d
        for p in self.positions:
            self.check_position(p, events[p["id"]], closes.get(p["id"]))

    def check_position(self, p, events, close):
        half = Decimal(p["size_usd"]) * Decimal("0.0004")
        kinds = [e["kind"] for e in events]
        if close is None:
            assert p["status"] == "open" and kinds == ["open"], (tuple(p), kinds)
            assert Decimal(p["fees_usd"]) == half, tuple(p)
            return
        assert p["status"] == "closed", tuple(p)
        assert kinds == ["open", "decide", "close"], (tuple(p), kinds)
        assert Decimal(p["fees_usd"]) == 2 * half, tuple(p)
        assert p["reason"] == close["label"] == events[2]["reason"], tuple(p)
        assert p["closed_at"] == p["decided_at"] == close["at"] == \
            events[1]["at"] == events[2]["at"], tuple(p)
        held = [q["result"] for q in self.polls
                if p["opened_at"] < q["at"] <= p["closed_at"]]
        assert held.count("ok") <= COUNTED, (tuple(p), held)
        if p["reason"] == "COUNTED":
            assert len(held) >= COUNTED, (tuple(p), held)
            assert set(held) != {"ok"} or len(held) == COUNTED, (tuple(p), held)

    def due(self, p, venue):
        """Settlement times of a leg that some poll had to book."""
        pays = PAYS[venue]
        for a, b in zip(self.polls, self.polls[1:]):
            t = (a["at"] // pays + 1) * pays
            while t <= b["at"]:
                if t > p["opened_at"]:
                    yield t
                t += pays

    def check_settlements(self):
        rows = {(s["position"], s["side"], s["at"]): s for s in self.settlements}
        assert len(rows) == len(self.settlements)
        expected = {}
        for p in self.positions:
            for side in ("long", "short"):
                for at in self.due(p, p[side + "_venue"]):
                    expected[p["id"], side, at] = p
        assert not expected.keys() - rows.keys(), \
            f"missing: {sorted(expected.keys() - rows.keys())[:5]}"
        assert not rows.keys() - expected.keys(), \
            f"too many: {sorted(rows.keys() - expected.keys())[:5]}"
        for key, p in expected.items():
            self.check_settlement(rows[key], p)

    def check_settlement(self, s, p):
        after = p["closed_at"] is not None and s["at"] > p["closed_at"]
        assert bool(s["hypothetical"]) == after, tuple(s)
        if s["rate_8h"] is None or s["rate_8h"].startswith("?"):
            assert s["amount_usd"] == s["rate_8h"], tuple(s)
            return
        amount = Decimal(p["size_usd"]) * Decimal(s["rate_8h"]) * \
            s["pays_every_s"] / 28800
        sign = -1 if s["side"] == "long" else 1
        assert Decimal(s["amount_usd"]) == sign * amount, tuple(s)

    def check_outbox(self):
        """Each decision's message once; sent in the end, and really told."""
        have = collections.Counter((m["kind"], m["position"], m["at"])
                                   for m in self.outbox)
        kinds = {"close": "close", "alert": "alert", "hold": "cleared"}
        want = collections.Counter(
            (kinds[d["action"]], d["position"], d["at"]) for d in self.decisions)
        want.update(("open", p["id"], p["opened_at"]) for p in self.positions)
        assert have == want, f"{have - want} too many, {want - have} missing"
        for m in self.outbox:
            assert m["sent_at"] is not None and m["sent_at"] >= m["at"], tuple(m)
            line = f"position={m['position']} text=\"{m['text']}\""
            assert line in self.log, f"never told: {tuple(m)}"


# ---- kills at random moments ----

KILLS = 25
SPEED = 30000				# a poll every 30 ms: they are back to back
LAG = 0.04				# the service's clock is behind by it


def clock_text(start, speed=SPEED, origin=ORIGIN):
    return f"{stamp(origin)},{stamp(start)},{speed}"


def test_any_moment(t):
    """25 kills at random moments: nothing lost, nothing doubled"""
    print(f"# seed {SEED} (CW_SEED)", flush=True)
    random.seed(SEED)
    start = datetime.datetime.now(UTC)
    sim = t.ratesim("--seed", SEED % 1000, "--clock", clock_text(
        start + datetime.timedelta(seconds=LAG)))
    config(t, sim.url, "min_profit: 0.0001, size_usd: 1000 USD, cooldown: 0s, "
           "max_positions: 6, max_break_even: 30d", PAYS)
    args = ("--every", "15m", "--clock", clock_text(start))
    texts, after = [], collections.Counter()
    for _ in range(KILLS):
        m = t.monitor("main", *args)
        if random.random() < 0.8:	# else perhaps before its first poll
            m.wait_line('msg="poll"')
        time.sleep(random.uniform(0, 0.3) * lib.SLOW)
        m.send(signal.SIGKILL)
        assert m.wait() == -signal.SIGKILL, m.text()
        texts.append(m.text("err"))
        last = re.findall(r'msg="(.*?)"', texts[-1])[-1:]
        after[last[0] if last else "nothing"] += 1
    m = t.monitor("main", *args)
    m.wait_line('msg="poll"')
    assert m.stop() == 0
    texts.append(m.text("err"))
    books = Books(database(t), "\n".join(texts))
    books.check()
    closed = collections.Counter(p["reason"] for p in books.positions
                                 if p["status"] == "closed")
    print(f"# {len(books.polls)} polls, {len(books.positions)} opened, closed "
          f"{dict(closed)}, {len(books.settlements)} settlements, "
          f"{len(books.decisions)} decisions; last words {dict(after)}")
    assert len(books.polls) > 2 * KILLS and closed["COUNTED"] > 5, closed
    assert len(books.settlements) > 50


# ---- restarts change nothing ----

TICKS = 40
SLOW_SPEED = 4500			# 200 ms a poll
RATES = {v: {s: "0" for s in ("BTC", "ETH", "SOL")}
         for v in ("aster", "hyperliquid", "lighter")}
SYMBOLS = tuple(RATES["aster"])


def scripted(tick):
    """Rates of one tick in units of 1e-5: every pair flips now and then."""
    made = random.Random(SEED * 1000 + tick // 5)
    return {v: {s: Quote(f"{made.randrange(-40, 160)}e-5") for s in SYMBOLS}
            for v in RATES}


class Scripted(Service):
    """What it says depends on the market's quarter of an hour alone."""

    def answer(self, handler):
        tick = ms(self.now()) // EVERY
        self.rates = scripted(tick)
        best = []
        for s in SYMBOLS:
            row = sorted(RATES, key=lambda v, s=s: Decimal(
                self.rates[v][s].rate))
            best.append((s, row[0], row[-1]))
        self.opportunities = best
        super().answer(handler)


def rounded(row):
    """A row with its times in ticks: two runs differ by milliseconds."""
    out = {}
    for key in row.keys():
        value = row[key]
        is_time = key == "at" or key.endswith("_at") or key in (
            "since", "last_known", "counted_long", "counted_short")
        out[key] = value // EVERY if is_time and value is not None else value
    return out


COMPARED = {			# table: (order, columns that may differ)
    "polls": ("seq", ("took_ms", "bytes", "requests", "missed_ticks")),
    "positions": ("id", ()),
    "events": ("id", ()),
    "decisions": ("id", ("text",)),		# has ages in it
    "settlements": ("position, side, at", ()),
    "streaks": ("position, line, node", ()),
    "watches": ("position", ()),
    "outbox": ("id", ("text", "sent_at")),
    "last_quotes": ("symbol, venue", ()),
}


def contents(path):
    out = {}
    with opened(path) as db:
        for name, (order, without) in COMPARED.items():
            out[name] = [{k: v for k, v in rounded(r).items()
                          if k not in without} for r in table(db, name, order)]
    return out


def uninterrupted(t, service):
    """One process; False when this machine was too slow for the clock."""
    start = datetime.datetime.now(UTC)
    service.now = lambda: ORIGIN + (datetime.datetime.now(UTC) - start) * \
        SLOW_SPEED
    t.monitor("main", "--every", "15m", "--polls", TICKS, "--clock",
              clock_text(start, SLOW_SPEED)).wait(60)
    with opened(database(t)) as db:
        polls = table(db, "polls", "seq")
    late = [p["seq"] for p in polls if p["result"] != "ok"
            or p["at"] % EVERY > EVERY // 2]
    return not late and [p["at"] for p in polls]


def killed_at(t, service, at, once):
    """One poll at that instant by a process of its own."""
    moment = datetime.datetime.fromtimestamp(at / 1000, UTC)
    service.now = lambda: moment
    args = ("--every", "15m", "--clock",
            clock_text(datetime.datetime.now(UTC), 1, moment))
    if once:
        t.run("run", "-a", "main", "--once", *args).expect(0)
        return
    m = t.monitor("main", *args)
    m.wait_line('msg="poll"')
    m.send(signal.SIGKILL)
    m.wait()


def compare(whole, pieces):
    for name in COMPARED:
        for a, b in zip(whole[name], pieces[name]):
            assert a == b, f"{name} differ:\n{a}\n{b}"
        assert len(whole[name]) == len(pieces[name]), name


def test_a_restart_between_all_polls_changes_nothing(t):
    """one process and one per poll, killed: the same decisions and money"""
    print(f"# seed {SEED} (CW_SEED)", flush=True)
    service = Scripted(RATES)
    config(t, service.url, "min_profit: 0.0004, size_usd: 1000 USD, cooldown: "
           "0s, max_positions: 3, max_break_even: 30d", RATES)
    for _ in range(3):
        instants = uninterrupted(t, service)
        if instants:
            break
        shutil.rmtree(t.dir / "data")
    else:
        t.skip("this machine is too busy for a clock of 200 ms a poll")
    whole = contents(database(t))
    (t.dir / "data").rename(t.dir / "whole")
    for number, at in enumerate(instants):
        killed_at(t, service, at, number % 2 == 0 or number == TICKS - 1)
    service.close()
    compare(whole, contents(database(t)))
    reasons = {p["reason"] for p in whole["positions"]} - {""}
    assert len(reasons) == 3, reasons
    assert len(whole["settlements"]) > 20 and len(whole["decisions"]) > 20


# ---- kills inside the transaction ----

def journal(t):
    return database(t).with_name(database(t).name + "-journal")


def is_hot(t):
    """A journal with a header that no living process holds."""
    with contextlib.suppress(OSError):
        return journal(t).read_bytes()[:8] == bytes.fromhex("d9d505f920a163d7")
    return False


def kill_in_transaction(m, t, delay):
    """USR1 asks for a poll; its journal appears when it begins to write."""
    m.send(signal.SIGUSR1)
    end = time.monotonic() + 2 * lib.SLOW
    while time.monotonic() < end and not journal(t).exists():
        pass
    if delay:
        time.sleep(delay)
    m.send(signal.SIGKILL)
    m.wait()


def test_a_kill_inside_the_transaction_is_rolled_back_by_a_reader(t):
    """a kill in the middle of a commit: `positions list` recovers, all is there"""
    print(f"# seed {SEED} (CW_SEED)", flush=True)
    random.seed(SEED)
    start = datetime.datetime.now(UTC)
    sim = t.ratesim("--seed", 7, "--clock", clock_text(
        start + datetime.timedelta(seconds=LAG), 900))
    config(t, sim.url, "min_profit: 0.0001, size_usd: 1000 USD, cooldown: 0s, "
           "max_positions: 6, max_break_even: 30d", PAYS)
    texts, hot = [], 0
    for number in range(30):
        m = t.monitor("main", "--every", "8h", "--clock", clock_text(start, 900))
        m.wait_line('msg="poll"')
        if number < 20:
            kill_in_transaction(m, t, random.choice((0, random.random() / 300)))
        else:
            m.send(signal.SIGUSR1)
            time.sleep(random.uniform(0, 0.03))
            m.send(signal.SIGKILL)
            m.wait()
        texts.append(m.text("err"))
        was_hot = is_hot(t)
        hot += was_hot
        t.run("positions", "list").expect(0)
        assert not was_hot or not is_hot(t), "the reader left the hot journal"
        if was_hot or number == 29:
            check_told_polls(t, "\n".join(texts))
    t.run("run", "-a", "main", "--once", "--every", "8h", "--clock",
          clock_text(start, 900)).expect(0)
    print(f"# {hot} hot journals in 30 kills")
    assert hot >= 3, "the kills never hit a transaction"


def check_told_polls(t, log):
    told = [int(n) for n in re.findall(r'msg="poll" .*?seq=(\d+)', log)]
    with opened(database(t)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        seqs = [r["seq"] for r in table(db, "polls", "seq")]
    assert seqs == list(range(1, len(seqs) + 1)), seqs
    assert len(told) == len(set(told)) and set(told) <= set(seqs), (told, seqs)


def test_half_a_transaction_in_the_file_is_undone_by_a_reader(t):
    """pages of half a transaction in the file: the next reader undoes them"""
    service = Service({"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.001"}})
    service.opportunities = [("BTC", "lighter", "grvt")]
    config(t, service.url, "min_profit: 0.0004, size_usd: 1000 USD, "
           "max_break_even: 30d", service.rates)
    t.run("run", "-a", "main", "--once").expect(0)
    service.close()
    before = t.run("positions", "list", "--json").expect(0).json()
    assert [p["symbol"] for p in before] == ["BTC"], before
    copy = t.dir / "copy"
    writer = sqlite3.connect(database(t), isolation_level=None)
    writer.execute("PRAGMA cache_size = 1")	# dirty pages go to the file
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE positions SET symbol = 'ETH'")
    writer.execute("CREATE TABLE junk (x)")
    for _ in range(200):
        writer.execute("INSERT INTO junk VALUES (randomblob(3000))")
    shutil.copytree(t.dir / "data", copy)	# what a crash would leave now
    writer.execute("ROLLBACK")
    writer.close()
    shutil.rmtree(t.dir / "data")
    copy.rename(t.dir / "data")
    assert is_hot(t) and database(t).stat().st_size > 400000
    assert b"ETH" in database(t).read_bytes(), "no torn page to undo"
    after = t.run("positions", "list", "--json").expect(0).json()
    assert [(p["id"], p["symbol"], p["status"]) for p in after] == \
        [(1, "BTC", "open")], after
    assert not is_hot(t)
    with opened(database(t)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


if __name__ == "__main__":
    lib.main()
