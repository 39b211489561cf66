#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
SIGKILL at every system call of a monitor that changes the world outside it,
from the reading of its configuration on: a poll that decides, hand-offs, an
acknowledgement, an upgrade, retention. After each a plain restart, and what
must hold in the books. Some points, from a seeded one on (CW_SEED); all of
them with CW_ALL_KILLS=1. Needs strace, so Linux.
"""
import collections
import contextlib
import datetime
import lzma
import os
import random
import re
import shutil
import sqlite3
import subprocess
import time

import lib
import test_alerts
from books import Books, table
from control import pair
from service import Service
from sinks import Answer
from test_crash import clock_text, database, quiet
from test_handoffs import Desk
from test_run import import_pair

RUN_ONCE = True			# strace and sanitizers do not go together
ALL = os.environ.get("CW_ALL_KILLS") == "1"
SEED = int(os.environ.get("CW_SEED", "0")) or 20261126
FEW = 3				# points of each scene otherwise
CALLS = ("openat,creat,mkdir,pwrite64,write,writev,sendto,sendmsg,connect,"
         "fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,"
         "renameat2,chmod,fchmod,fcntl,flock,close,mmap,munmap,recvfrom,poll,"
         "clone,clone3,kill,exit_group")
WATCHED = re.compile(r"^\d+\s+(\w+)\(")


def need_strace(t):
    if not shutil.which("strace"):
        t.skip("strace is absent")
    seen = subprocess.run(["strace", "-o", "/dev/null", "-e", "trace=close",
                           "-e", "inject=close:signal=CONT:when=1", "true"],
                          capture_output=True, check=False)
    if seen.returncode:
        t.skip("strace may not trace or inject here")


def unhurried(t):
    """A poll may take its time, however busy this machine is."""
    text = t.config_file.read_text()
    assert "poll_interval: 1s" in text
    t.config_file.write_text(text.replace("poll_interval: 1s",
                                          "poll_interval: 60s"))


class Scene:
    """One command, its directory as it was before, and the points of both."""

    def __init__(self, t, *args, env=None):
        need_strace(t)
        self.t, self.args, self.env = t, args, env or {}
        self.before = t.dir / "before"
        shutil.copytree(t.dir / "data", self.before)

    def again(self):
        shutil.rmtree(self.t.dir / "data")
        shutil.copytree(self.before, self.t.dir / "data")

    def traced(self, *options):
        return self.t.command(
            "strace", "-f", *options,
            self.t.binary("carrywatch"), "-c", self.t.config_file, *self.args,
            env=self.env)

    def points(self):
        """(call, nth) of everything after the configuration was opened."""
        trace = self.t.dir / "trace"
        self.again()
        self.traced("-o", trace, "-e", f"trace={CALLS}")
        count, found, begun = collections.Counter(), [], False
        for line in trace.read_text(errors="replace").splitlines():
            match = WATCHED.match(line)
            if not match:
                continue
            count[match[1]] += 1
            begun |= str(self.t.config_file) in line
            if begun:
                found.append((match[1], count[match[1]]))
        assert begun and len(found) > 20, trace.read_text(errors="replace")
        return found

    def chosen(self):
        points = self.points()
        if ALL:
            return points, points
        step = len(points) // FEW
        first = random.Random(f"{SEED} {self.args}").randrange(step)
        return points, points[first::step]

    def kill(self, call, nth):
        """What it said until then, and whether it was killed at all."""
        self.again()
        r = self.traced("-o", "/dev/null", "-e", f"trace={call}", "-e",
                        f"inject={call}:signal=KILL:when={nth}")
        return r, r.code < 0 or r.code == 137

    def sweep(self, ready, check):
        points, chosen = self.chosen()
        killed = 0
        print(f"# seed {SEED} (CW_SEED)", flush=True)
        for call, nth in chosen:
            ready()
            r, hit = self.kill(call, nth)
            killed += hit
            try:
                check(r)
            except AssertionError as e:
                raise AssertionError(f"killed at {call} {nth}: {e}\n{r}") \
                    from None
        print(f"#! {len(points)} points, {len(chosen)} tried, {killed} kills",
              flush=True)
        # What a run does differs by a few calls: the last points may be none.
        assert killed >= int(len(chosen) * 0.8) > 0, (killed, len(chosen))


@contextlib.contextmanager
def opened(path):
    db = sqlite3.connect(path, timeout=5)
    db.row_factory = sqlite3.Row
    try:
        yield db
    finally:
        db.close()


def check_whole(path):
    with opened(path) as db:
        assert [tuple(r) for r in db.execute("PRAGMA integrity_check")] == [
            ("ok",)]
        assert not db.execute("PRAGMA foreign_key_check").fetchall()


# ---- a poll that decides ----

def test_a_poll_that_decides(t):
    """killed anywhere in a poll that closes: decided once, booked once"""
    service = Service({"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.001"}})
    quiet(service)
    service.opportunities = [("BTC", "lighter", "grvt")]
    t.config(service.url, "  main: {profile: plain, mode: dry-run, venues: "
             "[lighter, grvt], entry: {min_profit: 0.0004, size_usd: 1000 USD,"
             " max_break_even: 30d, cooldown: 24h}}\n",
             more="costs: {round_trip: 8bps}\n" + test_alerts.PROFILE)
    unhurried(t)
    first = t.run("run", "-a", "main", "--once").expect(0, err='msg="open"')
    service.rates = Service({"lighter": {"BTC": "0.001"},
                             "grvt": {"BTC": "0"}}).rates
    service.opportunities = []
    scene = Scene(t, "run", "-a", "main", "--once")

    def check(r):
        again = t.run("run", "-a", "main", "--once").expect(0)
        books = Books(database(t), [first.err, r.err, again.err])
        books.check()
        closed = [(p["status"], p["reason"]) for p in books.positions]
        assert closed == [("closed", "DIVERGENCE_FLIPPED")], closed
    scene.sweep(lambda: None, check)
    service.close()


# ---- hand-offs ----

def let_time_pass(desk):
    """What was sent has ended at the client; nothing waits for its time."""
    time.sleep(0.3)			# whoever was reached works meanwhile
    with opened(desk.t.dir / "data/main.db") as db, db:
        db.execute("UPDATE handoffs SET sent_at = sent_at - 60000, next_at = "
                   "next_at - 60000 WHERE state IN ('sent', 'unknown', "
                   "'queued')")


def is_open(desk):
    states = [s for s, in desk.db("SELECT state FROM handoffs")]
    return not states or states[0] not in ("confirmed", "acknowledged")


def until_through(desk):
    for _ in range(6):
        desk.once()
        if not is_open(desk):
            break
        let_time_pass(desk)
    return desk.row()


def test_a_hand_off_to_the_trading_client(t):
    """killed anywhere in a hand-off to the client: closed once, not twice"""
    desk = Desk(t)
    unhurried(t)
    quiet(desk.service)
    desk.once()
    desk.flip()
    scene = Scene(t, "run", "--once", env=desk.env)

    def ready():
        desk.control.positions["main"] = [
            pair("u-1", "BTC", "lighter", "grvt")]
        desk.control.closes.clear()
        desk.phone.requests.clear()

    def check(_):
        check_whole(t.dir / "data/main.db")
        if desk.db("SELECT 1 FROM handoffs WHERE state = 'sent'"):
            let_time_pass(desk)
        row = until_through(desk)
        assert len(desk.control.closes) == 1, desk.control.closes
        assert desk.control.positions["main"] == [], "the close is lost"
        assert row["key"] == "main-1-%d" % desk.db(
            "SELECT poll FROM decisions WHERE action = 'close'")[0][0]
        check_whole(t.dir / "data/main.db")
    scene.sweep(ready, check)


def test_a_hand_off_by_webhook(t):
    """killed anywhere in a hand-off by webhook: it arrives, under one id"""
    desk = Desk(t, "webhook", source=False,
                close="secret: {env: CW_HOOK}, url: 'http://x'")
    quiet(desk.service)
    desk.hook.default = Answer(204)
    unhurried(t)
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("http://x", desk.hook.url))
    import_pair(t, {})
    desk.once()
    desk.flip()
    scene = Scene(t, "run", "--once", env=desk.env)

    def check(_):
        check_whole(t.dir / "data/main.db")
        row = until_through(desk)
        ids = {r.headers["webhook-id"] for r in desk.hook.requests}
        assert ids == {row["key"]}, (ids, row)
        assert row["state"] == "acknowledged", row
        assert len(desk.db("SELECT * FROM decisions WHERE action = 'close'")
                   ) == 1
    scene.sweep(desk.hook.requests.clear, check)


# ---- a person's word ----

def test_an_acknowledgement(t):
    """killed anywhere in alerts ack: taken or not, and then taken"""
    desk = test_alerts.Desk(t, test_alerts.THIN, sinks="phone")
    unhurried(t)
    quiet(desk.service)
    import_pair(t, {})
    desk.once()
    scene = Scene(t, "alerts", "ack", "1", env=desk.env)

    def check(r):
        check_whole(t.dir / "data/main.db")
        acked = desk.db("SELECT acked_at IS NOT NULL FROM alerts")
        assert acked == [(1,)] or "1 acknowledged" not in r.out, r.out
        t.run("alerts", "ack", "1", env=desk.env).expect(0)
        desk.once()
        assert desk.db("SELECT count(*) FROM alerts WHERE acked_at IS NOT "
                       "NULL") == [(1,)]
        assert len(desk.phone.requests) == 1, "told after the word"
    scene.sweep(lambda: None, check)


# ---- an upgrade ----

def old_database(t):
    with lzma.open(lib.ROOT / "tests/db/v1.db.xz") as f:
        data = f.read()
    (t.dir / "data").mkdir(mode=0o700)
    path = t.dir / "data" / "demo.dry-run.db"
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def rows_of(path):
    """What a poll without a service leaves alone."""
    with opened(path) as db:
        return [[tuple(r) for r in db.execute(sql)] for sql in (
            "SELECT id, symbol, size_usd, opened_at, external_id, fees_usd "
            "FROM positions ORDER BY id",
            "SELECT id, poll, position, at, action, label FROM decisions "
            "WHERE id <= 25 ORDER BY id",
            "SELECT seq, at, result FROM polls WHERE seq <= 90 ORDER BY seq",
            "SELECT id, position, at, kind FROM events WHERE id <= 72 "
            "ORDER BY id")]


def test_an_upgrade(t):
    """killed anywhere in an upgrade of an old database: nothing is lost"""
    t.config(accounts="  demo: {profile: aggressive, mode: dry-run}\n")
    path = old_database(t)
    want = rows_of(path)
    once = "run", "--once", "--every", "1s"	# no service: gives up at once
    scene = Scene(t, *once)
    copy = path.with_name(path.name + ".backup-v1")

    def check(_):
        if copy.exists():
            check_whole(copy)
            assert rows_of(copy) == want
        t.run(*once).expect(5)
        check_whole(path)
        assert rows_of(path) == want
        with opened(path) as db:
            assert db.execute("PRAGMA user_version").fetchone()[0] > 1
            seqs = [r["seq"] for r in table(db, "polls", "seq")]
        assert seqs == list(range(1, len(seqs) + 1)), seqs
        assert rows_of(copy) == want, "the upgrade left no copy"
    scene.sweep(lambda: None, check)


# ---- retention ----

def test_retention(t):
    """killed anywhere in a poll that drops old evidence: whole, and then gone"""
    service = Service({"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.001"}})
    quiet(service)
    service.opportunities = [("BTC", "lighter", "grvt")]
    t.config(service.url, "  main: {profile: plain, mode: dry-run, venues: "
             "[lighter, grvt], entry: {min_profit: 0.0004, size_usd: 1000 "
             "USD, max_break_even: 30d}}\n", service="  max_data_age: 24h\n",
             more="costs: {round_trip: 8bps}\n" + test_alerts.PROFILE)
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("storage: {", "storage: {retention: "
                                          "7d, "))
    start = datetime.datetime.now(datetime.timezone.utc)
    year = start.replace(microsecond=0) - datetime.timedelta(days=200)
    unhurried(t)
    first = start
    service.now = lambda: year + (datetime.datetime.now(
        datetime.timezone.utc) - first)
    t.run("run", "-a", "main", "--once", "--clock", clock_text(
        start, 1, year)).expect(0, err='msg="open"')
    year += datetime.timedelta(minutes=4)
    service.now = lambda: year + 8000 * (datetime.datetime.now(
        datetime.timezone.utc) - start)
    start = datetime.datetime.now(datetime.timezone.utc)
    t.run("run", "-a", "main", "--every", "4m", "--polls", "30", "--clock",
          clock_text(start, 8000, year))
    path = database(t)
    with opened(path) as db:
        assert db.execute("SELECT max(seq) FROM polls").fetchone()[0] == 31
    service.now = lambda: datetime.datetime.now(datetime.timezone.utc)
    scene = Scene(t, "run", "-a", "main", "--once")

    def check(_):
        check_whole(path)
        for _ in range(2):
            t.run("run", "-a", "main", "--once").expect(0)
        check_whole(path)
        with opened(path) as db:
            assert not db.execute(
                "SELECT count(*) FROM evidence WHERE poll NOT IN (SELECT seq "
                "FROM polls)").fetchone()[0]
            first, last, n = db.execute(
                "SELECT min(seq), max(seq), count(*) FROM polls").fetchone()
            assert last - first + 1 == n and last >= 33, (first, last, n)
            assert [r["status"] for r in table(db, "positions")] == ["open"]
    scene.sweep(lambda: None, check)
    service.close()


if __name__ == "__main__":
    lib.main()
