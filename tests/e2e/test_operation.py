#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Daily operation: backups, db, check, doctor; each failure has its remedy."""
import fcntl
import re
import shutil
import sqlite3
import subprocess
import time

import lib
from control import KEY, Control
from service import Service
from test_run import import_pair

RATES = {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0011"}}
FLIPPED = {"lighter": {"BTC": "0.0011"}, "grvt": {"BTC": "0.0001"}}
QUICK = """\
profiles:
  quick:
    poll_interval: 1s
    close:
      - DIVERGENCE_FLIPPED: flip
"""


def given(t, account="", more=""):
    service = Service(RATES)
    t.config(service.url, "  main: {profile: quick, mode: live, venues: "
             f"[lighter, grvt]{account}}}\n", more=QUICK + more)
    import_pair(t, {})
    return service


def database(t):
    return t.dir / "data/main.db"


def backups(t):
    return sorted((t.dir / "data/backups").glob("main.db.*Z.db"))


def test_run_makes_backups_and_one_can_be_put_back(t):
    """a backup after the first poll; put in place it goes on from there"""
    given(t)
    m = t.monitor("main")
    m.wait_line('msg="?backup"?')
    assert m.stop() == 0
    copy, = backups(t)
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM positions").fetchone() == (1,)
    t.run("run", "--once").expect(0)
    assert backups(t) == [copy]			# not yet due again
    old = copy.with_name("main.db.20200101T000000Z.db")
    copy.rename(old)
    t.run("run", "--once").expect(0)
    assert len(backups(t)) == 1 and not old.exists()	# new, thinned out
    database(t).write_bytes(b"not a database")
    t.run("run", "--once").expect(6)
    shutil.copy(backups(t)[0], database(t))
    t.run("run", "--once").expect(0)
    assert t.run("positions", "list", "--json").json()[0]["id"] == 1


def test_what_an_interrupted_backup_leaves(t):
    """half a copy of days ago goes with the next backup, a fresh one stays"""
    given(t)
    t.run("run", "--once").expect(0)
    copy, = backups(t)
    old = copy.with_name("main.db.20200101T000000Z.db.part")
    hour_ago = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - 3600))
    fresh = copy.with_name(f"main.db.{hour_ago}.db.part")
    other = copy.with_name("other.db.20200101T000000Z.db.part")
    for path in (old, fresh, other):
        path.write_text("half")
    t.run("db", "backup").expect(0)
    assert not old.exists()
    assert fresh.exists() and other.exists()


def test_a_backup_from_the_future(t):
    """a backup dated years ahead stops no other, and doctor says so"""
    given(t)
    t.run("run", "--once").expect(0)
    copy, = backups(t)
    ahead = copy.with_name("main.db.20991231T000000Z.db")
    copy.rename(ahead)
    t.run("doctor").expect(0, out=r"warn  backup +none yet, and 1 dated ahead")
    t.run("run", "--once").expect(0)
    assert len(backups(t)) == 2, backups(t)
    t.run("doctor").expect(0, out=r"ok    backup +1 in \S+, the newest is \d+s "
                           "old, and 1 dated ahead of the clock")


def test_db_commands(t):
    """db info, check, backup beside a running monitor, migrate"""
    given(t)
    m = t.monitor("main")
    m.wait_line('msg="?poll"?')
    info = t.run("db", "info", "--json").expect(0).json()
    assert info["schema"] == 3 and info["rows"]["positions"] == 1, info
    t.run("db", "info").expect(0, out="schema +3")
    t.run("db", "check").expect(0, out=r"\d+ invariants hold")
    copy = t.dir / "copy.db"
    t.run("db", "backup", copy).expect(0, out="a whole copy")
    t.run("db", "backup", copy).expect(2, err="exists")
    t.run("db", "backup", copy, "--yes").expect(0)
    live = t.dir / "data" / "main.db"
    link = t.dir / "link.db"
    link.symlink_to(live)
    before = live.stat().st_ino
    for to in (live, link):
        t.run("db", "backup", to, "--yes").expect(2, err="the database itself")
    assert live.stat().st_ino == before and link.is_symlink()
    t.run("db", "migrate").expect(0, out="nothing to do")
    assert m.stop() == 0
    with sqlite3.connect(database(t)) as db:
        db.execute("UPDATE positions SET status = 'pending_close'")
    p = t.run("db", "check").expect(1)
    assert "pending positions without a reason" in p.out, p
    assert "put a backup of" in p.err


def test_db_commands_where_there_is_nothing(t):
    """no database yet, no such account, a file that is none: each says so"""
    given(t)
    t.run("run", "--once").expect(0)
    row = t.run("db", "info", "-o", "jsonl").expect(0).json()
    assert row["account"] == "main", row
    for command in ("info", "check", "backup", "migrate"):
        t.run("db", command, "-a", "nobody").expect(
            3, err='no account "nobody"; there is main')
    copy = t.dir / "nowhere" / "copy.db"
    t.run("db", "backup", copy).expect(
        6, err=f"cannot write the backup {copy}.part: No such file")
    kept = database(t).read_bytes()
    database(t).unlink()
    for command in ("info", "check", "backup"):
        t.run("db", command).expect(3, err="has no database yet")
    t.run("db", "migrate").expect(0, out="nothing to do .schema 0, this")
    database(t).write_bytes(b"a shopping list, no database; " * 100)
    database(t).chmod(0o600)
    for command in ("info", "check", "backup"):
        t.run("db", command).expect(6, err="not a database")
    t.run("db", "migrate").expect(6, err="main.db cannot be read")
    database(t).write_bytes(kept)
    t.run("db", "check").expect(0, out="invariants hold")


def test_an_old_schema_is_brought_up(t):
    """db migrate: says what it would do, does it, keeps the old file"""
    service = Service(RATES)
    t.config(service.url, "  main: {mode: live}\n")
    (t.dir / "data").mkdir(mode=0o700)
    packed = lib.ROOT / "tests/db/v1.db.xz"
    with open(database(t), "wb") as f:
        subprocess.run([shutil.which("python3"), "-c",
                        "import lzma,sys;sys.stdout.buffer.write(lzma.open("
                        f"{str(packed)!r}).read())"], stdout=f, check=True)
    database(t).chmod(0o600)
    with sqlite3.connect(database(t)) as db:
        name, mode = db.execute("SELECT account, mode FROM meta").fetchone()
    path = database(t).with_name(f"{name}.db" if mode == "live" else
                                 f"{name}.dry-run.db")
    database(t).rename(path)
    t.config(service.url, f"  {name}: {{mode: {mode}}}\n")
    t.run("db", "migrate", "-n").expect(0, out="schema 1 would become 3")
    with open(path.with_name(path.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        t.run("db", "migrate").expect(4, err="another monitor")
    t.run("db", "migrate").expect(0, out="schema 1 is 3 now")
    t.run("db", "check").expect(0)
    assert path.with_name(path.name + ".backup-v1").exists()


def test_check_for_nagios(t):
    """check: OK, WARNING, CRITICAL and UNKNOWN, with perfdata"""
    service = given(t)
    t.run("check").expect(3, out="UNKNOWN - main: no poll yet")
    t.run("run", "--once").expect(0)
    t.run("check").expect(0, out=r"^CARRYWATCH OK - main: all well \| "
                                 r"age=\d+s positions=1 pending=0 blind=0")
    service.rates = Service(FLIPPED).rates
    t.run("run", "--once").expect(0)
    t.run("check").expect(1, out="WARNING - main: a close is pending")
    with sqlite3.connect(database(t)) as db:
        db.execute("UPDATE positions SET decided_at = decided_at - 901000")
    t.run("check").expect(2, out="CRITICAL - main: a close is pending for")
    with sqlite3.connect(database(t)) as db:
        db.execute("UPDATE polls SET at = at - 3600000")
    t.run("check", "-a", "all").expect(2, out="no poll for more than three")
    t.run("check", "-a", "nobody").expect(3, out="^CARRYWATCH UNKNOWN")


def lines(p):
    return dict(re.findall(r"^(?:ok  |warn|FAIL)  (\w+)", p.out, re.M)
                and [(m[1], m[0]) for m in re.findall(
                    r"^(ok  |warn|FAIL)  (\w+)", p.out, re.M)])


def test_doctor(t):
    """doctor: each failure named, with its remedy; exit 1"""
    control = Control({"main": []})
    service = given(t, ", positions: {control_api: {url: '" + control.url +
                    "', account: main, key: {env: CW_CONTROL}}}, "
                    "on_close: webhook, close: {url: 'http://127.0.0.1:1/', "
                    "secret: {env: CW_CLOSE}}")
    env = {"CW_CONTROL": KEY, "CW_CLOSE": "whsec_x"}
    t.run("run", "--once", env=env).expect(0)
    p = t.run("doctor", env=env).expect(0)
    seen = lines(p)
    assert list(seen) == ["clock", "config", "service", "client", "secrets",
                          "sinks", "directory", "database", "backup", "monitor"], p
    for name in ("config", "service", "client", "directory", "database",
                 "backup"):
        assert seen[name] == "ok  ", (name, p.out)
    assert seen["monitor"] == "warn" and "-> carrywatch run" in p.out
    t.run("doctor", env={"CW_CONTROL": KEY}).expect(
        1, out=r"FAIL  secrets +secret env CW_CLOSE: is not set[^\n]*\n +-> ")
    t.run("doctor", env={"CW_CONTROL": "x", "CW_CLOSE": "x"}).expect(
        1, out=r"FAIL  client[^\n]*the key is missing[^\n]*\n +-> ")
    service.override["/"] = (500, "text/html", "")
    t.run("doctor", env=env).expect(1, out=r"FAIL  service[^\n]*\n +-> is the "
                                           "service running")
    service.override.clear()
    t.config_file.chmod(0o622)
    t.run("doctor", env=env).expect(1, out=r"FAIL  config[^\n]*\n +-> chmod")
    t.config_file.chmod(0o600)
    (t.dir / "data").chmod(0o755)
    t.run("doctor", env=env).expect(0, out=r"warn  directory[^\n]*\n +-> chmod")
    (t.dir / "data").chmod(0o700)
    with sqlite3.connect(database(t)) as db:
        db.execute("UPDATE positions SET status = 'pending_close'")
    t.run("doctor", env=env).expect(1, out="FAIL  database +pending positions")


def test_doctor_before_the_first_start(t):
    """nothing is there yet: said as such, and doctor itself makes nothing"""
    service = Service(RATES)
    t.config(service.url, "  main: {mode: live, venues: [lighter, grvt]}\n")
    p = t.run("doctor").expect(0)
    for want in (r"ok    directory +\S+/data is made at the first start$",
                 r"ok    database +none yet: the first poll makes it$",
                 r"ok    sinks +nothing told yet$",
                 r"warn  backup +none yet\n +-> carrywatch db backup",
                 r"warn  monitor +not running\n +-> carrywatch run, or "):
        assert re.search(want, p.out, re.M), (want, p.out)
    n, s = re.search(r"^0 failures, (\d+) warning(s?)$", p.out, re.M).groups()
    assert s == ("" if n == "1" else "s") and n == str(
        p.out.count("\nwarn ") + p.out.startswith("warn ")), p.out
    assert not (t.dir / "data").exists()


def test_doctor_of_what_half_works(t):
    """a venue that fails, old rates, a directory others write, no backups"""
    service = given(t)
    t.run("run", "--once").expect(0)
    service.override["/funding-rates/grvt"] = (500, "text/plain", "no")
    t.run("doctor").expect(0, r"warn  service +\S+: rates of 1 of 2 venues, 1 "
                           r"rates\n +-> a venue that fails makes its pairs")
    service.override.clear()
    for row in service.rates.values():
        row["BTC"].age = 7200
    t.run("doctor").expect(1, r"FAIL  service +\S+: no fresh rate\n +-> ")
    (t.dir / "data").chmod(0o777)
    t.run("doctor").expect(1, "FAIL  directory +.*others can write in the "
                           "directory.*\n +-> the monitor will not start: "
                           "chmod 700 it")
    (t.dir / "data").chmod(0o700)
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace(
        "storage: {", "storage: {backup_every: 0s, evidence_cap: 1000GB, "))
    t.run("doctor").expect(1, "warn  backup +storage.backup_every is 0s: none "
                           "is made\n +-> carrywatch db backup makes one now")
    t.config_file.write_text(text)
    copy, = backups(t)
    copy.rename(copy.with_name("main.db.20260101T000000Z.db"))
    t.run("doctor").expect(1, r"warn  backup +1 in \S+, the newest is \d+d "
                           r"\d+h old\n +-> is the monitor running\?")
    copy, = backups(t)
    ahead = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + 3600))
    copy.rename(copy.with_name(f"main.db.{ahead}.db"))
    t.run("doctor").expect(1, r"ok    backup +1 in \S+, the newest is 0s old$")


def test_doctor_of_a_program_that_was_replaced(t):
    """a monitor that runs on as another version is to be started again"""
    given(t)
    m = t.monitor("main", "--every", "30s")
    m.wait_line('msg="?poll"?')
    t.run("doctor").expect(0, rf"ok    monitor +running, pid {m.pid}$")
    with sqlite3.connect(database(t)) as db:
        db.execute("UPDATE polls SET version = '0.0.9'")
    t.run("doctor").expect(0, rf"warn  monitor +running, pid {m.pid}, as "
                           r"version 0\.0\.9; this is \d.*\n +-> .*restart")
    assert m.stop() == 0


def test_doctor_names_a_key_others_can_read(t):
    control = Control({"main": []})
    key = t.dir / "key"
    given(t, ", positions: {control_api: {url: '" + control.url + "', "
          f"account: main, key: {{file: {key}}}}}}}")
    key.write_text(KEY)
    key.chmod(0o600)
    t.run("doctor").expect(0, r"ok    client +\S+: 0 positions of main$")
    key.chmod(0o644)
    t.run("doctor").expect(1, r"FAIL  client +accounts.main.positions."
                           r"control_api.key: .*\n +-> make the key readable "
                           "for this user alone$")


if __name__ == "__main__":
    lib.main()
