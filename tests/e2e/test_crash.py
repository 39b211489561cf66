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
from books import COUNTED, PAYS, Books, opened, table
from service import Quote, Service

LONG_SANITIZED = True
SEED = int(os.environ.get("CW_SEED", "0")) or random.SystemRandom().randrange(
    1, 1 << 31)
UTC = datetime.timezone.utc
ORIGIN = datetime.datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = 60000
EVERY = 15 * MINUTE			# market time between two polls
TICK = datetime.timedelta(milliseconds=EVERY)

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


# ---- kills at random moments ----

KILLS = 25
# A poll every 30 ms: they are back to back. A slow build's are further apart,
# or what it reads is a day old and nothing is known.
SPEED = 30000 if lib.SLOW == 1 else 6000
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
        polls = random.choice((0, 1, 2, 4, 6, 8, 10))
        t.wait(lambda m=m, polls=polls: m.text("err").count('msg="poll"') >=
               polls, f"{polls} polls")
        time.sleep(random.uniform(0, 0.1) * lib.SLOW)
        m.send(signal.SIGKILL)
        assert m.wait() == -signal.SIGKILL, m.text()
        texts.append(m.text("err"))
        last = re.findall(r'msg="(.*?)"', texts[-1])[-1:]
        after[last[0] if last else "nothing"] += 1
    m = t.monitor("main", *args)
    m.wait_line('msg="poll"')
    assert m.stop() == 0
    texts.append(m.text("err"))
    books = Books(database(t), texts)
    books.check()
    closed = collections.Counter(p["reason"] for p in books.positions
                                 if p["status"] == "closed")
    print(f"# {len(books.polls)} polls, {len(books.positions)} opened, closed "
          f"{dict(closed)}, {len(books.settlements)} settlements, "
          f"{len(books.decisions)} decisions; last words {dict(after)}")
    assert len(books.polls) > 2 * KILLS and closed["COUNTED"] > 5, closed
    assert len(books.settlements) > 50


# ---- restarts change nothing ----

TICKS, MARKET = 40, 1			# the seed of a market in which all happens
SLOW_SPEED = 4500			# 200 ms a poll
AHEAD = datetime.timedelta(milliseconds=20)	# the service changes first
RATES = {v: {s: "0" for s in ("BTC", "ETH", "SOL")}
         for v in ("aster", "hyperliquid", "lighter")}
SYMBOLS = tuple(RATES["aster"])


def scripted(tick):
    """Rates of one tick in units of 1e-5: every pair flips now and then."""
    made = random.Random(MARKET * 1000000 + tick // 5)
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


def quiet(service):
    """No 40 ms per answer, and no word about the connections of the killed."""
    service.server.RequestHandlerClass.disable_nagle_algorithm = True
    service.server.handle_error = lambda *_: None


def rounded(row):
    """A row with its times in ticks: two runs differ by milliseconds."""
    out = {}
    for key in row.keys():
        value = row[key]
        is_time = key == "at" or key.endswith("_at") or key in (
            "since", "last_known")
        out[key] = value // EVERY if is_time and value is not None else value
    return out


COMPARED = {			# table: (order, columns that may differ)
    "polls": ("seq", ("took_ms", "bytes", "requests", "missed_ticks")),
    "positions": ("id", ()),
    "events": ("id", ()),
    "decisions": ("id", ("text",)),		# has ages in it
    "settlements": ("position, side, at", ()),
    "streaks": ("position, line, node", ()),
    "watches": ("position", ("counted_long", "counted_short")),
    "outbox": ("id", ("text", "sent_at")),
    "last_quotes": ("symbol, venue", ("observed_at",)),
}


def contents(path):
    out = {}
    with opened(path) as db:
        for name, (order, without) in COMPARED.items():
            out[name] = [{k: v for k, v in rounded(r).items()
                          if k not in without} for r in table(db, name, order)]
    return out


def tick_of(moment):
    """The start of its tick: no answer is from the future, however late."""
    return ORIGIN + (moment - ORIGIN) // TICK * TICK


def uninterrupted(t, service):
    """One process; False when this machine was too slow for the clock."""
    start = datetime.datetime.now(UTC)
    service.now = lambda: tick_of(ORIGIN + SLOW_SPEED * (
        datetime.datetime.now(UTC) + AHEAD - start))
    t.monitor("main", "--every", "15m", "--polls", TICKS, "--clock",
              clock_text(start, SLOW_SPEED)).wait(60)
    with opened(database(t)) as db:
        polls = table(db, "polls", "seq")
    # A poll that reached into the next tick saw what that one sees.
    late = [p["seq"] for p in polls if p["result"] != "ok"
            or p["at"] % EVERY + (p["took_ms"] + 22) * SLOW_SPEED > EVERY]
    return not late and [p["at"] for p in polls]


def killed_at(t, service, at, once):
    """One poll at that instant by a process of its own."""
    moment = datetime.datetime.fromtimestamp(at / 1000, UTC)
    service.now = lambda: tick_of(moment)
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
    service = Scripted(RATES)
    quiet(service)
    config(t, service.url, "min_profit: 0.0004, size_usd: 1000 USD, cooldown: "
           "0s, max_positions: 3, max_break_even: 30d", RATES)
    for _ in range(5):
        instants = uninterrupted(t, service)
        if instants:
            break
        shutil.rmtree(t.dir / "data")
    else:
        t.skip("this machine is too busy for a clock of 200 ms a poll")
    whole = contents(database(t))
    shutil.rmtree(t.dir / "data")
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


MAGIC = bytes.fromhex("d9d505f920a163d7")


def is_hot(t):
    """SQLite writes the magic when the journal is whole, before the pages."""
    with contextlib.suppress(OSError):
        fd = os.open(journal(t), os.O_RDONLY)
        try:
            return os.read(fd, 8) == MAGIC
        finally:
            os.close(fd)
    return False


def kill_in_commit(m, t):
    """USR1 asks for a poll; its journal becomes hot when it commits."""
    m.send(signal.SIGUSR1)
    end = time.monotonic() + 2 * lib.SLOW
    while not is_hot(t) and time.monotonic() < end:
        pass
    m.send(signal.SIGKILL)
    m.wait()


def kill_soon(m):
    m.send(signal.SIGUSR1)
    time.sleep(random.uniform(0, 0.03) * lib.SLOW)
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
        if number % 3 == 2:
            kill_soon(m)
        else:
            kill_in_commit(m, t)
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


def test_a_message_not_yet_marked_as_sent_is_told_by_the_next_poll(t):
    """killed between commit and telling: the next process tells, once"""
    service = Service({"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.001"}})
    service.opportunities = [("BTC", "lighter", "grvt")]
    config(t, service.url, "min_profit: 0.0004, size_usd: 1000 USD, "
           "max_break_even: 30d", service.rates)
    first = t.run("run", "-a", "main", "--once").expect(0, err='msg="open"')
    told = re.findall(r'msg="open" .*', first.err)
    with contextlib.closing(sqlite3.connect(database(t))) as db, db:
        assert db.execute("UPDATE outbox SET sent_at = NULL").rowcount == 1
    second = t.run("run", "-a", "main", "--once").expect(0)
    assert re.findall(r'msg="open" .*', second.err) == told, second
    third = t.run("run", "-a", "main", "--once").expect(0)
    assert 'msg="open"' not in third.err, third
    service.close()
    with opened(database(t)) as db:
        rows = table(db, "outbox")
    assert len(rows) == 1 and rows[0]["sent_at"] > rows[0]["at"], rows


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
