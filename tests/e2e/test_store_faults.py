#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The database under a running or starting monitor: locked, full, damaged,
replaced, put back from a backup; what is promised then.
"""
import contextlib
import itertools
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

import lib
from service import Service
from sinks import Answer, Sink
from test_alerts import THIN, Desk as Told
from test_handoffs import Desk
from test_operation import FLIPPED, QUICK, RATES
from test_run import import_pair, rows_of

RUN_ONCE = True		# faults of files: sanitizers see them in tests/unit


def given(t, name="main"):
    service = Service(RATES)
    t.config(service.url, f"  {name}: {{profile: quick, mode: live, venues: "
             "[lighter, grvt]}\n", more=QUICK)
    import_pair(t, {})
    return service


def flip(service):
    service.rates = Service(FLIPPED).rates


def database(t, name="main"):
    return t.dir / f"data/{name}.db"


@contextlib.contextmanager
def opened(path):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db


def seqs(t):
    return [n for n, in rows_of(t, "SELECT seq FROM polls ORDER BY seq")]


def closes(t):
    return rows_of(t, "SELECT poll, label FROM decisions WHERE action = "
                   "'close' ORDER BY id")


# ---- somebody else's lock ----

def test_a_foreign_lock(t):
    """a foreign lock of a second is waited for; a lasting one is told, then caught up"""
    service = given(t)
    with opened(database(t)) as other:
        other.execute("BEGIN EXCLUSIVE")
        m = t.monitor("main", "--once")
        time.sleep(1)				# the second meant
        other.execute("ROLLBACK")
        assert m.wait() == 0, m.text()
        m = t.monitor("main")
        m.wait_line(r'msg="?poll"? .*seq=2\b')
        # A reader stops a poll at its commit, a writer at its beginning.
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM polls").fetchall()
        flip(service)
        m.wait_line('msg="poll failed".*nothing was written', 40)
        assert "closes=1" not in m.text(), m.text()
        other.execute("ROLLBACK")
        other.execute("BEGIN EXCLUSIVE")
        m.wait_line('msg="poll failed".*is in use by another process', 40)
        assert m.popen.poll() is None
        other.execute("ROLLBACK")
    m.wait_line(r'msg="?poll"? .*closes=1', 40)
    assert m.stop() == 0
    assert seqs(t) == list(range(1, len(seqs(t)) + 1)), seqs(t)
    assert [label for _, label in closes(t)] == ["DIVERGENCE_FLIPPED"]


def test_a_stuck_reader(t):
    """a stuck reader: nothing grows, each failed poll is told, then caught up"""
    service = given(t)
    m = t.monitor("main")
    m.wait_line(r'msg="?poll"? .*seq=1\b')
    size = database(t).stat().st_size
    with opened(database(t)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM polls").fetchall()
        flip(service)
        for _ in range(2):
            m.wait_line('msg="poll failed".*nothing was written', 40,
                        since=m.mark())
            m.wait_line('msg="cannot record"', 10)
            assert database(t).stat().st_size == size
            assert not database(t).with_name("main.db-wal").exists()
        reader.execute("ROLLBACK")
    m.wait_line(r'msg="?poll"? .*closes=1', 40)
    assert m.stop() == 0
    assert len(closes(t)) == 1, closes(t)


def test_two_monitors(t):
    """a second monitor ends with 4 and names the first, by whatever path it came"""
    given(t)
    first = t.monitor("main")
    first.wait_line(r'msg="?poll"?')
    (t.dir / "same").symlink_to(t.dir / "data")
    other = t.dir / "other.yaml"
    other.write_text(t.config_file.read_text().replace(
        str(t.dir / "data"), str(t.dir / "same")))
    other.chmod(0o600)
    for path in (t.config_file, other):
        for once in ((), ("--once",)):
            t.run("-c", path, "run", "-a", "main", *once, config=False).expect(
                4, err=rf"another monitor \(pid {first.pid}\)")
    assert first.stop() == 0
    assert seqs(t) == list(range(1, len(seqs(t)) + 1))


# ---- damage, and what was left behind ----

def hot_journal(t, path):
    """A journal as a kill in the middle of a commit leaves it; its file."""
    copy = t.dir / "copy"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA cache_size = 1")	# dirty pages go to the file
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("CREATE TABLE junk (x)")
    for _ in range(100):
        writer.execute("INSERT INTO junk VALUES (randomblob(3000))")
    copy.write_bytes(path.with_name(path.name + "-journal").read_bytes())
    writer.execute("ROLLBACK")
    writer.close()
    return copy


def foreign_wal(t):
    path = t.dir / "wal.db"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE TABLE junk (x)")
    writer.execute("INSERT INTO junk VALUES (randomblob(9000))")
    data = path.with_name("wal.db-wal").read_bytes()
    writer.close()
    return data


def refused(t, words, whole):
    """By the monitor and by a command; not a byte of the database moved."""
    t.run("run", "--once").expect(6, err=words)
    t.run("positions", "list").expect(6, err=words)
    assert database(t).read_bytes() == whole


def test_what_another_database_left(t):
    """a journal or -wal of another database is never played into ours"""
    given(t, "other")
    for _ in range(3):				# another number of changes
        t.run("run", "--once").expect(0)
    journal = hot_journal(t, database(t, "other"))
    given(t)
    t.run("run", "--once").expect(0)
    whole = database(t).read_bytes()
    beside = database(t).with_name("main.db-journal")
    shutil.copy(journal, beside)
    refused(t, "main.db-journal was left by another database", whole)
    beside.unlink()
    beside = database(t).with_name("main.db-wal")
    beside.write_bytes(foreign_wal(t))
    refused(t, "main.db-wal was left by another database", whole)
    beside.unlink()
    database(t).with_name("main.db-shm").write_bytes(b"garbage" * 5000)
    shutil.copy(hot_journal(t, database(t)),	# its own is played back
                database(t).with_name("main.db-journal"))
    t.run("run", "--once").expect(0)
    t.run("db", "check").expect(0)


def test_a_damaged_database(t):
    """a damaged, cut or overwritten file is refused, told, and left as it is"""
    given(t)
    t.run("run", "--once").expect(0)
    whole = database(t).read_bytes()
    page = whole.index(b"lighter") // 4096 * 4096
    for data, words in (
            (b"x" * 16 + whole[16:], "is not a database"),
            (whole[:16] + b"\1\1" + whole[18:], "not a database|damaged"),
            (whole[:len(whole) // 2], "damaged"),
            (whole[:5000], "damaged"),
            (whole[:page] + b"\xa5" * 200 + whole[page + 200:], "damaged"),
            (whole[:100] + b"\0" * 60 + whole[160:], "damaged")):
        database(t).write_bytes(data)
        t.run("run", "--once").expect(6, err=words)
        assert database(t).read_bytes() == data, words
    database(t).write_bytes(whole)
    t.run("run", "--once").expect(0)


def test_a_backup_is_put_back(t):
    """a database that went back is refused; with --restored no number is given twice"""
    desk = Desk(t, "webhook", source=False,
                close="secret: {env: CW_HOOK}, url: 'http://x'")
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("http://x", desk.hook.url))
    import_pair(t, {})
    desk.once()
    t.run("db", "backup", t.dir / "old.db").expect(0)
    desk.flip()
    desk.once()
    sent = {r.headers["webhook-id"] for r in desk.hook.requests}
    assert len(sent) == 1, sent
    shutil.copy(t.dir / "old.db", database(t))
    p = t.run("run", "--once", env=desk.env).expect(6, err="went back: polls up "
                                                "to 2 were recorded, it ends")
    assert "--restored" in p.err and len(desk.hook.requests) == 1
    database(t).unlink()			# a vanished one went back as well
    t.run("run", "--once", env=desk.env).expect(6, err="it ends at 0")
    shutil.copy(t.dir / "old.db", database(t))
    t.run("run", "--once", "--restored", env=desk.env).expect(0)
    assert seqs(t) == [1, 3], seqs(t)
    again = {r.headers["webhook-id"] for r in desk.hook.requests} - sent
    assert len(again) == 1, "the close of poll 3 has an id of its own"
    t.run("run", "--once", env=desk.env).expect(0)	# from now on as ever
    t.run("db", "check").expect(0)
    t.run("replay", "--verify").expect(0)


# ---- limits ----

def limited(t, size, *args):
    """carrywatch whose files may grow to so many bytes."""
    argv = [t.binary("carrywatch"), "-c", str(t.config_file), *args]
    with subprocess.Popen(
            argv, env=t.env(), cwd=t.dir, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_FSIZE, (size, size))) as p:
        out, err = p.communicate(timeout=30)
    return lib.Result(argv, p.returncode, out, err)


def test_a_file_size_limit(t):
    """at the file-size limit: told and ended, not killed; nothing lost"""
    service = given(t)
    t.run("run", "--once").expect(0)
    flip(service)
    size = database(t).stat().st_size
    codes = set()
    for limit in (0, 512, 4096, size // 2, size):
        p = limited(t, limit, "run", "--once")
        assert p.code in (0, 1, 6), (limit, str(p))
        assert not p.code or re.search("carrywatch: |poll failed", p.err), p
        codes.add(p.code)
        p = limited(t, limit, "positions", "note", "1", "x")
        assert p.code in (0, 6), (limit, str(p))
        t.run("db", "check").expect(0)
    assert 6 in codes
    t.run("run", "--once").expect(0)
    assert len(closes(t)) == 1, closes(t)
    assert seqs(t) == list(range(1, len(seqs(t)) + 1)), seqs(t)


def test_a_commit_of_unknown_outcome_is_told(t):
    """no room at a commit: the monitor ends with 6, and people hear of it"""
    beat = Sink()
    desk = Told(t, sinks="phone, beat")
    desk.env["CW_BEAT"] = f"{beat.url}/planted-uuid"
    import_pair(t, {})
    m = desk.start()
    m.wait_line('msg="poll"')
    size = database(t).stat().st_size // 2
    resource.prlimit(m.pid, resource.RLIMIT_FSIZE, (size, size))
    assert m.wait() == 6 and "may still have happened" in m.text(), m.text()
    text, = desk.texts()
    assert "cannot record" in text, text
    assert beat.requests[-1].path == "/planted-uuid/fail", beat.requests
    t.run("db", "check").expect(0)
    assert "planted" not in m.text()
    beat.close()


def told_between_polls(t, stop):
    """The reply of the phone cannot be written down."""
    desk = Told(t, THIN, sinks="phone")
    desk.phone.default = Answer(200, '{"ok":true}', wait=1)
    import_pair(t, {})
    m = desk.start("--every", "24h")
    t.wait(lambda: desk.phone.requests, "the alert")
    (page,), = desk.db("SELECT rootpage FROM sqlite_master WHERE name = "
                       "'deliveries'")
    size = 4096 * (page - 1)
    resource.prlimit(m.pid, resource.RLIMIT_FSIZE, (size, size))
    if stop:
        m.send(signal.SIGTERM)
    code = m.wait()
    assert "may still have happened" in m.text(), m.text()
    assert "cannot record" in desk.texts()[-1], desk.texts()
    return code


def test_an_unknown_outcome_between_polls_is_told(t):
    """no room when a reply is booked, while waiting and at a stop: told"""
    assert told_between_polls(t, False) == 6
    shutil.rmtree(t.dir / "data")
    assert told_between_polls(t, True) == 6


def test_once_tells_that_the_database_is_locked(t):
    """run --once, the database locked while it asks: told before the end"""
    desk = Told(t, sinks="phone")
    desk.once()
    asked, now = itertools.count(), desk.service.now
    other = sqlite3.connect(database(t), isolation_level=None,
                            check_same_thread=False)

    def locks_it():
        if next(asked) == 0:
            other.execute("BEGIN EXCLUSIVE")
        return now()

    desk.service.now = locks_it
    desk.once(6)
    other.close()
    text, = desk.texts()
    assert "cannot record" in text, text


SHIM = """\
#include <stdlib.h>
int sqlite3_libversion_number(void)
{ return atoi(getenv("CW_NUMBER")); }
const char *sqlite3_libversion(void) { return getenv("CW_NAME"); }
"""


def test_another_sqlite(t):
    """the loaded SQLite is logged; another than built with is told, too old refused"""
    given(t)
    t.run("run", "--once").expect(0, err=rf'"started" .*version=\d\S* '
                                  rf"sqlite={sqlite3.sqlite_version[:2]}\S+ ")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        t.skip("no C compiler here")
    (t.dir / "shim.c").write_text(SHIM)
    t.command(compiler, "-shared", "-fPIC", "-o", t.dir / "shim.so",
              t.dir / "shim.c").expect(0)
    env = {"LD_PRELOAD": str(t.dir / "shim.so"), "CW_NUMBER": "3099000",
           "CW_NAME": "3.99.0"}
    p = t.run("run", "--once", env=env).expect(0, err='msg="another SQLite"')
    assert re.search(r"SQLite 3\.99\.0 is loaded, this program was built and "
                     r"tested with 3\.\d+", p.err), p
    env.update(CW_NUMBER="3036000", CW_NAME="3.36.0")
    t.run("run", "--once", env=env).expect(6, err="SQLite 3.36.0 is too old")


if __name__ == "__main__":
    lib.main()
