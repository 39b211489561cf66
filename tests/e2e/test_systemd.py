#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What systemd sees: the unit file, messages on a real notify socket, what is
installed where.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3

import lib
from service import Service
from test_run import import_pair

RUN_ONCE = True
RATES = {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0011"}}
ACCOUNT = "  main: {profile: quick, mode: live, venues: [lighter, grvt]}\n"
QUICK = """\
profiles:
  quick:
    poll_interval: 1s
    close:
      - DIVERGENCE_FLIPPED: flip
"""


class Notify:
    """A socket as systemd has it; the messages that came, line by line."""

    def __init__(self, t, abstract=False):
        self.t = t
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"carrywatch-test-{os.getpid()}" if abstract else \
            str(t.dir / "notify")
        self.socket.bind("\0" + name if abstract else name)
        self.socket.settimeout(0.05)
        self.env = {"NOTIFY_SOCKET": "@" + name if abstract else name,
                    "WATCHDOG_USEC": "1000000"}
        self.lines = []

    def poll(self):
        try:
            while True:
                self.lines += self.socket.recv(4096).decode().split("\n")
        except TimeoutError:
            return self.lines

    def wait(self, pattern, since=0):
        def look():
            return next((x for x in self.poll()[since:]
                         if re.search(pattern, x)), None)
        return self.t.wait(look, pattern, 20)

    def count(self, word):
        return sum(x == word for x in self.poll())


def given(t):
    service = Service(RATES)
    t.config(service.url, ACCOUNT, more=QUICK)
    import_pair(t, {})
    return service


def test_ready_after_the_first_poll(t):
    """READY after the first poll, a WATCHDOG for each, STATUS in words"""
    given(t)
    for abstract in (False, True):
        n = Notify(t, abstract)
        m = t.monitor("main", env=n.env)
        n.wait("^READY=1$")
        assert n.lines[0].startswith("EXTEND_TIMEOUT_USEC="), n.lines
        assert 'msg="poll"' in m.text("err")
        assert re.match(r"STATUS=1 positions, 0 alerts, polled 2",
                        n.wait("^STATUS="))
        t.wait(lambda n=n: n.count("WATCHDOG=1") >= 3, "signs of life")
        assert n.count("READY=1") == 1
        assert "set WatchdogSec= to three polls" in m.text("err")
        assert m.stop() == 0
        n.wait("^STOPPING=1$")
        polls = m.text("err").count('msg="poll"')
        assert n.count("WATCHDOG=1") == polls, (n.lines, polls)
        n.socket.close()


def test_a_service_outage_is_life_a_locked_database_is_not(t):
    """WATCHDOG only for completed evaluations"""
    service = given(t)
    service.override["/"] = (500, "text/html", "")
    n = Notify(t)
    m = t.monitor("main", env=n.env)
    n.wait("^READY=1$")
    t.wait(lambda: n.count("WATCHDOG=1") >= 2, "signs of life")
    assert any("service unusable" in x for x in n.lines)
    blocker = sqlite3.connect(t.dir / "data/main.db")
    blocker.execute("BEGIN EXCLUSIVE")
    m.wait_line('msg="poll failed"', since=m.mark(), seconds=40)
    before = n.count("WATCHDOG=1")
    m.wait_line('msg="poll failed"', since=m.mark(), seconds=40)
    assert n.count("WATCHDOG=1") == before
    assert n.wait("^STATUS=last poll failed")
    blocker.rollback()
    blocker.close()
    t.wait(lambda: n.count("WATCHDOG=1") > before, "life again")
    assert m.stop() == 0


def test_reload_is_told(t):
    """HUP: RELOADING with its time, then READY, also when the old one stays"""
    given(t)
    n = Notify(t)
    m = t.monitor("main", env=n.env)
    n.wait("^READY=1$")
    for text, status in ((None, "configuration reloaded"),
                         ("broken: [", "old configuration kept")):
        if text:
            t.config_file.write_text(text)
        since = len(n.poll())
        m.send(signal.SIGHUP)
        n.wait("^RELOADING=1$", since)
        assert int(n.wait("^MONOTONIC_USEC=", since).split("=")[1]) > 0
        n.wait("^READY=1$", since)
        assert status in n.wait("^STATUS=.*configuration", since)
    assert m.stop() == 0


def test_nobody_listens(t):
    """a socket that is not there: the monitor does not care"""
    given(t)
    for name in ("/nonexistent/notify", "relative", "", "@"):
        t.run("run", "--once", env={"NOTIFY_SOCKET": name}).expect(0)


# ---- what is installed ----

def installed(t):
    """make install below a directory of the test."""
    root = t.dir / "root"
    made = t.command("make", "-C", lib.ROOT, f"B={lib.BUILD}", "install",
                     "PREFIX=/usr", f"DESTDIR={root}", seconds=120,
                     env={"MAKEFLAGS": ""}).expect(0).out
    # Other tests run what stands there: it must not be linked anew.
    assert not re.search(r"^(CC|AR|LD)\t", made, re.M), made
    return root


FILES = {
    "usr/bin/carrywatch": 0o755,
    "usr/lib/systemd/system/carrywatch@.service": 0o644,
    "usr/lib/systemd/system/carrywatch.target": 0o644,
    "usr/share/bash-completion/completions/carrywatch": 0o644,
    "usr/share/zsh/site-functions/_carrywatch": 0o644,
    "usr/share/fish/vendor_completions.d/carrywatch.fish": 0o644,
    "usr/share/man/man1/carrywatch.1": 0o644,
    "usr/share/doc/carrywatch/REFERENCE.md": 0o644,
    "usr/share/doc/carrywatch/carrywatch.yaml": 0o644,
    "usr/share/doc/carrywatch/credentials.conf": 0o644,
}


def test_install_and_uninstall(t):
    """make install: every file, its mode, a program that runs; and back"""
    old = os.umask(0o077)
    try:
        root = installed(t)
        root = installed(t)			# twice is fine
    finally:
        os.umask(old)
    found = {str(p.relative_to(root)): p.stat().st_mode & 0o777
             for p in root.rglob("*") if p.is_file() and not p.is_symlink()}
    assert found == FILES, found
    assert os.readlink(root / "usr/bin/positions") == "carrywatch"
    t.command(root / "usr/bin/carrywatch", "version").expect(0)
    t.command("make", "-C", lib.ROOT, f"B={lib.BUILD}", "uninstall",
              "PREFIX=/usr", f"DESTDIR={root}").expect(0)
    assert not [p for p in root.rglob("*") if not p.is_dir()]


def test_the_unit(t):
    """systemd-analyze: the unit is correct, and confined to 1.5 or better"""
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        t.skip("no systemd-analyze here")
    root = installed(t)
    unit = t.dir / "carrywatch@main.service"
    text = (root / "usr/lib/systemd/system/carrywatch@.service").read_text()
    assert "ExecStart=/usr/bin/carrywatch -c /etc/carrywatch/" in text
    unit.write_text(text.replace("/usr/bin/carrywatch",
                                 str(root / "usr/bin/carrywatch")))
    p = t.command(analyze, "verify", "--man=no", unit)
    said = [x for x in p.err.splitlines() if "carrywatch" in x]
    assert p.code == 0 and not said, p
    p = t.command(analyze, "security", "--offline=true", "--threshold=15",
                  unit).expect(0)
    score = re.search(r"exposure level.*?: (\d\.\d)", p.out)
    print(f"#! exposure of the unit (systemd-analyze security): {score[1]}")
    assert float(score[1]) <= 1.5


def test_the_manual(t):
    """carrywatch(1): every command and option, no complaint of groff"""
    page = t.run("manual").expect(0, out=r"^\.TH CARRYWATCH 1").out
    plain = page.replace("\\-", "-")
    for line in t.run("help").out.splitlines():
        match = re.match(r"  ([a-z][a-z-]*(?: [a-z]+)*)\b.*  ", line)
        if match and not line.startswith("  carrywatch "):
            assert f'.SS "{match[1].split("  ")[0]}' in plain, line
    for option in ("--account", "--json", "--clock", "--exit-code"):
        assert option in plain, option
    if shutil.which("groff"):
        p = t.command("groff", "-man", "-Tutf8", "-ww", "-z", stdin=page)
        assert p.code == 0 and not p.err, p


def test_completions(t):
    """fish and zsh scripts name every command; bash is tried for real"""
    fish = t.run("completion", "fish").expect(0).out
    zsh = t.run("completion", "zsh").expect(0).out
    assert zsh.startswith("#compdef carrywatch positions\n")
    for word in ("alerts", "handoffs", "pause", "positions", "backtest"):
        assert f"-a {word} " in fish and word in zsh, word
    for option in ("account", "json", "since"):
        assert re.search(rf"-l {option} -d '", fish), option
        assert f"--{option}" in zsh
    for shell, script in (("fish", fish), ("zsh", zsh)):
        path = t.dir / shell
        path.write_text(script)
        if shutil.which(shell):
            t.command(shell, "-n", path).expect(0)
    assert pathlib.Path("/bin/bash").exists()
    (t.dir / "bash").write_text(t.run("completion", "bash").out)
    t.command("/bin/bash", "-n", t.dir / "bash").expect(0)


if __name__ == "__main__":
    lib.main()
