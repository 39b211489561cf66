#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
A decision reaches a person: the real monitor, real sockets, receivers that
fail. Conditions, repeats, order and secrets.
"""
import datetime
import json
import re
import signal
import sqlite3

import lib
from service import Service
from sinks import Answer, Sink, free_port
from test_run import import_pair

LONG_SANITIZED = True
TOKEN = "123456:planted-telegram-token"
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PROFILE = """\
profiles:
  plain:
    poll_interval: 1s
    close:
      - DIVERGENCE_FLIPPED: flip
    alert:
      - HALF: erosion(0.5)
"""
GOOD = {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0011"}}
THIN = {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0004"}}
FLIPPED = {"lighter": {"BTC": "0.0011"}, "grvt": {"BTC": "0.0002"}}


class Desk:
    """A live account `main` with one telegram sink and one webhook."""

    def __init__(self, t, rates=None, alerts="", hook=None, sinks="phone, hook",
                 mode="live"):
        self.t = t
        self.service = Service(rates or GOOD)
        self.phone, self.hook = Sink(), Sink()
        self.phone.default = Answer(200, '{"ok":true}')
        self.env = {"CW_TOKEN": TOKEN, "CW_KEY": KEY}
        t.config(self.service.url,
                 f"  main: {{profile: plain, mode: {mode}, venues: [lighter, "
                 f"grvt], alerts: {{sinks: [{sinks}]{alerts}}}}}\n",
                 more=PROFILE + "sinks:\n"
                 "  phone: {type: telegram, token: {env: CW_TOKEN}, "
                 f"chat_id: 7, api: '{self.phone.url}'}}\n"
                 "  hook: {type: webhook, secret: {env: CW_KEY}, "
                 f"url: '{hook or self.hook.url}/'}}\n"
                 "  duty: {type: pagerduty, routing_key: {env: CW_KEY}, "
                 f"api: '{self.hook.url}'}}\n"
                 "  beat: {type: healthchecks, url: {env: CW_BEAT}}\n")

    def rates(self, rates):
        self.service.rates = Service(rates).rates

    def once(self, code=0):
        return self.t.run("run", "--once", env=self.env).expect(code)

    def start(self, *args):
        return self.t.monitor("main", *args, env=self.env)

    def texts(self):
        return [json.loads(r.body)["text"] for r in self.phone.requests]

    def db(self, sql, *args):
        name = "main.db"
        with sqlite3.connect(self.t.dir / "data" / name) as db:
            return db.execute(sql, args).fetchall()


def first_lines(desk):
    return [re.sub("</?b>", "", x.split("\n")[0]) for x in desk.texts()]


def test_a_decided_close_reaches_a_person(t):
    """a close is told in both sinks, with money, legs and commands; then over"""
    desk = Desk(t)
    import_pair(t, {"long_qty": "0.2", "short_qty": "0.21"})
    desk.once()
    assert not desk.phone.requests, desk.texts()
    desk.rates(FLIPPED)
    desk.once()
    assert first_lines(desk) == ["CLOSE main/1 BTC DIVERGENCE_FLIPPED"]
    text = desk.texts()[0]
    assert "\nnow -18.00 USD/8h, next " in text, text
    assert ", exit cost 8.00 USD\n" in text, text
    assert ("\nto unwind: long 0.2 BTC on lighter, short 0.21 BTC on grvt\n"
            in text), text
    assert "\nonce it is closed: carrywatch positions close -a main 1\n" in text
    assert text.endswith("\nwhy: carrywatch explain -a main 1"), text
    hook = json.loads(desk.hook.requests[0].body)
    assert hook["type"] == "alert.close"
    assert hook["data"]["fingerprint"] == "main/1/close"
    assert hook["data"]["symbol"] == "BTC" and hook["data"]["position"] == 1
    assert hook["data"]["severity"] == "critical"
    desk.once()					# it lasts: not told again
    assert len(desk.phone.requests) == 1
    t.run("positions", "close", 1, "-y").expect(0)
    desk.once()
    assert first_lines(desk)[1:] == [
        "OVER CLOSE main/1 BTC DIVERGENCE_FLIPPED"], desk.texts()
    over = json.loads(desk.hook.requests[1].body)["data"]
    assert over["resolved"] is True and over["fingerprint"] == "main/1/close"
    assert desk.db("SELECT count(*) FROM deliveries WHERE state = "
                   "'delivered' AND tries = 1") == [(4,)]


def test_an_alert_changes_and_ends(t):
    """alert, then close: two conditions, each told once and ended once"""
    desk = Desk(t, THIN)
    import_pair(t, {})
    desk.once()
    assert first_lines(desk) == ["ALERT main/1 BTC HALF"]
    desk.once()
    desk.rates(FLIPPED)
    desk.once()
    assert sorted(first_lines(desk)[1:]) == [
        "CLOSE main/1 BTC DIVERGENCE_FLIPPED", "OVER ALERT main/1 BTC HALF"]


def test_a_service_outage_is_one_message(t):
    """service down: one message names the blind pairs; back is told"""
    desk = Desk(t)
    import_pair(t, {"external_id": "a"}, {"external_id": "b"})
    desk.once()
    desk.service.override["/"] = (500, "text/html", "<h1>no</h1>")
    desk.once(5)
    with sqlite3.connect(t.dir / "data/main.db") as db:	# it has lasted
        db.execute("UPDATE alerts SET since = since - 181000")
    desk.once(5)
    assert first_lines(desk) == ["SERVICE DOWN main"], desk.texts()
    assert "2 positions without fresh rates: 1 BTC, 2 BTC" in desk.texts()[0]
    desk.service.override.clear()
    desk.once()
    assert first_lines(desk)[1:] == ["OVER SERVICE DOWN main"]


def test_a_short_outage_is_not_worth_a_word(t):
    """an outage below three minutes is not told, nor its end"""
    desk = Desk(t)
    import_pair(t, {})
    desk.service.override["/"] = (500, "text/html", "")
    desk.once(5)
    desk.service.override.clear()
    desk.once()
    assert not desk.phone.requests, desk.texts()


def test_one_sink_that_fails_does_not_stop_the_other(t):
    """a sink that is down: the other hears at once; polls go on; later it all"""
    port = free_port()
    desk = Desk(t, FLIPPED, hook=f"http://127.0.0.1:{port}")
    import_pair(t, {})
    m = desk.start()
    t.wait(lambda: desk.phone.requests, "the phone")
    m.wait_line("alert not delivered.*sink=hook.*cannot connect")
    since = m.mark()
    m.wait_line('msg="poll"', since=since)
    m.wait_line('msg="poll"', since=m.mark())
    assert desk.db("SELECT state, error FROM deliveries WHERE sink = 'hook'"
                   )[0][1] == "cannot connect"
    assert m.stop() == 0
    desk.hook.close()
    # The same monitor, with the receiver there: what waited arrives.
    desk.env["CW_KEY"] = KEY
    hook = Sink()
    text = t.config_file.read_text().replace(f"127.0.0.1:{port}",
                                             hook.url[len("http://"):])
    t.config_file.write_text(text)
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE deliveries SET next_at = 0")
    desk.once()
    assert [json.loads(r.body)["data"]["kind"] for r in hook.requests] == [
        "close"]
    hook.close()


def test_a_lost_answer_is_sent_again_with_the_same_id(t):
    """killed between sending and the answer: again, under the same id"""
    desk = Desk(t, FLIPPED, sinks="hook")
    import_pair(t, {})
    desk.hook.default = Answer(200, wait=30)
    m = desk.start()
    t.wait(lambda: desk.hook.requests, "the hook")
    m.send(signal.SIGKILL)
    m.wait()
    assert desk.db("SELECT state FROM deliveries") == [("sent",)]
    desk.hook.default = Answer(200)
    desk.once()
    ids = [r.headers["webhook-id"] for r in desk.hook.requests]
    assert len(ids) == 2 and len(set(ids)) == 1, ids
    assert desk.db("SELECT state, tries FROM deliveries") == [
        ("delivered", 2)]


def test_a_slow_sink_never_delays_a_poll(t):
    """an answer that takes ten seconds: polls come every second all the same"""
    desk = Desk(t, FLIPPED, sinks="hook")
    import_pair(t, {})
    desk.hook.default = Answer(200, wait=10)
    m = desk.start()
    t.wait(lambda: desk.hook.requests, "the hook")
    since = m.mark()
    for _ in range(3):
        m.wait_line('msg="poll"', since=since)
        since = m.mark()
    assert desk.db("SELECT state FROM deliveries") == [("sent",)]
    assert desk.db("SELECT max(missed_ticks) FROM polls")[0][0] <= 1
    m.send(signal.SIGTERM)
    m.send(signal.SIGINT)		# the second one ends the waiting
    assert m.wait() == 0


def test_retry_after_is_honoured(t):
    """429 with Retry-After: not before"""
    desk = Desk(t, FLIPPED, sinks="phone")
    import_pair(t, {})
    desk.phone.answers = [Answer(429, '{"parameters":{"retry_after":3000}}')]
    desk.once()
    at, wait = desk.db("SELECT o.at, d.next_at - o.at FROM deliveries d JOIN "
                       "outbox o ON o.id = d.message")[0]
    assert at and wait >= 3000 * 1000, wait
    desk.once()
    assert len(desk.phone.requests) == 1


def test_a_close_is_told_before_the_backup(t):
    """a due backup, which may be long, waits until the close was told"""
    desk = Desk(t, FLIPPED, sinks="hook")
    import_pair(t, {})
    copies = t.dir / "data/backups"
    seen = []

    def answer(_):
        seen.append(any(copies.glob("*.db")))
        return Answer()

    desk.hook.answer = answer
    m = desk.start("--every", "24h")
    m.wait_line('msg="?backup"?')
    assert seen == [False], seen
    assert any(copies.glob("*.db"))
    assert m.stop() == 0


def test_heartbeat(t):
    """a ping after each good poll, at most one a minute; /fail when it is not"""
    beat = Sink()
    desk = Desk(t, sinks="beat")
    desk.env["CW_BEAT"] = f"{beat.url}/planted-uuid"
    desk.once()
    assert [r.path for r in beat.requests] == ["/planted-uuid"]
    m = desk.start()
    for _ in range(3):
        m.wait_line('msg="poll"', since=m.mark())
    assert len(beat.requests) == 2, beat.requests
    blocker = sqlite3.connect(t.dir / "data/main.db")
    blocker.execute("BEGIN EXCLUSIVE")
    t.wait(lambda: beat.requests[-1].path == "/planted-uuid/fail", "a fail",
           30)
    blocker.rollback()
    blocker.close()
    assert m.stop() == 0
    assert "planted" not in m.text()
    beat.close()


def test_a_feed_that_was_reset(t):
    """ten rates of a venue turn to 0 at once: told once"""
    coins = [f"C{i}" for i in range(10)]

    def rates(coin):
        return {"lighter": {"BTC": "0.0001", **{c: coin for c in coins}},
                "grvt": {"BTC": "0.0011"}}
    desk = Desk(t, rates("0.0002"), sinks="phone")
    import_pair(t, {})
    m = desk.start()
    m.wait_line('msg="poll"')
    desk.rates(rates("0"))
    t.wait(lambda: desk.phone.requests, "the phone")
    m.wait_line('msg="poll"', since=m.mark())
    assert m.stop() == 0
    assert first_lines(desk) == ["FEED RESET main lighter"], desk.texts()
    assert "\n10 rates turned to 0 at once" in desk.texts()[0], desk.texts()


def test_a_feed_that_resets_again(t):
    """and again: the log has each, people hear once an hour"""
    coins = [f"C{i}" for i in range(10)]

    def rates(coin):
        return {"lighter": {"BTC": "0.0001", **{c: coin for c in coins}},
                "grvt": {"BTC": "0.0011"}}
    desk = Desk(t, rates("0.0002"), sinks="phone")
    import_pair(t, {})
    m = desk.start()
    m.wait_line('msg="poll"')
    for _ in range(2):
        since = m.mark()
        desk.rates(rates("0"))
        m.wait_line("10 rates turned to 0", since=since)
        since = m.mark()
        desk.rates(rates("0.0002"))
        for _ in range(2):
            m.wait_line('msg="poll"', since=since)
            since = m.mark()
    assert m.stop() == 0
    assert first_lines(desk) == ["FEED RESET main lighter"], desk.texts()


def test_cannot_record_goes_out_directly(t):
    """the database is locked: the one alert that is in no outbox"""
    desk = Desk(t, sinks="phone")
    m = desk.start()
    m.wait_line('msg="poll"')
    blocker = sqlite3.connect(t.dir / "data/main.db")
    blocker.execute("BEGIN EXCLUSIVE")
    t.wait(lambda: desk.phone.requests, "the phone", 30)
    assert first_lines(desk) == ["main: cannot record"], desk.texts()
    assert "is in use by another" in desk.texts()[0], desk.texts()
    blocker.rollback()
    blocker.close()
    m.wait_line('msg="poll"', seconds=30, since=m.mark())
    assert len(desk.phone.requests) == 1
    assert m.stop() == 0


def test_alertmanager_keeps_what_lasts(t):
    """Alertmanager is told how long an alert lasts without a word: two repeats"""
    desk = Desk(t, THIN, sinks="beat", alerts=", repeat: 30m")
    manager = Sink()
    t.config_file.write_text(t.config_file.read_text().replace(
        "{type: healthchecks, url: {env: CW_BEAT}}",
        f"{{type: alertmanager, url: '{manager.url}'}}"))
    import_pair(t, {})
    desk.once()
    now = datetime.datetime.now(datetime.timezone.utc)
    alert, = json.loads(manager.requests.pop().body)
    lasts = datetime.datetime.fromisoformat(
        alert["endsAt"].replace("Z", "+00:00")) - now
    assert 60 < lasts.total_seconds() / 60 < 71, (alert, now)
    desk.rates(GOOD)
    desk.once()
    over, = json.loads(manager.requests.pop().body)
    assert over["labels"] == alert["labels"], (over, alert)
    assert over["endsAt"] < alert["endsAt"], (over, alert)
    assert datetime.datetime.fromisoformat(over["endsAt"].replace(
        "Z", "+00:00")) <= datetime.datetime.now(datetime.timezone.utc), over
    manager.close()


def test_paper_says_so(t):
    """a dry-run account marks its titles"""
    desk = Desk(t, mode="dry-run", sinks="phone")
    import_pair(t, {})
    desk.rates(FLIPPED)
    desk.once()
    assert first_lines(desk) == ["[SIM] CLOSE main/1 BTC DIVERGENCE_FLIPPED"]


def test_secrets_are_needed_and_never_shown(t):
    """a missing secret refuses the start; a reload keeps the old; none leaks"""
    desk = Desk(t, FLIPPED)
    import_pair(t, {})
    t.run("run", "--once").expect(
        78, err="sink phone: token: secret env CW_TOKEN: is not set")
    desk.phone.default = Answer(401, TOKEN)	# echoes it
    desk.hook.default = Answer(500, KEY)
    m = desk.start()
    m.wait_line("alert given up.*sink=phone.*not a bot's")
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("{env: CW_KEY}",
                                          "{file: /nonexistent/key}"))
    m.send(signal.SIGHUP)
    m.wait_line("old configuration kept.*nonexistent")
    t.config_file.write_text(text.replace("sinks: [phone, hook]",
                                          "sinks: [hook]"))
    m.send(signal.SIGHUP)
    m.wait_line("configuration reloaded")
    assert m.stop() == 0
    planted = ("planted-telegram-token", KEY[6:])
    shown = m.text() + t.run("check-config", "--print", env=desk.env).out
    shown += t.run("positions", "show", 1, "--json").out
    for p in (x for x in t.dir.glob("data/**/*") if x.is_file()):
        shown += p.read_bytes().decode("latin-1")
    for secret in planted:
        assert secret not in shown, secret


def test_acknowledged_is_silent_until_it_is_over(t):
    """alerts list, ack, snooze: silent, and armed again after"""
    desk = Desk(t, THIN, sinks="phone", alerts=", repeat: 5m")
    import_pair(t, {})
    desk.once()
    row, = t.run("alerts", "list", "--json").expect(0).json()
    assert (row["fingerprint"], row["state"], row["tellings"]) == (
        "main/1/alert", "firing", 1), row

    def later(column="told_at", more=""):
        with sqlite3.connect(t.dir / "data/main.db") as db:
            db.execute(f"UPDATE alerts SET {column} = {column} - 301000"
                       + more)
        desk.once()
        return len(desk.phone.requests)
    assert later() == 2				# repeated
    assert "\nfor " in desk.texts()[1], desk.texts()[1]
    t.run("alerts", "ack", "nothing").expect(3, err="no alert")
    t.run("alerts", "ack", 1).expect(0, out="1 acknowledged")
    assert later() == 2
    assert t.run("alerts", "list", "--json").json()[0]["state"] == "acked"
    desk.rates(GOOD)
    desk.once()
    assert later("over_at") == 2		# its end is not told either
    assert t.run("alerts", "list", "--all", "--json").json() == []
    desk.rates(THIN)
    assert later() == 3				# armed again
    t.run("alerts", "snooze", "main/1/alert", "--for", "2h").expect(0)
    assert later() == 3
    assert later("told_at", ", snoozed_until = 1") == 4


def test_the_list_tells_states_apart(t):
    """snoozed until a time, firing again after it; over with --all alone"""
    desk = Desk(t, THIN, sinks="phone")
    desk.phone.default = Answer(500)
    import_pair(t, {"external_id": "a"}, {"external_id": "b"})
    desk.once()
    assert {r["position"]: r["state"] for r in
            t.run("alerts", "list", "--json").json()} == {
        1: "firing", 2: "firing"}
    t.run("alerts", "list", "-o", "table").expect(
        0, "^main: 2 waiting for phone: HTTP 500$")
    desk.db("UPDATE deliveries SET error = ''")
    t.run("alerts", "list", "-o", "table").expect(
        0, "^main: 2 waiting for phone$")
    for args in (("--for", "0s"), ("--for", "31d"), ("--for", "soon"),
                 ("--for", "-8h")):
        t.run("alerts", "snooze", "all", *args).expect(
            2, r"\A\Z", f'--for "{args[1]}": write a time above 0 and up to '
            "30d, such as 8h")
    t.run("alerts", "snooze", 2).expect(0, "^1 put off until 20")
    ms, = desk.db("SELECT snoozed_until - since FROM alerts WHERE position = 2")
    assert abs(ms[0] / 3600000 - 8) < 0.1, ms
    for what in ("0", "1.", "2x", "9", ""):
        t.run("alerts", "ack", what).expect(
            3, err=f'no alert "{what}": see carrywatch alerts list')
    t.run("alerts", "ack", 1).expect(0, "^1 acknowledged: silent until it is ")

    def states(*args):
        return {r["position"]: r["state"] for r in t.run(
            "alerts", "list", "--json", *args).expect(0).json()}
    assert states() == {1: "acked", 2: "snoozed"}
    desk.db("UPDATE alerts SET snoozed_until = 1")
    assert states() == {1: "acked", 2: "firing"}
    desk.db("UPDATE alerts SET over_at = since WHERE position = 2")
    assert states() == {1: "acked"}
    assert states("--all") == {1: "acked", 2: "over"}
    t.run("alerts", "ack", "all").expect(0, "^1 acknowledged")


def test_the_list_says_who_took_it(t):
    """alerts list: a message that nobody took is not one that was delivered"""
    desk = Desk(t, THIN)
    desk.phone.default, desk.hook.default = Answer(500), Answer(404)
    import_pair(t, {})
    desk.once()
    row, = t.run("alerts", "list", "--json").expect(0).json()
    assert [row[k] for k in ("tellings", "delivered", "waiting", "given_up")] \
        == [1, 0, 1, 1], row
    t.run("alerts", "list", "-o", "table").expect(
        0, out=r"TAKEN +WAIT +DEAD.*\n.* 0 +1 +1 ")
    desk.phone.default = Answer(200, '{"ok":true}')
    desk.db("UPDATE deliveries SET next_at = 0")
    desk.once()
    row, = t.run("alerts", "list", "--json").expect(0).json()
    assert [row[k] for k in ("delivered", "waiting", "given_up")] == \
        [1, 0, 1], row
    t.config_file.write_text(t.config_file.read_text().replace(
        "sinks: [phone, hook]", "sinks: []"))
    desk.db("DELETE FROM outbox")
    desk.db("DELETE FROM alerts")
    desk.once()
    row, = t.run("alerts", "list", "--json").expect(0).json()
    assert [row[k] for k in ("delivered", "waiting", "given_up")] == \
        [0, 0, 0], row


def test_an_incident_ends_though_it_was_acknowledged(t):
    """acknowledged, then closed: silent on the phone, resolved at PagerDuty"""
    desk = Desk(t, FLIPPED, sinks="phone, duty")
    import_pair(t, {})
    desk.once()
    t.run("alerts", "ack", "all").expect(0)
    t.run("positions", "close", 1, "-y").expect(0)
    desk.once()
    assert first_lines(desk) == ["CLOSE main/1 BTC DIVERGENCE_FLIPPED"]
    sent = [json.loads(r.body) for r in desk.hook.requests]
    assert [(x["event_action"], x["dedup_key"]) for x in sent] == [
        ("trigger", "carrywatch/main/1/close"),
        ("resolve", "carrywatch/main/1/close")], sent


def test_near(t):
    """near: told before a close line is true, over when it is far again"""
    desk = Desk(t, sinks="phone", alerts=", near: 20%")
    import_pair(t, {})
    desk.once()
    assert not desk.phone.requests
    desk.rates({"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0003"}})
    desk.once()			# 0.2 of 1 are left: erosion(0.5) alerts first
    assert first_lines(desk) == ["ALERT main/1 BTC HALF"], desk.texts()
    t.config_file.write_text(t.config_file.read_text().replace(
        "      - HALF: erosion(0.5)\n", "      - NEVER: erosion(0)\n"))
    desk.once()
    assert first_lines(desk)[1:] == ["NEAR main/1 BTC",
                                     "OVER ALERT main/1 BTC HALF"]
    assert "DIVERGENCE_FLIPPED" in desk.texts()[1], desk.texts()
    desk.rates(GOOD)
    desk.once()
    assert first_lines(desk)[-1] == "OVER NEAR main/1 BTC"


def test_the_daily_summary(t):
    """summary: once, at its time, with money, the worst pair and the polls"""
    desk = Desk(t, mode="dry-run", sinks="phone",
                alerts=", summary: '07:00Z'")
    import_pair(t, {"size_usd": "20000"})
    start = datetime.datetime.now(
        datetime.timezone.utc)
    origin = start.replace(hour=6, minute=30, second=0, microsecond=0)
    desk.service.now = lambda: origin + (datetime.datetime.now(
        datetime.timezone.utc) - start) * 600
    m = desk.start("--every", "15m", "--polls", "8", "--clock",
                   f"{origin.isoformat().replace('+00:00', 'Z')},"
                   f"{start.isoformat(timespec='milliseconds').replace('+00:00', 'Z')},600")
    assert m.wait(60) == 0
    told = [x for x in desk.texts() if "SUMMARY" in x]
    assert len(told) == 1, desk.texts()
    assert told[0].startswith("<b>[SIM] SUMMARY main</b>\nyesterday "), told
    assert re.search(r"\n\d+ polls in 24 h, \d+ missed, \d+ minutes blind; 1 "
                     "pairs", told[0]), told
    assert "nearest to closing: 1 BTC" in told[0], told


def test_alerts_test(t):
    """alerts test: each sink, what became of it, exit 1 when one failed"""
    desk = Desk(t)
    p = t.run("alerts", "test", env=desk.env).expect(0)
    assert p.out == "phone (telegram)\tdelivered\nhook (webhook)\tdelivered\n"
    assert "carrywatch test message" in desk.texts()[0]
    desk.hook.default = Answer(404)
    t.run("alerts", "test", "-a", "main", env=desk.env).expect(
        1, out=r"hook \(webhook\)\tFAILED: HTTP 404")
    t.run("alerts", "test", "hook", env={"CW_KEY": "whsec_short"}).expect(
        1, out="FAILED: signing key")
    t.run("alerts", "test", "nobody", env=desk.env).expect(3, err="no sink")
    t.run("alerts", "test", "phone").expect(78, err="CW_TOKEN")


if __name__ == "__main__":
    lib.main()
