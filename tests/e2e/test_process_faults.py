#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What can happen to the process: signals, no descriptors, nobody who reads what
it says, a disk that never answers, another program in its place.
"""
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

import lib
from service import Service
from sinks import Answer
from test_handoffs import Desk
from test_operation import FLIPPED, QUICK, RATES
from test_run import import_pair, rows_of
from test_systemd import Notify

LONG_SANITIZED = True
SEED = int(os.environ.get("CW_SEED", "0")) or random.SystemRandom().randrange(
    1, 1 << 31)
CODES = (0, 1, 2, 3, 4, 5, 6, 78)		# those of the documentation


def given(t, interval="1s"):
    service = Service(RATES)
    service.server.handle_error = lambda *_: None	# of the ended
    t.config(service.url, "  main: {profile: quick, mode: live, venues: "
             "[lighter, grvt]}\n", more=QUICK.replace("1s", interval))
    import_pair(t, {})
    return service


def database(t):
    return t.dir / "data/main.db"


def seqs(t):
    return [n for n, in rows_of(t, "SELECT seq FROM polls ORDER BY seq")]


def whole(t):
    """The books are whole: every poll once, every invariant."""
    t.run("db", "check").expect(0)
    assert seqs(t) == list(range(1, len(seqs(t)) + 1)), seqs(t)


# ---- signals ----

def test_a_storm_of_signals(t):
    """a storm of signals: it reloads, polls and ends as asked, the books are whole"""
    print(f"# seed {SEED} (CW_SEED)", flush=True)
    rng = random.Random(SEED)
    given(t, "4m")
    for last in (signal.SIGTERM, signal.SIGINT):
        m = t.monitor("main")
        m.wait_line('msg="started"')
        for _ in range(60):
            m.send(rng.choice((signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE,
                               signal.SIGCHLD, signal.SIGWINCH, signal.SIGURG,
                               signal.SIGXFSZ, signal.SIGCONT)))
            if rng.random() < 0.2:
                m.send(signal.SIGSTOP)
                m.send(signal.SIGCONT)
        m.wait_line('msg="configuration reloaded"')
        m.send(last)
        m.send(last)				# twice is once
        assert m.wait() == 0, m.text()
        assert 'msg="stopped" account=main code=0' in m.text("err")
        whole(t)
    m = t.monitor("main")			# before its first poll
    m.send(signal.SIGTERM)
    assert m.wait() in (0, -signal.SIGTERM)
    whole(t)
    shutil.rmtree(t.dir / "data")
    twice_while_it_waits(t)


def twice_while_it_waits(t):
    """A close is out: the first TERM waits for its answer, a second does not."""
    desk = Desk(t, "webhook", source=False, close="secret: {env: CW_HOOK}, "
                "url: 'http://127.0.0.1:1/'")
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("http://127.0.0.1:1/",
                                          desk.hook.url + "/close"))
    import_pair(t, {"long_qty": "0.1", "short_qty": "0.1"})
    desk.hook.default = Answer(200, wait=30)
    desk.flip()
    m = desk.start()
    t.wait(lambda: desk.hook.requests, "the close")
    began = time.monotonic()
    m.send(signal.SIGTERM)
    time.sleep(1)				# five of them it would wait
    assert m.popen.poll() is None, m.text()
    m.send(signal.SIGTERM)
    assert m.wait() == 0, m.text()
    assert time.monotonic() - began < 4, m.text()
    whole(t)
    desk.hook.default = Answer(200)
    desk.once()
    assert desk.row()["state"] == "acknowledged", desk.row()
    assert {r.headers["webhook-id"] for r in desk.hook.requests} == {
        desk.row()["key"]}


# ---- descriptors ----

def limited(t, most, *args, **how):
    argv = [t.binary("carrywatch"), "-c", str(t.config_file), *args]
    with subprocess.Popen(
            argv, env=t.env(), cwd=t.dir, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE,
                                                  (most, most)), **how) as p:
        out, err = p.communicate(timeout=60)
    return lib.Result(argv, p.returncode, out, err)


def test_no_descriptors(t):
    """5 to 32 descriptors: it fails with words and a code, closes nothing, or works"""
    given(t)
    codes = {}
    for most in range(5, 33):
        p = limited(t, most, "run", "--once")
        assert p.code in CODES, (most, str(p))
        assert p.code == 0 or re.search("carrywatch: |level=error|err=",
                                        p.err), (most, str(p))
        codes[most] = p.code
    assert codes[5] != 0 and codes[32] == 0, codes
    whole(t)
    row, = t.run("positions", "list", "--json").json()
    assert row["status"] == "open" and row["action"] == "hold", row


def test_descriptors_run_out_while_it_runs(t):
    """descriptors run out while it runs: UNKNOWN and told; back, it sees again"""
    given(t)
    m = t.monitor("main")
    m.wait_line(r'msg="?poll"? .*seq=1\b.*')
    soft, hard = resource.prlimit(m.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(m.pid, resource.RLIMIT_NOFILE, (3, hard))
    m.wait_line('msg="(service trouble|poll failed)"', since=m.mark())
    resource.prlimit(m.pid, resource.RLIMIT_NOFILE, (soft, hard))
    m.wait_line('msg="?poll"? .*result=ok', since=m.mark())
    assert m.stop() == 0
    whole(t)
    assert rows_of(t, "SELECT count(*) FROM decisions WHERE action = 'close'"
                   ) == [(0,)]


# ---- output ----

def closed(t, script, *args):
    """Run by a shell that closes or redirects descriptors first."""
    return t.command("sh", "-c", f'exec "$@" {script}', "sh",
                     t.binary("carrywatch"), "-c", t.config_file, *args)


def test_outputs_closed_or_full(t):
    """closed, full or unread outputs: polls go on, files stay whole, prints fail"""
    given(t)
    for script in ("<&- >&- 2>&-", "2>&-", "<&- 2>&-", ">&- 2>&-",
                   "2>/dev/full", ">/dev/full 2>/dev/full"):
        closed(t, script, "run", "--once").expect(0)
        lock = (t.dir / "data/main.db.lock").read_text()
        assert re.fullmatch(r"\d+ *\npoll \d+ *\n", lock), (script, lock)
    whole(t)
    for script in (">&-", ">/dev/full"):
        closed(t, script, "positions", "list").expect(
            1, err="standard output: cannot write")
    closed(t, "2>&-", "positions", "nonsense").expect(2)


def test_nobody_reads_the_log(t):
    """a full pipe nobody reads: polls go on; read again, the lost lines are counted"""
    given(t)
    read, write = os.pipe()
    os.set_blocking(write, False)
    filled = 0
    try:
        while True:
            filled += os.write(write, b"x" * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(write, True)
    with subprocess.Popen([t.binary("carrywatch"), "-c", str(t.config_file),
                           "run", "-a", "main"], env=t.env(), cwd=t.dir,
                          stdin=subprocess.DEVNULL, stdout=write,
                          stderr=write) as p:
        try:
            os.close(write)
            t.wait(lambda: database(t).exists() and len(seqs(t)) >= 3,
                   "polls without a reader")
            while filled > 0:
                filled -= len(os.read(read, min(filled, 65536)))
            text = b""
            while b"log lines lost" not in text:
                text += os.read(read, 65536)
            assert re.search(rb'msg="log lines lost" lines=[1-9]', text), text
        finally:
            os.close(read)		# one that stands in a write ends now
            p.terminate()
            code = p.wait(20)
        assert code == 0, code
    whole(t)


# ---- a disk that never answers ----

FREEZE = """\
#include <stdlib.h>
#include <unistd.h>
int fdatasync(int fd)
{
	(void)fd;
	while (access(getenv("CW_FREEZE"), F_OK) == 0)
		usleep(10000);
	return 0;
}
"""


def shim(t, text):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler or lib.SLOW > 1:
        t.skip("no C compiler here, or sanitizers, which must come first")
    (t.dir / "shim.c").write_text(text)
    t.command(compiler, "-shared", "-fPIC", "-o", t.dir / "shim.so",
              t.dir / "shim.c").expect(0)
    return str(t.dir / "shim.so")


def test_a_frozen_evaluation(t):
    """a frozen evaluation gives no sign of life; ended as systemd does it, it starts over"""
    service = given(t)
    freeze, n = t.dir / "freeze", Notify(t)
    m = t.monitor("main", env={**n.env, "LD_PRELOAD": shim(t, FREEZE),
                               "CW_FREEZE": str(freeze)})
    n.wait("^READY=1$")
    n.wait("^WATCHDOG=1$", len(n.poll()))	# just now: it waits
    freeze.touch()
    service.rates = Service(FLIPPED).rates
    asked = len(service.asked)
    t.wait(lambda: len(service.asked) > asked, "a poll that begins")
    n.socket.settimeout(2.5)			# two intervals and more
    try:
        assert False, n.socket.recv(4096)
    except TimeoutError:
        pass
    assert m.popen.poll() is None, "alive, as far as anybody sees"
    m.send(signal.SIGABRT)			# WatchdogSignal=
    assert m.wait() == -signal.SIGABRT
    freeze.unlink()
    m = t.monitor("main")
    m.wait_line('msg="?poll"?')
    assert m.stop() == 0
    whole(t)
    assert len(rows_of(t, "SELECT 1 FROM decisions WHERE action = 'close'")
               ) == 1
    unit = (lib.ROOT / "config/carrywatch@.service").read_text()
    assert re.search(r"^WatchdogSec=180$", unit, re.M)
    assert re.search(r"^Restart=on-failure$", unit, re.M)


def seconds(unit, key):
    return int(re.search(rf"^{key}=(\d+)$", unit, re.M)[1])


def test_restarts_are_bounded(t):
    """restarts: at most 5 in 300 s, none after a wrong command line or configuration"""
    unit = (lib.ROOT / "config/carrywatch@.service").read_text()
    burst = seconds(unit, "StartLimitBurst")
    assert burst == 5 and seconds(unit, "StartLimitIntervalSec") == 300
    # Else the limit would never be reached.
    assert burst * (seconds(unit, "RestartSec") + 20) < 300
    final = re.search("^RestartPreventExitStatus=(.*)$", unit, re.M)[1].split()
    t.config("http://127.0.0.1:9/", "  main: {mode: lve}\n")
    assert str(t.run("run", "-a", "main").expect(78).code) in final
    assert str(t.run("run", "--evry", "1s").expect(2).code) in final
    # It does not try again by itself: a start that fails is an end.
    t.config("http://127.0.0.1:9/", "  main: {mode: live}\n")
    (t.dir / "data").mkdir(mode=0o700)
    database(t).write_bytes(b"x" * 5000)
    p = t.run("run", "-a", "main").expect(6)
    assert p.err.count("carrywatch: ") == 1, p


# ---- the host ----

def test_locale_and_umask(t):
    """locale de_DE or nonsense, umask 0: the same text, files for the owner alone"""
    given(t, "4m")
    t.run("run", "--once").expect(0)
    commands = (("positions", "list", "--json"), ("explain", "1", "--json"),
                ("export", "positions"), ("check-config", "--print"))
    plain = [t.run(*c).expect(0).out for c in commands]
    for locale in ("de_DE.UTF-8", "tr_TR.UTF-8", "no/such", "\xff"):
        env = {k: locale for k in ("LC_ALL", "LC_NUMERIC", "LANG")}
        for command, text in zip(commands, plain):
            out = t.run(*command, env=env).expect(0).out
            assert out == text, (locale, command, out, text)
    shutil.rmtree(t.dir / "data")
    old = os.umask(0)
    try:
        t.run("run", "--once", env={"LC_ALL": "de_DE.UTF-8"}).expect(0)
        t.run("db", "backup", t.dir / "copy.db").expect(0)
    finally:
        os.umask(old)
    made = [t.dir / "copy.db", *(t.dir / "data").rglob("*"), t.dir / "data"]
    assert len(made) >= 5
    for path in made:
        assert path.stat().st_mode & 0o077 == 0, path


# ---- another program in its place ----

def test_the_program_is_replaced(t):
    """a replaced program: the old one goes on whole, doctor says so; a downgrade is refused"""
    given(t, "4m")
    program = t.dir / "carrywatch"
    shutil.copy(t.binary("carrywatch"), program)
    m = t.start(program, "-c", t.config_file, "run", "-a", "main")
    m.wait_line(r'msg="?poll"? .*seq=1\b')
    new = t.dir / "new"
    new.write_text("#!/bin/sh\nexit 1\n")
    new.chmod(0o700)
    new.rename(program)
    m.send(signal.SIGHUP)
    m.wait_line("configuration reloaded")
    m.send(signal.SIGUSR1)
    m.wait_line(r'msg="?poll"? .*seq=2\b')
    t.run("doctor").expect(0, out="^ok +monitor +running, pid")
    with sqlite3.connect(database(t)) as db:
        db.execute("UPDATE polls SET version = '0.0.9'")
    t.run("doctor").expect(0, out="^warn +monitor +running, pid [0-9]+, as "
                                  r"version 0\.0\.9; this is .*\n.*restart")
    assert m.stop() == 0
    whole(t)
    with sqlite3.connect(database(t)) as db:
        schema, = db.execute("PRAGMA user_version").fetchone()
        db.execute(f"PRAGMA user_version = {schema + 1}")
    for words in (("run", "--once"), ("positions", "list"),
                  ("positions", "note", "1", "x")):
        t.run(*words).expect(6, err=f"has schema version {schema + 1}, this "
                                    f"program knows versions up to {schema}: "
                                    "use the newer program, or its backup ")


def test_a_sink_dead_at_the_crash(t):
    """a sink that is dead when it crashes hears of the close after the restart, once"""
    desk = Desk(t)
    desk.once()
    desk.phone.answer = lambda _: Answer(503)
    desk.flip()
    m = desk.start()
    t.wait(lambda: [x for x in desk.told() if "CLOSE main/" in x],
           "a try to tell it")
    m.send(signal.SIGKILL)
    m.wait()
    tried = len(desk.phone.requests)
    desk.phone.answer = None
    with sqlite3.connect(database(t)) as db:
        db.execute("UPDATE deliveries SET next_at = 0")
    m = desk.start()
    t.wait(lambda: [x for x in desk.told()[tried:] if "CLOSE main/" in x],
           "the message after the restart")
    assert m.stop() == 0
    assert sum("CLOSE main/" in x for x in desk.told()[tried:]) == 1
    assert not [r for r in desk.phone.requests[tried:]
                if not json.loads(r.body)["text"]]


def test_a_refused_reload_leaves_no_desk(t):
    """the database is busy while closes and a shadow are to be switched on"""
    desk = Desk(t, "none")
    wanted = t.config_file.read_text()
    t.config_file.write_text(wanted.replace("close: {settle: 2s, "
                                            "escalate_after: 3, }, ", ""))
    m = t.monitor("main", env={**desk.env, "ASAN_OPTIONS":
                               "detect_stack_use_after_return=1"})
    m.wait_line('msg="?poll', 30)
    t.config_file.write_text(wanted.replace("on_close: none", "on_close: "
                                            "control_api, shadow: aggressive"))
    with sqlite3.connect(t.dir / "data" / "main.db", timeout=9,
                         isolation_level=None) as db:
        db.execute("BEGIN EXCLUSIVE")
        m.send(signal.SIGHUP)
        m.wait_line("old configuration kept.*in use", 30)
        db.execute("ROLLBACK")
    seen = len(m.lines)
    for _ in range(2):
        m.wait_line('msg="?poll', 30, since=seen)
        seen = len(m.lines)
    assert m.stop() == 0, m.text("err")[-3000:]


def test_a_watchdog_that_is_too_quick_is_told(t):
    """two polls and more belong between two signs of life"""
    given(t)
    n = Notify(t)
    for usec, told in (("1999000", True), ("2000000", False),
                       ("180000000", False)):
        err = t.run("run", "--once",
                    env={**n.env, "WATCHDOG_USEC": usec}).expect(0).err
        assert told == ('msg="watchdog"' in err), err
        assert told == ("set WatchdogSec= to three polls" in err), err


def test_a_parent_that_ignores_its_children(t):
    """SIGCHLD ignored from the start: a program's end is heard all the same"""
    hook = t.dir / "hook.sh"
    hook.write_text("#!/bin/sh\ncat > /dev/null\n")
    hook.chmod(0o755)
    desk = Desk(t, "exec", close=f"program: {hook}")
    desk.once()
    desk.flip()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        m = desk.start()
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    t.wait(lambda: desk.rows() and desk.row()["state"] == "acknowledged",
           "the program's word", 8)
    assert m.stop() == 0


def test_a_shorter_interval_holds_at_once(t):
    """poll_interval from five minutes to a second on HUP: no long last wait"""
    desk = Desk(t)
    wanted = t.config_file.read_text()
    t.config_file.write_text(wanted.replace(
        "poll_interval: 1s", "poll_interval: 5m").replace(
        "blind_after: ", "blind_after: 1"))
    m = desk.start()
    m.wait_line(r"seq=1\b")
    time.sleep(3)
    t.config_file.write_text(wanted)
    m.send(signal.SIGHUP)
    m.wait_line(r"seq=2\b.*", 6)
    m.wait_line(r"seq=3\b.*", 6)
    assert m.stop() == 0
    # The three seconds before were nobody's ticks.
    assert max(rows_of(t, "SELECT missed_ticks FROM polls"))[0] <= 1, (
        m.text("err"))


if __name__ == "__main__":
    lib.main()
