#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Faults of meaning and of time that need the whole monitor, one test each:
feeds that stand still or are reset, a client that is slow to close or says
one thing twice, polls that take longer than their interval.
"""
import datetime
import shutil
import signal
import sqlite3
import time

import lib
from control import pair
from service import Quote, Service
from test_control import Desk as Client
from test_handoffs import Desk
from test_run import explained, import_pair, line, listed

RUN_ONCE = True		# what is new here is told, not computed
COINS = [f"C{i}" for i in range(12)]
PROFILES = """\
profiles:
  plain:
    poll_interval: 1s
    close:
      - FLIPPED: flip
      - ERODED: erosion(0.3)
      - OLD: age(1s) for 99 polls
"""


def db(t, sql):
    with sqlite3.connect(t.dir / "data/main.db") as base:
        return base.execute(sql).fetchall()


class Feed:
    """Twelve coins on two venues and a pair of the first; poll by poll."""

    def __init__(self, t):
        self.t = t
        self.service = Service({"lighter": dict.fromkeys(COINS, "0.0001"),
                                "grvt": dict.fromkeys(COINS, "0.0002")})
        t.config(self.service.url, "  main: {profile: plain, mode: live, "
                 "venues: [lighter, grvt]}\n", more=PROFILES)
        import_pair(t, {"symbol": "C0", "entry_divergence_8h": "0.0001"})
        self.m = t.monitor("main", "--every", "1h")
        self.m.wait_line(r"seq=1\b")
        self.n = 1

    def poll(self, venue=None, coins=12, **how):
        for coin in COINS[:coins] if venue else ():
            self.service.rates[venue][coin] = Quote(**how)
        self.n += 1
        self.m.send(signal.SIGUSR1)
        self.m.wait_line(rf"seq={self.n}\b")

    def end(self):
        assert self.m.stop() == 0
        assert [r["status"] for r in listed(self.t)] == ["open"]
        return self.m.text("err")


def count_of(t, label):
    """Polls with new data in which the line was TRUE, up to now."""
    streak, = line(explained(t), label)["streaks"]
    return streak["count"]


def test_s17_frozen(t):
    """S-17 a feed that stands still: told once, unknown, nothing closes"""
    feed = Feed(t)
    feed.poll("grvt", rate="0.0002", age=200)	# old, and fresh enough
    for _ in range(3):		# a frozen one only ages
        feed.poll("grvt", rate="0.0000001", age=900)
        flip = line(explained(t), "FLIPPED")
        assert (flip["verdict"], flip["why"]) == ("unknown", "stale"), flip
    feed.m.wait_line("grvt: answers, but none of its rates is fresh")
    feed.poll("grvt", rate="0.0002")
    feed.m.wait_line("grvt: rates are fresh again")
    # The same numbers under new stamps are a quiet market, and new data.
    counted = count_of(t, "OLD")
    for more in (1, 2, 3):
        feed.poll("grvt", rate="0.0002")
        assert count_of(t, "OLD") == counted + more, more
    # Under the same stamps they are what was counted before.
    at = datetime.datetime.now(datetime.timezone.utc)
    feed.service.now = lambda: at
    for _ in range(3):
        feed.poll()
        assert count_of(t, "OLD") == counted + 4
    text = feed.end()
    assert text.count("none of its rates is fresh") == 1, text
    assert text.count("fresh again") == 1, text


def reset(t, coins, *venues):
    """Rates of these venues turn to 0: what was told, and of the pair."""
    feed = Feed(t)
    feed.poll()
    for venue in venues:
        for coin in COINS[:coins]:
            feed.service.rates[venue][coin] = Quote("0")
    feed.poll()
    feed.poll()			# 0 stays 0: nothing turns any more
    told = [x for x, in db(t, "SELECT text FROM outbox WHERE kind = 'feed' "
                              "ORDER BY text")]
    why, = db(t, "SELECT status, reason FROM positions")
    assert feed.m.stop() == 0
    assert feed.m.text("err").count("turned to 0") == len(told), told
    shutil.rmtree(t.dir / "data")
    return told, why


def test_s18_all_zero(t):
    """S-18 ten rates turn to 0 at once: told once, and taken as sent"""
    def told(*venues):
        return [f"{v}: 10 rates turned to 0 at once; was its collector reset?"
                for v in venues]

    wider, flipped, eroded = (("open", ""), ("pending_close", "FLIPPED"),
                              ("pending_close", "ERODED"))
    assert reset(t, 9, "lighter") == ([], wider)	# nine: by chance
    assert reset(t, 10, "lighter") == (told("lighter"), wider)
    # It only alerts: rates of 0 are rates, and the lines decide on them.
    assert reset(t, 9, "grvt") == ([], flipped)
    assert reset(t, 10, "grvt") == (told("grvt"), flipped)
    assert reset(t, 10, "grvt", "lighter") == (told("grvt", "lighter"), eroded)


def test_s25_one_id_twice(t):
    """S-25 the client lists one id twice: told, nothing of it is believed"""
    desk = Desk(t)
    desk.once()
    held = desk.control.positions["main"]
    held.append(pair("u-1", "BTC", "lighter", "grvt", quantity="4"))
    for _ in range(3):
        p = desk.once()
        assert "position u-1 is there twice" in p.err, p.err
    assert db(t, "SELECT count(*), long_quantity, status FROM positions") == [
        (1, "10", "open")]
    held.pop()
    desk.flip()
    for _ in range(4):
        desk.once()
    assert len(desk.control.closes) == 1, desk.control.closes
    assert db(t, "SELECT reason FROM positions") == [("DIVERGENCE_FLIPPED",)]


def test_s26_still_open(t):
    """S-26 a close is taken and the pair stays: told, never sent again"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "defer"
    desk.once()
    desk.flip()
    for settled in (False, True):
        for _ in range(4):
            desk.once()
        row = desk.row()
        assert (row["state"], row["tries"]) == ("acknowledged", 1), settled
        assert len(desk.control.closes) == 1, (settled, desk.control.closes)
        with sqlite3.connect(t.dir / "data/main.db") as base:	# long after
            base.execute("UPDATE handoffs SET sent_at = sent_at - 600000, "
                         "answered_at = answered_at - 600000")
    assert any("HAND-OFF WITHOUT EFFECT" in x for x in desk.told())
    with sqlite3.connect(t.dir / "data/main.db") as base:
        base.execute("UPDATE positions SET decided_at = decided_at - 960000, "
                     "version = version + 1")
    desk.once()
    assert len(desk.control.closes) == 1
    assert "unclosed" in str(db(t, "SELECT kind, text FROM outbox"))


def test_s24_changed_outside(t):
    """S-24 half closed, then one leg gone: after three answers over three minutes"""
    desk = Client(t, pair("u-1", "BTC", "lighter", "grvt"))
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace(
        "      - DIVERGENCE_FLIPPED", "      - GONE: leg_missing\n"
        "      - DIVERGENCE_FLIPPED"))
    desk.once()
    desk.once()
    legs = desk.control.positions["main"][0]["legs"]
    for part in legs:
        part["quantity"] = 5.0
    desk.once()
    assert desk.db("SELECT long_quantity, short_quantity FROM positions") == [
        ("5", "5")]
    assert desk.db("SELECT note FROM events WHERE kind = 'source'") == [
        ("trading client: long 10 -> 5, short 10 -> 5",)]
    whole = list(legs)
    # Three answers in no time, and two over three minutes, are not enough.
    for answers, later in ((3, 0), (2, 180000)):
        legs[1:] = []
        for _ in range(answers - 1):
            desk.once()
        with sqlite3.connect(t.dir / "data/main.db") as base:
            base.execute("UPDATE held SET short_missing_since = "
                         f"short_missing_since - {later}")
        desk.once()
        assert desk.db("SELECT short_missing, long_missing FROM held") == [
            (answers, 0)]
        gone = line(explained(t), "GONE")
        assert gone["verdict"] == "unknown", (answers, later, gone)
        assert desk.db("SELECT short_quantity FROM positions") == [("5",)]
        assert [r["action"] for r in desk.rows()] == ["hold"], answers
        if not later:
            legs[:] = whole
            desk.once()
    desk.once()
    assert line(explained(t), "GONE")["verdict"] == "true"
    assert [(r["action"], r["reason"]) for r in desk.rows()] == [
        ("close", "GONE")]


def ticks(t, every_ms):
    """Polls and the ticks they say were missed make up the whole time."""
    rows = db(t, "SELECT seq, at, missed_ticks FROM polls ORDER BY seq")
    assert [r[0] for r in rows] == list(range(1, len(rows) + 1)), rows
    first, last = rows[1][1] // every_ms, rows[-1][1] // every_ms
    kept = len(rows) - 2		# the first poll is off the grid
    assert kept + sum(r[2] for r in rows[2:]) == last - first, rows
    return rows


def test_t8_a_poll_longer_than_its_interval(t):
    """T-8 polls that take longer than their interval: skipped, counted"""
    service = Service({"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0003"}})
    t.config(service.url, "  main: {profile: plain, mode: live, venues: "
             "[lighter, grvt]}\n", more=PROFILES)
    import_pair(t, {})
    t.run("run", "--once").expect(0)
    # A writer that holds the database through a tick and a half.
    m = t.monitor("main", "--every", "1s")
    m.wait_line(r"seq=3\b")
    base = sqlite3.connect(t.dir / "data/main.db", isolation_level=None)
    base.execute("BEGIN EXCLUSIVE")
    time.sleep(2.2)
    base.execute("ROLLBACK")
    base.close()
    since = m.mark()
    for _ in range(3):
        m.wait_line('msg="poll"', since=since)
        since = m.mark()
    assert m.stop() == 0
    rows = ticks(t, 1000)
    assert max(r[2] for r in rows) >= 1, rows


def test_t9_stopped_and_continued(t):
    """T-9 stopped for three ticks: one poll after it, the others are counted"""
    service = Service({"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0003"}})
    t.config(service.url, "  main: {profile: plain, mode: live, venues: "
             "[lighter, grvt]}\n", more=PROFILES)
    import_pair(t, {})
    m = t.monitor("main", "--every", "1s")
    m.wait_line(r"seq=3\b")
    m.send(signal.SIGSTOP)
    time.sleep(3.3)		# time itself is what is tested
    since = m.mark()
    m.send(signal.SIGCONT)
    for _ in range(3):
        m.wait_line('msg="poll"', since=since)
        since = m.mark()
    assert m.stop() == 0
    rows = ticks(t, 1000)
    assert max(r[2] for r in rows) >= 2, rows


if __name__ == "__main__":
    lib.main()
