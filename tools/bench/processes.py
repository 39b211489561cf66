# SPDX-License-Identifier: MIT
"""
What is measured of whole processes: start, restart, memory, wakeups, drift of
the timer, how soon an alert leaves; many accounts on one machine.
"""
import base64
import os
import signal
import sqlite3
import time

from figures import runs
from monitor import (FEW, MANY, Account, Answers, Hook, Ratesim, cpu_ns,
                     pairs_of, serve, smaps, switches)

STARTS = 15
WARM = 6		# polls before the memory of a monitor is read
FLAT = 300		# polls after which it is read again
TICKS = 40
SLOW_S = 10
ALERTS = 11


def measure_start(figures, directory):
    """exec -> decided, recorded, gone: against ratesim on loopback."""
    with Ratesim() as sim:
        account = Account(directory, sim.url,
                          pairs_of(FEW, "lighter", "aster"))
        figures.one("start.first.ns", account.timed("run", "--once"))
        figures.add("start.ns", [account.timed("run", "--once")
                                 for _ in range(runs(STARTS))])
        took = []
        for _ in range(runs(STARTS)):
            monitor = account.start()
            monitor.wait(1)
            took.append(monitor.polls[0][0] - monitor.begun)
            monitor.stop(signal.SIGKILL)
        figures.add("restart.ns", took[1:] or took)


def measure_memory(figures, directory, bodies, flat):
    """An idle monitor with the default interval; polls are asked for."""
    os.sync()	# pages of a program just linked would count as dirty
    server, url = serve(Answers, directory=bodies)
    account = Account(directory, url + "/api/v1",
                      pairs_of(MANY, "aster", "reya"))
    monitor = account.start()
    try:
        monitor.wait(1)
        monitor.poll(WARM)
        monitor.rest()
        seen = smaps(monitor.pid)
        before = cpu_ns(monitor.pid)
        monitor.poll(runs(flat))
        monitor.rest()
        figures.one("cpu.poll.ns",
                    (cpu_ns(monitor.pid) - before) // runs(flat))
        after = smaps(monitor.pid)
    finally:
        monitor.stop()
        server.shutdown()
    figures.one("memory.rss.kb", seen["Rss"])
    figures.one("memory.private.kb",
                seen["Private_Dirty"] + seen["Private_Clean"])
    figures.one("memory.dirty.kb", seen["Private_Dirty"])
    figures.one("memory.pss.kb", seen["Pss"])
    figures.one("memory.flat.kb",
                after["Private_Dirty"] - seen["Private_Dirty"])
    figures.one("memory.flat.polls", runs(flat))


def drift_of(database):
    """Ms behind the whole second of each poll but the first."""
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    at = [row[0] for row in db.execute("SELECT at FROM polls ORDER BY seq")]
    db.close()
    return [t % 1000 * 1000000 for t in at[1:]]


def measure_ticks(figures, directory, bodies):
    """
    Polls every second beside an account whose server answers after 10 s, and
    an idle monitor that ought to sleep all the while.
    """
    server, url = serve(Answers, directory=bodies)
    slow, slow_url = serve(Answers, directory=bodies, delay=SLOW_S)
    pairs = pairs_of(MANY, "aster", "reya")
    one, late, idle = (Account(directory / name, to + "/api/v1", pairs)
                       for name, to in (("one", url), ("late", slow_url),
                                        ("idle", url)))
    monitors = [idle.start("--every", "24h"), late.start("--every", "1s"),
                one.start("--every", "1s")]
    sleeper, stuck, ticker = monitors
    try:
        sleeper.wait(1)
        sleeper.settle()
        begun, before = time.monotonic_ns(), switches(sleeper.pid)
        ticker.wait(1 + runs(TICKS))
        woken = switches(sleeper.pid) - before
        minutes = (time.monotonic_ns() - begun) / 60e9
        stuck.wait(runs(2))
    finally:
        for m in monitors:
            m.stop()
        server.shutdown()
        slow.shutdown()
    figures.one("idle.switches.x100", round(woken / minutes * 100))
    ticks = sorted(drift_of(one.database))
    figures.add("drift.ns", ticks)
    figures.one("drift.p99.ns", ticks[min(len(ticks) * 99 // 100,
                                          len(ticks) - 1)])
    figures.one("drift.slow.p99.ns", max(drift_of(late.database), default=0))


def measure_alerts(figures, directory):
    """From the log's line about a recorded close to the POST that tells it."""
    key = base64.b64encode(bytes(32)).decode()
    came = []
    hook, hook_url = serve(Hook, came=came)
    more = (f"sinks:\n  hook: {{type: webhook, url: '{hook_url}/', "
            f"secret: {{env: BENCH_HOOK}}}}\n"
            "profiles:\n  now: {close: [NOW: age(1h)]}\n")
    took = []
    with Ratesim() as sim:
        for i in range(runs(ALERTS)):
            account = Account(directory / f"alert-{i}", sim.url,
                              pairs_of(FEW, "lighter", "aster", 1),
                              more=more, profile="now",
                              account=", alerts: {sinks: [hook]}")
            account.env["BENCH_HOOK"] = f"whsec_{key}"
            took.append(one_alert(account, came))
    hook.shutdown()
    figures.add("alert.ns", took)


def one_alert(account, came):
    came.clear()
    monitor = account.start()
    monitor.wait(1)
    for _ in range(2000):
        if came:
            break
        time.sleep(0.005)
    monitor.stop()
    return max(came[0] - monitor.polls[0][0], 0)


def measure_accounts(figures, directory, n):
    """n monitors and one service: what a poll costs each of them."""
    with Ratesim() as sim:
        pairs = pairs_of(FEW, "lighter", "aster", 10)
        monitors = [Account(directory / f"{n}-{i}", sim.url, pairs).start()
                    for i in range(n)]
        try:
            for m in monitors:
                m.wait(1)
            rounds = runs(5)
            for m in monitors:
                m.poll()		# the first one began a database
            before = [cpu_ns(m.pid) for m in monitors]
            served = cpu_ns(sim.process.pid)
            for _ in range(rounds):
                all_poll(monitors)
            together(figures, n, monitors, before, rounds)
            figures.one(f"accounts.{n}.server.ns",
                        (cpu_ns(sim.process.pid) - served) // (rounds * n))
        finally:
            for m in monitors:
                m.process.send_signal(signal.SIGTERM)
            for m in monitors:
                m.process.wait()


def all_poll(monitors):
    """At once, as their timers would have it."""
    done = [len(m.polls) for m in monitors]
    for m in monitors:
        m.ask()
    for m, polls in zip(monitors, done):
        m.wait(polls + 1)
    for m in monitors:
        m.rest()


def together(figures, n, monitors, before, rounds):
    for m in monitors:
        m.rest()
    seen = [smaps(m.pid) for m in monitors]
    key = f"accounts.{n}"
    figures.add(f"{key}.cpu.ns", [(cpu_ns(m.pid) - b) // rounds
                                  for m, b in zip(monitors, before)])
    figures.add(f"{key}.dirty.kb", [s["Private_Dirty"] for s in seen])
    figures.add(f"{key}.pss.kb", [s["Pss"] for s in seen])
    figures.add(f"{key}.requests", [m.polls[-1][1] for m in monitors])
