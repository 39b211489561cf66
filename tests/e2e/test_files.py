#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
D-7, X-7: whose files they are. The monitor refuses what another user could
have put there or could change, says what to do, and starts once it is done;
what it makes itself is private, whatever the umask.
"""
import os
import stat
import subprocess

import lib
from service import Service
from test_run import PROFILES, given

RUN_ONCE = True		# no memory is handled here that others do not test
RATES = {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0011"}}
NOBODY = 65534


def begin(t):
    given(t, RATES)
    return t.dir / "data", t.dir / "data/main.db"


def once(t, code=0, err=None):
    return t.run("run", "--once").expect(code, err=err)


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def need_root(t):
    if os.geteuid() != 0:
        t.skip("only root can give files away")


def test_umask_0(t):
    """with umask 0 everything made is private: 0700 and 0600"""
    data, db = begin(t)
    p = subprocess.run(
        ["/bin/sh", "-c", 'umask 0; exec "$@"', "sh", t.binary("carrywatch"),
         "-c", str(t.config_file), "run", "--once"], env=t.env(), cwd=t.dir,
        capture_output=True, text=True, check=False)
    assert p.returncode == 0, p
    made = {str(f.relative_to(t.dir)): oct(mode(f))
            for f in [data, *data.rglob("*")]}
    wrong = {k: v for k, v in made.items()
             if v != ("0o700" if (t.dir / k).is_dir() else "0o600")}
    assert not wrong and len(made) >= 4, made
    assert mode(db) == 0o600


def test_database_missing_or_empty(t):
    """a missing or empty database is a new one for the monitor alone"""
    _, db = begin(t)
    assert t.run("positions", "list", "--json").json() == []
    assert not db.parent.exists()		# who only looks makes nothing
    db.parent.mkdir(mode=0o700)
    db.touch(0o600)
    assert t.run("positions", "list", "--json").json() == []
    assert db.stat().st_size == 0
    once(t)
    assert db.stat().st_size > 0


def test_database_that_vanished(t):
    """a database that was there and is gone or empty now is no new one"""
    _, db = begin(t)
    once(t)
    db.unlink()
    once(t, 6, "went back: polls up to 1 were recorded, it ends at 0")
    assert t.run("positions", "list", "--json").json() == []
    t.run("run", "--once", "--restored").expect(0)


def test_database_is_a_directory(t):
    """a directory in the place of the database is refused"""
    _, db = begin(t)
    db.mkdir(parents=True)
    once(t, 6, "main.db is not a file")


def test_database_is_a_link(t):
    """a symbolic link in the place of the database is refused, both ways"""
    data, db = begin(t)
    once(t)
    db.rename(data / "elsewhere.db")
    before = (data / "elsewhere.db").read_bytes()
    db.symlink_to(data / "elsewhere.db")
    once(t, 6, "main.db is a symbolic link: name the database itself")
    t.run("positions", "list").expect(6, err="symbolic link")
    db.unlink()
    db.symlink_to(data / "nothing")		# one that leads nowhere
    once(t, 6, "is a symbolic link")
    assert not (data / "nothing").exists()
    assert (data / "elsewhere.db").read_bytes() == before


def test_database_mode(t):
    """a database others can write becomes ours again, readable ones stay"""
    _, db = begin(t)
    once(t)
    for before, after in ((0o666, 0o644), (0o660, 0o640), (0o640, 0o640),
                          (0o600, 0o600)):
        db.chmod(before)
        once(t)
        assert mode(db) == after, (oct(before), oct(mode(db)))


def test_database_of_another_user(t):
    """a database of another user is refused, with what to do"""
    need_root(t)
    _, db = begin(t)
    once(t)
    os.chown(db, NOBODY, NOBODY)
    once(t, 6, "belongs to user 65534, not to you .*: run this as that user")


def test_directory_others_write(t):
    """a directory others can write in is refused until it is closed"""
    data, _ = begin(t)
    once(t)
    for wrong in (0o777, 0o770, 0o702):
        data.chmod(wrong)
        once(t, 6, "others can write in the directory: chmod go-w it")
        t.run("positions", "import", "-", stdin="{}").expect(6)
    data.chmod(0o755)
    once(t)
    data.chmod(0o1777)			# as /tmp: files stay their owner's
    once(t)


def test_directory_of_another_user(t):
    """a directory of another user is refused"""
    need_root(t)
    data, _ = begin(t)
    once(t)
    os.chown(data, NOBODY, NOBODY)
    once(t, 6, "the directory belongs to another user: chown it")


def test_directory_is_a_link(t):
    """a linked directory counts as its target; another user's link does not"""
    data, db = begin(t)
    real = t.dir / "disk"
    real.mkdir(0o700)
    data.symlink_to(real)
    once(t)
    assert (real / db.name).exists()
    real.chmod(0o777)
    once(t, 6, "others can write in the directory")
    real.chmod(0o700)
    need_root(t)
    os.lchown(data, NOBODY, NOBODY)
    once(t, 6, "is a symbolic link of another user")


def test_directory_is_a_file(t):
    """a file in the place of the directory is refused"""
    data, _ = begin(t)
    data.touch()
    p = t.run("run", "--once")
    assert p.code == 6 and "Not a directory" in p.err, p


def test_lock(t):
    """a lock that is a link, a pipe or another user's is refused"""
    data, _ = begin(t)
    once(t)
    lock, victim = data / "main.db.lock", t.dir / "victim"
    victim.write_text("precious")
    lock.unlink()
    lock.symlink_to(victim)
    p = t.run("run", "--once")
    assert p.code != 0 and "it is a symbolic link; remove it" in p.err, p
    assert victim.read_text() == "precious"
    lock.unlink()
    os.mkfifo(lock)
    once(t, 6, "main.db.lock: is not a file")
    lock.unlink()
    once(t)
    need_root(t)
    os.chown(lock, NOBODY, NOBODY)
    once(t, 6, "main.db.lock: belongs to another user")


def test_backups(t):
    """backups go into no directory that others can write in"""
    data, _ = begin(t)
    once(t)
    backups = data / "backups"
    for old in backups.iterdir():
        old.unlink()
    backups.chmod(0o777)
    once(t, err="no backup.*others can write in the directory")
    assert not list(backups.iterdir())
    backups.chmod(0o700)
    once(t)
    made, = backups.glob("*.db")
    assert mode(made) == 0o600
    # A link planted under the name that is written first is replaced.
    victim, copy = t.dir / "victim", t.dir / "copy.db"
    victim.write_text("precious")
    (t.dir / "copy.db.part").symlink_to(victim)
    t.run("db", "backup", copy).expect(0)
    assert victim.read_text() == "precious" and not copy.is_symlink()
    assert mode(copy) == 0o600


def test_secret(t):
    """a secret that others can read, or that is a link, is refused"""
    service = Service(RATES)
    secret = t.dir / "token"
    secret.write_text("planted-token\n")
    t.config(service.url, "  main: {profile: conservative, mode: live, "
             "venues: [lighter, grvt], alerts: {sinks: [a]}}\n",
             more=PROFILES + "sinks:\n  a: {type: webhook, url: "
             f"'http://127.0.0.1:9/', secret: {{file: {secret}}}}}\n")
    secret.write_text("whsec_plantedplantedplantedplantedplant\n")
    for wrong in (0o644, 0o640, 0o604, 0o660):
        secret.chmod(wrong)
        once(t, 78, "can be read by others: chmod 600")
    secret.chmod(0o600)
    once(t)
    secret.rename(t.dir / "real")
    secret.symlink_to(t.dir / "real")
    once(t, 78, "is a symbolic link: name the file itself")
    secret.unlink()
    secret.mkdir()
    once(t, 78, "is not a file")


def test_configuration(t):
    """a configuration of another user is refused, one others read warns"""
    begin(t)
    t.config_file.chmod(0o644)
    once(t, err="others may read this file: chmod 600")
    t.config_file.chmod(0o666)
    once(t, err="others may change this file: chmod 600")
    need_root(t)
    os.chown(t.config_file, NOBODY, NOBODY)
    once(t, 78, "belongs to another user: make it yours, or root's")


def test_read_only(t):
    """a read-only file system refuses the start and leaves the rest alone"""
    need_root(t)
    data, db = begin(t)
    once(t)
    p = t.command("unshare", "-m", "/bin/sh", "-c",
                  f"mount --bind {data} {data} && mount -o "
                  f"remount,bind,ro {data} || exit 99\n"
                  f"{t.binary('carrywatch')} -c {t.config_file} run --once")
    if p.code == 99 or "Operation not permitted" in p.err:
        t.skip("no mounts here")
    assert p.code in (1, 6) and "Read-only file system" in p.err, p
    assert db.exists()
    once(t)


if __name__ == "__main__":
    lib.main()
