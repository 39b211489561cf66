# SPDX-License-Identifier: MIT
"""
What must hold in the database of a dry-run account whatever happened to its
monitors; test_crash.py asks after it killed them.
"""
import collections
import contextlib
import re
import sqlite3
from decimal import Decimal

HOUR = 3600000
PAYS = {"aster": 8 * HOUR, "edgex": 4 * HOUR, "grvt": 8 * HOUR,
        "hyperliquid": HOUR, "lighter": HOUR}
AFTERLIFE = 7 * 24 * HOUR		# hold-through is booked for so long after a close
COUNTED = 6				# polls after which every pair is closed


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


class Books:
    """Everything in the database, and what the monitors said on stderr."""

    def __init__(self, path, logs):
        with opened(path) as db:
            self.integrity = db.execute("PRAGMA integrity_check").fetchall()
            self.strays = db.execute("PRAGMA foreign_key_check").fetchall()
            self.polls = table(db, "polls", "seq")
            self.positions = table(db, "positions", "id")
            self.events = table(db, "events", "id")
            self.decisions = table(db, "decisions", "id")
            self.settlements = table(db, "settlements", "position, side, at")
            self.outbox = table(db, "outbox", "id")
        self.logs = logs		# one text per process
        self.log = "\n".join(logs)
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
            if p["closed_at"] is not None and \
                    b["at"] - p["closed_at"] > AFTERLIFE:
                return
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
                                   for m in self.outbox if m["kind"] != "feed")
        feeds = [(m["text"], m["at"]) for m in self.outbox
                 if m["kind"] == "feed"]
        assert len(set(feeds)) == len(feeds), feeds
        kinds = {"close": "close", "alert": "alert", "hold": "cleared"}
        built_in = {"BLIND": "blind", "WAITING_FOR_DATA": "waiting"}
        want = collections.Counter(
            (built_in.get(d["label"], kinds[d["action"]]), d["position"],
             d["at"]) for d in self.decisions)
        want.update(("open", p["id"], p["opened_at"]) for p in self.positions)
        # A busy machine is blind at this speed; that is told again by itself,
        # once the decision was, and no other message is.
        blind = {}
        for d in self.decisions:
            if d["label"] == "BLIND":
                blind.setdefault(d["position"], d["at"])
        more = [(kind, position, at) for kind, position, at in have - want
                if kind != "blind" or at <= blind.get(position, at)]
        assert not more and not want - have, \
            f"{more} too many, {want - have} missing"
        same = collections.Counter((m["position"], m["text"])
                                   for m in self.outbox)
        for m in self.outbox:
            assert m["sent_at"] is not None and m["sent_at"] >= m["at"], tuple(m)
            line = f"position={m['position'] or 0} text=\"{m['text']}\""
            times = [log.count(line) for log in self.logs]
            assert sum(times) >= same[m["position"], m["text"]] >= max(times), \
                f"told {times} times: {tuple(m)}"
