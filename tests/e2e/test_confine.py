#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The real monitor, confined by itself: it polls, reloads, hands over, tells and
backs up as ever; where the system has less to offer (P-8: no random device, no
/proc, calls denied) it runs all the same and says what is not in force.
"""
import ctypes
import os
import pathlib
import re
import signal
import stat
import struct
import sys

import lib
from control import KEY
from service import Service
from sinks import Sink
from test_control import FLIPPED, PROFILE, RATES
from test_run import import_pair
from test_sinks import KEY as HOOK_KEY

RUN_ONCE = True		# tests/unit/test_confine.c is run with sanitizers
IN_FORCE = (r'msg="confined" account=main files="writes in its directory" '
            r'calls="no programs, no privileges"')
PATIENT = PROFILE.replace("poll_interval: 1s", "poll_interval: 40s")


class Desk:
    """A live account with a webhook for closes and one sink."""

    def __init__(self, t, extra="", sinks=""):
        self.t, self.service = t, Service(RATES)
        self.hook, self.phone = Sink(), Sink()
        self.env = {"CW_HOOK": HOOK_KEY, "CW_TOKEN": "1:x", "CW_CONTROL": KEY}
        self.extra, self.sinks = extra, sinks
        self.write()

    def write(self, names="phone"):
        self.t.config(
            self.service.url, "  main: {profile: plain, mode: live, venues: "
            "[lighter, grvt], on_close: webhook, close: {url: "
            f"'{self.hook.url}', secret: {{env: CW_HOOK}}}}, alerts: "
            f"{{sinks: [{names}]}}}}\n",
            more=PATIENT + self.extra + "sinks:\n  phone: {type: telegram, "
            f"token: {{env: CW_TOKEN}}, chat_id: 7, api: '{self.phone.url}'}}"
            f"\n{self.sinks}")

    def close(self):
        for one in (self.service, self.hook, self.phone):
            one.close()


def poll(m, number=signal.SIGUSR1, pattern='msg="poll" .*result=ok'):
    mark = m.mark()
    m.send(number)
    return m.wait_line(pattern, since=mark)


def status(m):
    path = pathlib.Path(f"/proc/{m.pid}/status")
    return path.read_text() if path.exists() else ""


def need_kernel(t, m):
    """The line about confinement; skips where the kernel has neither."""
    line = m.wait_line('msg="confined"|msg="not confined"').string
    if "the kernel has no Landlock" in line:
        t.skip("the kernel has no Landlock")
    return line


def test_everything_goes_on(t):
    """confined: poll, reload, hand-off, alert and backup work as ever"""
    desk = Desk(t)
    import_pair(t, {})
    m = t.monitor("main", env=desk.env)
    line = need_kernel(t, m)
    assert re.search(IN_FORCE, line), line
    m.wait_line('msg="poll" .*result=ok')
    m.wait_line('msg="backup"')
    assert list((t.dir / "data/backups").glob("*.db"))
    text = status(m)
    if text:
        assert re.search(r"^Seccomp:\s+2$", text, re.M), text
        assert re.search(r"^NoNewPrivs:\s+1$", text, re.M), text
    desk.extra = "costs: {round_trip: 9bps}\n"
    desk.write()
    poll(m, signal.SIGHUP, "reload")
    poll(m)
    assert "not reloaded" not in m.text(), m.text()
    desk.service.rates = Service(FLIPPED).rates
    poll(m)
    m.wait_line('msg="hand-off" .*state=acknowledged')
    m.wait_line('msg="alert delivered"')
    assert len(desk.hook.requests) == 1 and desk.phone.requests
    assert m.stop() == 0
    desk.close()


def test_a_linked_backup_directory(t):
    """backups on another disk, by a link: still written"""
    other = t.dir / "disk"
    other.mkdir(0o700)
    data = t.dir / "data"
    data.mkdir(0o700)
    (data / "backups").symlink_to(other)
    desk = Desk(t)
    m = t.monitor("main", env=desk.env)
    m.wait_line('msg="backup"')
    assert list(other.glob("*.db"))
    assert m.stop() == 0
    desk.close()


def test_programs_are_run(t):
    """with an exec sink nothing is confined, and the program is run"""
    program = t.dir / "told"
    program.write_text(f"#!/bin/sh\ncat > {t.dir}/message\n")
    program.chmod(stat.S_IRWXU)
    desk = Desk(t, sinks=f"  own: {{type: exec, program: {program}}}\n")
    desk.write("phone, own")
    import_pair(t, {})
    desk.service.rates = Service(FLIPPED).rates
    p = t.run("run", "--once", env=desk.env).expect(0)
    assert 'msg="not confined"' in p.err and \
        "a program is run for a sink or a close" in p.err, p
    assert "CLOSE" in (t.dir / "message").read_text()
    desk.close()


def test_a_program_by_reload(t):
    """a reload that brings a program is refused: restart it"""
    desk = Desk(t, sinks="  own: {type: exec, program: /bin/true}\n")
    m = t.monitor("main", env=desk.env)
    need_kernel(t, m)
    m.wait_line('msg="poll" .*result=ok')
    desk.write("phone, own")
    poll(m, signal.SIGHUP, "this monitor has given that up: restart it")
    poll(m)
    assert m.stop() == 0
    desk.close()


def test_switched_off(t):
    """process.confine: false leaves everything as it was"""
    desk = Desk(t, extra="process: {confine: false}\n")
    p = t.run("run", "--once", env=desk.env).expect(0)
    assert 'msg="not confined"' in p.err and \
        "process.confine is false" in p.err, p
    desk.close()


# ---- P-8 ----

def elsewhere(t, command, env=None):
    """One poll in a mount namespace of its own, after `command`."""
    p = t.command("unshare", "-m", "/bin/sh", "-c",
                  f"({command}) || exit 99\nexec {t.binary('carrywatch')} -c "
                  f"{t.config_file} run --once", env=env)
    if p.code == 99 or "unshare" in p.err:
        t.skip("no mounts here")
    return p


def polls_and_hands_over(t, command):
    desk = Desk(t)
    import_pair(t, {})
    desk.service.rates = Service(FLIPPED).rates
    p = elsewhere(t, command, desk.env).expect(0)
    assert 'msg="poll"' in p.err and "result=ok" in p.err, p
    assert len(desk.hook.requests) == 1, p
    desk.close()


def test_no_random_device(t):
    """without /dev/urandom and /dev/random: polls and hands over as ever"""
    polls_and_hands_over(t, "mount -t tmpfs none /dev && "
                         "! test -e /dev/urandom")


def test_no_proc(t):
    """without /proc: polls and hands over as ever"""
    polls_and_hands_over(t, "mount -t tmpfs none /proc && "
                         "! test -e /proc/self")


def deny(numbers):
    """In the child: a filter as a container has one; these calls get EPERM."""
    code = struct.pack("HBBI", 0x20, 0, 0, 0)		# the number
    for n in numbers:
        code += struct.pack("HBBI", 0x15, 0, 1, n)
        code += struct.pack("HBBI", 0x06, 0, 0, 0x00050001)
    code += struct.pack("HBBI", 0x06, 0, 0, 0x7fff0000)
    buf = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = [("n", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    libc = ctypes.CDLL(None, use_errno=True)
    program = Program(len(code) // 8, ctypes.addressof(buf))
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0


def test_calls_are_denied(t):
    """Landlock, prctl's filter and getrandom denied from outside: it says so"""
    if os.uname().machine != "x86_64":
        t.skip("the numbers below are of x86_64")
    desk = Desk(t)
    import_pair(t, {})
    desk.service.rates = Service(FLIPPED).rates
    # landlock_create_ruleset, getrandom, seccomp, pidfd_open
    p = t.command(sys.executable, __file__, "--denied", "444,318,317,434",
                  t.binary("carrywatch"), "-c", t.config_file, "run", "--once",
                  env=desk.env)
    if "AssertionError" in p.err:
        t.skip("no filters here")
    p.expect(0, err=r'level=warning msg="confined" .*files="Operation not '
             r'permitted" calls="no programs, no privileges"')
    assert "result=ok" in p.err and len(desk.hook.requests) == 1, p
    desk.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--denied"]:
        deny([int(n) for n in sys.argv[2].split(",")])
        os.execv(sys.argv[3], sys.argv[3:])
    lib.main()
