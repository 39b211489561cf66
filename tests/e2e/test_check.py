#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check, doctor and status: nobody can be reached, nothing is handed over, a
clock went back: said by each of them, not only in the log."""
import signal
import sqlite3
import time

import lib
import test_alerts
import test_handoffs
from control import pair
from service import Service
from sinks import Answer
from test_run import import_pair


def write(t, sql, name="main"):
    with sqlite3.connect(t.dir / f"data/{name}.db") as db:
        db.execute(sql)


def test_nobody_can_be_reached(t):
    """letters that died or wait long: check warns, doctor names sink and reason"""
    desk = test_alerts.Desk(t, test_alerts.GOOD, sinks="phone")
    desk.phone.default = Answer(401)
    import_pair(t, {})
    desk.once()
    t.run("check").expect(0)
    desk.rates(test_alerts.THIN)
    desk.once()
    t.run("check").expect(1, out="WARNING - main: .*phone takes no messages")
    t.run("doctor", env=desk.env).expect(
        0, out=r"warn  sinks +phone: the last message was given up: .*\n +-> ")
    write(t, "UPDATE deliveries SET state = 'queued'")
    t.run("doctor", env=desk.env).expect(0, out=r"ok    sinks ")
    assert "messages wait" not in t.run("check").expect(1).out	# not yet
    write(t, "UPDATE outbox SET at = at - 1000000")
    t.run("check").expect(1, out="messages wait for phone")
    t.run("doctor", env=desk.env).expect(
        0, out=r"warn  sinks +phone: 1 message waits for more [^\n]*\n +-> ")
    write(t, "UPDATE deliveries SET state = 'delivered', error = ''")
    t.run("check").expect(1, out="WARNING - main: an alert line holds \\|")


def test_a_sink_that_was_renamed(t):
    """what waits under a name nobody has any more: logged and in doctor"""
    desk = test_alerts.Desk(t, test_alerts.THIN, sinks="phone")
    desk.phone.default = Answer(500)
    import_pair(t, {})
    desk.once()
    m = desk.start()
    m.wait_line('msg="?poll"?')
    t.config_file.write_text(t.config_file.read_text().replace(
        "phone", "handy"))
    m.send(signal.SIGHUP)
    m.wait_line('level=warn.* msg="nobody takes these messages" .*sink=phone')
    assert m.stop() == 0
    t.run("doctor", env=desk.env).expect(
        0, out="warn  sinks +messages wait for phone, which alerts.sinks does "
        "not name\n +-> ")
    t.config_file.write_text(t.config_file.read_text().replace(
        "handy", "phone"))
    assert "nobody takes" not in desk.once().err


def test_alerts_that_fire(t):
    """client down and a refused configuration are CRITICAL, pausing warns"""
    desk = test_handoffs.Desk(t)
    desk.once()
    t.run("check").expect(0)
    t.run("pause", "-a", "main").expect(0)
    t.run("check").expect(1, out="WARNING - main: hand-offs are paused")
    t.run("resume", "-a", "main").expect(0)
    url, text = desk.control.url, t.config_file.read_text()
    t.config_file.write_text(text.replace(url, "http://127.0.0.1:9"))
    desk.once()
    t.run("check").expect(0)			# not yet worth a word
    write(t, "UPDATE alerts SET since = since - 200000")
    t.run("check").expect(2, out="CRITICAL - main: the trading client is down")
    t.config_file.write_text(text)
    desk.once()
    t.run("check").expect(0)
    m = desk.start()
    m.wait_line('msg="?poll"?')
    t.config_file.write_text(text.replace("version: 1", "version: 2"))
    m.send(signal.SIGHUP)
    m.wait_line("old configuration kept")
    m.wait_line('msg="?poll"?', since=m.mark())
    t.config_file.write_text(text)
    t.run("check").expect(2, out="the configuration was refused")
    assert m.stop() == 0


def test_what_it_says_moves_no_cursor(t):
    """a path with an escape in it is shown, not obeyed"""
    p = t.run("check", env={"CARRYWATCH_CONFIG": "\x1b[2J\x07"},
              config=False).expect(3, out="CARRYWATCH UNKNOWN - ")
    assert "\x1b" not in p.out and "\x07" not in p.out, p


def test_a_file_that_is_being_written(t):
    """db migrate waits for a commit that is on its way"""
    desk = test_alerts.Desk(t, test_alerts.GOOD)
    desk.once()
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("BEGIN EXCLUSIVE")
        p = t.start(t.binary("carrywatch"), "-c", t.config_file, "db",
                    "migrate", env=desk.env)
        time.sleep(0.5)
        db.execute("COMMIT")
    assert p.wait() == 0, p.text()


def test_the_worst_of_several(t):
    """CRITICAL outranks UNKNOWN; a clock behind the last poll is CRITICAL"""
    service = Service(test_alerts.GOOD)
    account = "{profile: plain, mode: live, venues: [lighter, grvt]}"
    t.config(service.url, f"  main: {account}\n  other: {account}\n",
             more=test_alerts.PROFILE)
    t.run("run", "--once", "-a", "main").expect(0)
    t.run("check", "-a", "all").expect(3)
    write(t, "UPDATE polls SET at = at + 180000")
    t.run("check", "-a", "main").expect(
        2, out="CRITICAL - main: the clock is behind the last poll")
    t.run("check", "-a", "all").expect(2, out="UNKNOWN - other: no database")


def test_closes_that_wait_for_a_person(t):
    """held back, refused, without an answer: CRITICAL, and a line of status"""
    desk = test_handoffs.Desk(t, pairs=[
        pair(f"u-{i}", "BTC", "lighter", "grvt") for i in range(5)])
    desk.once()
    desk.flip()
    desk.once()
    t.run("check").expect(2, out="5 closes wait for handoffs confirm")
    t.run("status", "-o", "table").expect(3, out="  hand-offs  5 wait for: "
                                          "carrywatch handoffs confirm")
    row, = t.run("status", "-a", "main", "--json").json()
    assert row["handoffs_held"] == 5, row
    write(t, "UPDATE handoffs SET held = '', state = 'failed' WHERE id = 1")
    write(t, "UPDATE handoffs SET held = '', state = 'unknown' WHERE id > 1")
    t.run("check").expect(2, out="a close was refused, a close is without an "
                                 "answer")
    t.run("status", "-o", "table").expect(3, out="  hand-offs  5 need a look: "
                                          "carrywatch handoffs list")
    # Its alert says no more than the hand-off itself; another does.
    write(t, "UPDATE alerts SET kind = 'handoff', severity = 3")
    p = t.run("check").expect(2, out="a close was refused")
    assert "does not go on" not in p.out, p
    write(t, "UPDATE alerts SET kind = 'breaker'")
    assert "does not go on" not in t.run("check").out
    write(t, "UPDATE alerts SET kind = 'venue'")
    t.run("check").expect(2, out="a venue is down")
    write(t, "UPDATE handoffs SET state = 'confirmed' WHERE id > 1")
    write(t, "UPDATE handoffs SET held = 'spread', state = 'queued'"
             " WHERE id = 1")
    t.run("check").expect(2, out="1 close waits for handoffs confirm.* held=1$")


def test_each_alert_has_words_of_its_own(t):
    """what lasts by its kind, never by its title; a new one is given a while"""
    desk = test_alerts.Desk(t, test_alerts.THIN, sinks="phone")
    import_pair(t, {})
    desk.once()

    def lasts(kind, severity=1, more=""):
        write(t, f"UPDATE alerts SET kind = '{kind}', severity = {severity}, "
                 f"title = 'x | y=1'{more}")
        p = t.run("check")
        assert "x | y=1" not in p.out, p
        return p
    for kind, says in (
            ("service", "the service is down"), ("venue", "a venue is down"),
            ("pair", "pairs are not watched"),
            ("waiting", "a line waits for data"), ("near", "a close is near"),
            ("clock", "the clock was set back"),
            ("handoff", "a hand-off does not go on"),
            ("breaker", "a hand-off does not go on"),
            ("tomorrow", "an alert lasts")):
        lasts(kind).expect(1, f"WARNING - main: {says} .*alerts=1 ")
        lasts(kind, 2).expect(2, f"CRITICAL - main: (no poll [^|]*, )?{says} ")
    lasts("blind").expect(1, "positions are blind .*blind=1 alerts=1 ")
    for kind in ("close", "paused"):		# said of positions, brakes
        lasts(kind, 2).expect(0, "all well .*alerts=1 ")
    young = f", tellings = 0, since = {int(time.time() * 1000)}"
    lasts("venue", 2, young).expect(0, "all well .*alerts=1 ")
    lasts("venue", 2, ", since = 0").expect(2, "a venue is down")
    lasts("venue", 2, ", over_at = 1").expect(0, "all well .*alerts=0 ")


def test_a_poll_that_failed_is_a_warning(t):
    """its result is said; status shows why, and how much evidence there is"""
    desk = test_alerts.Desk(t, test_alerts.GOOD)
    desk.service.override["/"] = (500, "text/html", "<h1>no</h1>")
    desk.once(5)
    t.run("check").expect(1, "WARNING - main: [a-z ]+ \\| age=")
    t.run("status", "-o", "table").expect(3, "^  error +.*HTTP 500")
    write(t, "UPDATE evidence SET data = zeroblob(2320000)")
    t.run("status", "-o", "table").expect(3, "^  evidence +2.3 MB$")
    write(t, "UPDATE polls SET at = at + 60000")
    assert " ago" not in t.run("status", "-o", "table").expect(
        3, "^  poll ").out


if __name__ == "__main__":
    lib.main()
