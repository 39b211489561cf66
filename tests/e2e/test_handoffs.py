#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
A decided close reaches whoever executes it: the trading client, a signed
webhook, a program; lost answers, wide spreads, refusals, brakes, kills.
"""
import json
import re
import shutil
import signal
import sqlite3
import stat
import time

import lib
from control import KEY, Control, pair
from service import Service
from sinks import Answer, Sink, free_port
from test_control import FLIPPED, PROFILE, RATES
from test_run import import_pair
from test_sinks import KEY as HOOK_KEY, signature


class Desk:
    """A live account `main` that hands its closes over."""

    def __init__(self, t, target="control_api", pairs=None, close="",
                 source=True):
        self.t = t
        self.control = Control({"main": pairs if pairs is not None else
                                [pair("u-1", "BTC", "lighter", "grvt")]})
        self.service, self.hook = Service(RATES), Sink()
        self.phone = Sink()
        self.env = {"CW_CONTROL": KEY, "CW_HOOK": HOOK_KEY, "CW_TOKEN": "1:x"}
        book = ("positions: {control_api: {account: main, key: {env: "
                f"CW_CONTROL}}, url: '{self.control.url}'}}}}, "
                if source else "")
        t.config(self.service.url,
                 "  main: {profile: plain, mode: live, venues: [lighter, "
                 f"grvt], {book}on_close: {target}, close: {{settle: 2s, "
                 f"escalate_after: 3, {close}}}, alerts: {{sinks: [phone]}}}}"
                 "\n", more=PROFILE + "sinks:\n  phone: {type: telegram, "
                 "token: {env: CW_TOKEN}, chat_id: 7, api: "
                 f"'{self.phone.url}'}}\n")

    def slow(self):
        """what was seen counts for three minutes, not for three seconds"""
        text = self.t.config_file.read_text()
        self.t.config_file.write_text(text.replace("poll_interval: 1s",
                                                   "poll_interval: 60s"))

    def flip(self):
        self.service.rates = Service(FLIPPED).rates

    def once(self, code=0):
        return self.t.run("run", "--once", env=self.env).expect(code)

    def start(self, *args):
        return self.t.monitor("main", *args, env=self.env)

    def rows(self, *args):
        return self.t.run("handoffs", "list", "--all", "--json",
                          *args).json()

    def row(self):
        row, = self.rows()
        return row

    def db(self, sql):
        with sqlite3.connect(self.t.dir / "data/main.db") as db:
            return db.execute(sql).fetchall()

    def told(self):
        return [json.loads(r.body)["text"] for r in self.phone.requests]


def test_the_straight_line(t):
    """decided, sent once, acknowledged, gone at the client, confirmed"""
    desk = Desk(t)
    desk.once()
    desk.flip()
    desk.once()
    assert desk.control.closes == [("u-1", {
        "order_type": "market", "reason": "DIVERGENCE_FLIPPED",
        "confirm_wide_spread": False})], desk.control.closes
    assert (desk.row()["state"], desk.row()["tries"]) == ("acknowledged", 1)
    desk.once()
    assert desk.row()["state"] == "acknowledged"	# absent once only
    desk.once()
    row = desk.row()
    assert row["state"] == "confirmed" and row["confirmed_at"], row
    assert row["key"] == f"main-1-{desk.db('SELECT poll FROM handoffs')[0][0]}"
    assert desk.db("SELECT status, reason FROM positions") == [
        ("closed", "DIVERGENCE_FLIPPED")]
    assert len(desk.control.closes) == 1
    shown = t.run("positions", "show", 1, "--json").json()
    assert [h["state"] for h in shown["handoffs"]] == ["confirmed"]
    assert {a["state"] for a in shown["alerts"]} == {"delivered"}, shown
    assert shown["source"]["long"]["mark_price"] == "100.5", shown["source"]
    text = t.run("positions", "show", 1).expect(0).out
    assert re.search(r"Handed over\n  main-1-\d+  confirmed to control_api, "
                     r"market order, sent 1 time, last ", text), text
    assert re.search(r"Told\n  .*phone delivered, 1 try", text), text


def test_plain_http_that_is_allowed(t):
    """a trading client beyond this host, allowed by hand, gets its closes"""
    desk = Desk(t)
    text = t.config_file.read_text()
    there = desk.control.url.replace("127.0.0.1", "[::ffff:127.0.0.1]")
    text = text.replace(desk.control.url, there)
    text = re.sub(r"(?m)^service:\n", "network: {allow_private: [127.0.0.1]}"
                  "\nservice:\n  allow_insecure_http: true\n", text)
    t.config_file.write_text(text)
    desk.once()
    desk.flip()
    desk.once()
    assert (desk.row()["state"], desk.row()["tries"]) == (
        "acknowledged", 1), desk.row()
    assert len(desk.control.closes) == 1


def test_a_limit_order_escalates(t):
    """a reason listed under close.limit: limit, and at market when it stays"""
    desk = Desk(t, close="limit: [DIVERGENCE_FLIPPED]")
    desk.control.on_close = lambda ident, body: (
        "defer" if body["order_type"] == "limit" else "close")
    desk.once()
    desk.flip()
    m = desk.start()
    t.wait(lambda: len(desk.control.closes) == 2, "the second order", 40)
    assert [b["order_type"] for _, b in desk.control.closes] == [
        "limit", "market"]
    t.wait(lambda: desk.row()["state"] == "confirmed", "the end", 20)
    assert m.stop() == 0
    assert desk.db("SELECT count(DISTINCT key) FROM handoffs") == [(1,)]


def test_a_wide_spread_waits_and_then_goes(t):
    """wide spread: told, waits escalate_after polls, then accepts it"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "wide once"
    desk.once()
    desk.flip()
    desk.once()
    assert (desk.row()["state"], desk.row()["held"]) == ("queued", "spread")
    desk.once()
    assert any("HAND-OFF WAITS main/1 BTC" in x for x in desk.told())
    assert len(desk.control.closes) == 1
    desk.once()
    desk.once()
    assert [b["confirm_wide_spread"] for _, b in desk.control.closes] == [
        False, True]
    desk.once()
    desk.once()
    assert desk.row()["state"] == "confirmed"


def test_a_lost_answer_is_looked_for_not_sent_again(t):
    """worked, but the answer was lost: unknown, then gone: confirmed"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "lost"
    desk.once()
    desk.flip()
    desk.once()
    assert desk.row()["state"] == "unknown"
    desk.once()
    assert any("HAND-OFF WITHOUT ANSWER" in x for x in desk.told()) or \
        not desk.control.positions["main"]
    desk.once()
    assert desk.row()["state"] == "confirmed"
    assert len(desk.control.closes) == 1


def test_what_never_arrived_goes_again_after_it_settled(t):
    """no answer and no effect: again, once it cannot be working any more"""
    desk = Desk(t)
    answers = iter(["ignored", "500"])
    desk.control.on_close = lambda ident, body: next(answers, "close")
    desk.once()
    desk.flip()
    m = desk.start()
    t.wait(lambda: desk.rows() and desk.row()["state"] == "confirmed",
           "the end", 60)
    assert m.stop() == 0
    assert len(desk.control.closes) == 3 and not desk.control.overlaps
    assert desk.row()["tries"] == 3


def test_one_good_read_does_not_send_it_again(t):
    """settled, seen once, then absent or a bad read: it is not sent again"""
    desk = Desk(t)
    desk.slow()
    desk.control.on_close = lambda ident, body: "ignored"
    desk.once()
    desk.flip()
    desk.once()
    time.sleep(2.1)			# close.settle
    desk.once()				# it is there: one
    desk.control.fault = "500"
    desk.once()
    desk.once()
    assert (desk.row()["state"], len(desk.control.closes)) == ("unknown", 1)
    desk.control.fault = None
    late = desk.control.positions["main"].pop()	# it worked after all
    desk.once()
    desk.control.fault = "500"
    desk.once()
    assert (desk.row()["state"], len(desk.control.closes)) == ("unknown", 1)
    assert desk.db("SELECT polls FROM handoffs") == [(1,)]
    desk.control.fault = None
    desk.control.positions["main"].append(late)
    desk.once()				# two
    assert len(desk.control.closes) == 2, desk.row()


def test_what_is_stuck_is_told_of_good_reads(t):
    """taken and still there: told after five good reads with it, no sooner"""
    desk = Desk(t)
    desk.slow()
    desk.control.on_close = lambda ident, body: "defer"
    desk.once()
    desk.flip()
    desk.once()
    for fault in (None, "500", None, "500", None, "500", None):
        desk.control.fault = fault
        desk.once()
    assert desk.db("SELECT polls FROM handoffs") == [(4,)]
    desk.once()
    assert not [x for x in desk.told() if "WITHOUT EFFECT" in x]
    desk.once()
    assert [x for x in desk.told() if "WITHOUT EFFECT" in x], desk.told()


def test_a_refusal_is_told_and_retried_by_hand(t):
    """403 while it is there: failed, told, sent again only by a person"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "refuse"
    desk.once()
    desk.flip()
    desk.once()
    desk.once()
    assert (desk.row()["state"], desk.row()["detail"]) == ("failed",
                                                           "HTTP 403")
    assert any("HAND-OFF REFUSED main/1 BTC" in x for x in desk.told())
    desk.once()
    assert len(desk.control.closes) == 1
    desk.control.on_close = lambda ident, body: "close"
    t.run("handoffs", "retry", 7, "-y").expect(3, err="no hand-off 7: see")
    t.run("handoffs", "retry", "all", "-y").expect(2, err="no position id")
    t.run("handoffs", "retry", 1, "-y").expect(0, out="queued again")
    desk.once()
    desk.once()
    desk.once()
    assert desk.row()["state"] == "confirmed"


def test_what_was_refused_may_be_kept(t):
    """by its own label or by none; a label nearly right is told the right one"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "refuse"
    desk.once()
    desk.flip()
    desk.once()
    desk.once()
    assert desk.row()["state"] == "failed"
    t.run("positions", "keep", 1, "--reason", "DIVERGENCE_FLIPED").expect(
        2, r"\A\Z", "no close line of this label, did you mean "
        'DIVERGENCE_FLIPPED\\?; "profiles show plain" lists them')
    t.run("positions", "keep", 1, "--reason", "DIVERGENCE_FLIPPED").expect(
        0, "^Kept main/1 .*, DIVERGENCE_FLIPPED is muted until 20")


def test_gone_before_it_was_sent(t):
    """closed by somebody else meanwhile: nothing is sent"""
    desk = Desk(t)
    desk.once()
    t.run("pause").expect(0)
    desk.flip()
    desk.once()
    assert desk.row()["state"] == "queued"
    desk.control.positions["main"].clear()
    desk.once()
    t.run("resume").expect(0)
    desk.once()
    assert not desk.control.closes
    assert desk.row()["state"] == "confirmed"


def test_gone_is_not_present_again_by_a_bad_read(t):
    """closed by a person, then a read fails: nothing is sent until it is seen"""
    hook = t.dir / "close"
    hook.write_text('#!/bin/sh\ncat >> "$0.in"\n')
    hook.chmod(stat.S_IRWXU)
    desk = Desk(t, "exec", close=f"program: {hook}")
    desk.slow()
    desk.once()
    t.run("pause").expect(0)
    desk.flip()
    desk.once()
    assert desk.row()["state"] == "queued"
    held = desk.control.positions["main"].copy()
    desk.control.positions["main"].clear()
    desk.once()
    desk.control.fault = "500"
    t.run("resume").expect(0)
    desk.once()
    desk.once()
    assert not (t.dir / "close.in").exists()
    source = t.run("positions", "show", 1, "--json").json()["source"]
    assert source["absent"] == 1 and source["seen_at"], source
    assert "not in its last answer" in t.run("positions", "show", 1).out
    # It was left out of one answer only: now it goes.
    desk.control.fault = None
    desk.control.positions["main"] = held
    desk.once()
    assert (t.dir / "close.in").exists()
    assert desk.row()["state"] == "acknowledged"


def elsewhere(desk):
    return [x for x in desk.told() if "CLOSED ELSEWHERE" in x]


def test_one_that_vanishes_is_told(t):
    """gone without a decided close: told once, in quiet hours too"""
    desk = Desk(t, pairs=[pair("u-1", "BTC", "lighter", "grvt"),
                          pair("u-2", "ETH", "lighter", "grvt")])
    hours = [time.strftime("%H:%MZ", time.gmtime(time.time() + s))
             for s in (-3600, 3600)]
    t.config_file.write_text(t.config_file.read_text().replace(
        "sinks: [phone]", f"sinks: [phone], quiet: '{'-'.join(hours)}'"))
    desk.once()
    desk.flip()				# of BTC alone
    desk.once()
    desk.control.positions["main"].clear()
    desk.once()
    assert not elsewhere(desk)		# once is not enough
    for _ in range(2):
        desk.once()
    assert desk.db("SELECT status, reason FROM positions ORDER BY id") == [
        ("closed", "DIVERGENCE_FLIPPED"), ("closed", "EXTERNAL")]
    told, = elsewhere(desk)
    assert "main/2 ETH" in told and "long 10 ETH on lighter" in told, told
    assert "no close was decided here" in told, told
    assert desk.db("SELECT priority FROM outbox WHERE kind = 'elsewhere'"
                   ) == [(3,)]


def test_many_that_vanish_are_one_message(t):
    """four pairs gone at once: one message lists them, in error"""
    coins = ["BTC", "ETH", "SOL", "WIF"]
    desk = Desk(t, pairs=[pair(f"u-{i}", coin, "lighter", "grvt")
                          for i, coin in enumerate(coins)])
    desk.once()
    desk.control.positions["main"].clear()
    for _ in range(3):
        desk.once()
    told, = elsewhere(desk)
    assert "CLOSED ELSEWHERE main 4 pairs" in told, told
    assert "1 BTC, 2 ETH, 3 SOL, 4 WIF" in told, told
    assert desk.db("SELECT priority FROM outbox WHERE kind = 'elsewhere'"
                   ) == [(3,)]


def test_another_account_of_the_client_is_told(t):
    """account changed on HUP to one that is empty: nobody closed anything"""
    desk = Desk(t)
    desk.control.positions["other"] = []
    m = desk.start()
    m.wait_line('msg="poll"')
    t.config_file.write_text(t.config_file.read_text().replace(
        "account: main,", "account: other,"))
    m.send(signal.SIGHUP)
    t.wait(lambda: elsewhere(desk), "a word")
    assert m.stop() == 0
    assert len(elsewhere(desk)) == 1, desk.told()


def test_a_reopened_pair_is_missed_anew(t):
    """missed once, closed by hand, listed again, reopened: one answer
    without it does not close it"""
    desk = Desk(t)
    desk.once()
    pairs, desk.control.positions["main"] = desk.control.positions["main"], []
    desk.once()
    t.run("positions", "close", 1, "-y").expect(0)
    desk.control.positions["main"] = pairs
    desk.once()
    t.run("positions", "reopen", 1).expect(0)
    desk.control.positions["main"] = []
    desk.once()
    assert desk.db("SELECT status FROM positions") == [("open",)]
    desk.once()
    assert desk.db("SELECT status FROM positions") == [("closed",)]


def test_one_gone_while_nobody_looked_may_be_reopened(t):
    """missed at 10:57 and again at 12:10, the first poll since: closed as of
    10:57, and the hour for a reopening begins when it was told"""
    desk = Desk(t)
    desk.once()
    desk.control.positions["main"] = []
    desk.once()
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE polls SET at = at - 4380000")
        db.execute("UPDATE positions SET opened_at = opened_at - 4380000")
    desk.once()
    assert desk.db("SELECT status, closed_at < (SELECT max(at) FROM polls) - "
                   "4300000 FROM positions") == [("closed", 1)]
    assert len(elsewhere(desk)) == 1, desk.told()
    t.run("positions", "reopen", 1).expect(0, "^Reopened")
    assert desk.db("SELECT status FROM positions") == [("open",)]


def test_what_vanishes_on_paper_is_not_told(t):
    """a dry run closes it as well, and says nothing"""
    desk = Desk(t)
    t.config_file.write_text(t.config_file.read_text().replace(
        "mode: live", "mode: dry-run").replace("on_close: control_api",
                                               "on_close: none"))
    desk.once()
    desk.control.positions["main"].clear()
    desk.once()
    desk.once()
    with sqlite3.connect(t.dir / "data/main.dry-run.db") as db:
        assert db.execute("SELECT status FROM positions").fetchall() == [
            ("closed",)]
    assert not desk.told(), desk.told()
    # Closed at the last poll, as of the one before: it is listed once.
    listed = t.run("positions", "list", "--json").json()
    assert [p["status"] for p in listed] == ["closed"], listed
    desk.once()
    assert t.run("positions", "list", "--json").json() == []


def test_an_id_of_another_pair_closes_nothing(t):
    """a wrong external_id: told, UNKNOWN, and the other pair stays open"""
    desk = Desk(t, pairs=[pair("u-1", "ETH", "lighter", "grvt")])
    import_pair(t, {"external_id": "u-1"})
    err = desk.once().err
    assert "another pair has this id there" in err, err
    desk.flip()
    for _ in range(4):
        desk.once()
    row, = t.run("positions", "list", "--json").json()
    assert (row["symbol"], row["action"]) == ("BTC", "close"), row
    assert desk.control.closes == [], desk.control.closes
    assert (desk.row()["state"], desk.row()["tries"]) == ("queued", 0)
    # There it is put right: now it goes out.
    desk.control.positions["main"] = [pair("u-1", "BTC", "lighter", "grvt")]
    desk.once()
    assert [ident for ident, _ in desk.control.closes] == ["u-1"]


def test_an_id_given_to_another_pair_closes_nothing(t):
    """ours a poll ago, another pair's when its close is decided: not sent"""
    desk = Desk(t)
    desk.slow()
    desk.once()
    desk.control.positions["main"] = [pair("u-1", "ETH", "lighter", "grvt")]
    desk.flip()
    assert "another pair has this id there" in desk.once().err
    assert desk.row()["state"] == "queued"
    desk.control.fault = "500"
    desk.once()
    assert not desk.control.closes, desk.control.closes
    # Another pair's id is not the absence that closes.
    desk.control.fault = None
    for _ in range(3):
        desk.once()
    assert desk.row()["state"] == "queued" and not desk.control.closes
    desk.control.positions["main"] = [pair("u-1", "BTC", "lighter", "grvt")]
    desk.once()
    assert [ident for ident, _ in desk.control.closes] == ["u-1"]


def test_nothing_is_sent_while_the_client_is_blind(t):
    """no good answer about positions: no close goes out"""
    desk = Desk(t)
    desk.once()
    m = desk.start("--every", "1s")
    m.wait_line('msg="poll"')
    desk.control.fault = "500"
    t.wait(lambda: desk.db("SELECT count(*) FROM polls")[0][0] > 6, "polls")
    desk.flip()
    t.wait(lambda: desk.rows(), "a decision")
    since = m.mark()
    for _ in range(3):
        m.wait_line('msg="poll"', since=since)
        since = m.mark()
    assert not desk.control.closes and desk.row()["state"] == "queued"
    desk.control.fault = None
    t.wait(lambda: desk.row()["state"] == "confirmed", "the end", 30)
    assert m.stop() == 0 and len(desk.control.closes) == 1


def test_pause_holds_back_within_one_poll(t):
    """pause: decided, not handed over; resume: it goes"""
    desk = Desk(t)
    desk.once()
    t.run("pause", "--note", "maintenance").expect(0, out="no close is handed")
    t.run("pause").expect(0, out="as before")
    t.run("status", "-o", "table").expect(3, out="paused +no close is handed over since")
    t.run("handoffs", "list", "-o", "table").expect(
        0, r"^main is paused since 20\S+Z: carrywatch resume -a main$")
    desk.flip()
    desk.once()
    desk.once()
    assert not desk.control.closes
    assert t.run("positions", "list", "--json").json()[0]["action"] == "close"
    assert any("PAUSED main" in x for x in desk.told()), desk.told()
    t.run("resume").expect(0)
    desk.once()
    assert len(desk.control.closes) == 1
    assert desk.db("SELECT kind, note FROM events WHERE position IS NULL") == [
        ("pause", "maintenance"), ("resume", "")]


def test_kept_before_it_was_sent(t):
    """positions keep: the hand-off ends"""
    desk = Desk(t)
    desk.once()
    t.run("pause").expect(0)
    desk.flip()
    desk.once()
    t.run("positions", "keep", 1).expect(0)
    t.run("resume").expect(0)
    desk.once()
    assert (desk.row()["state"], desk.row()["detail"]) == (
        "failed", "the position was kept")
    assert not desk.control.closes


def test_keeping_what_was_sent_is_refused(t):
    """positions keep after it was sent: refused, with the remedy"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "defer"
    desk.once()
    desk.flip()
    desk.once()
    t.run("positions", "keep", 1).expect(1, err="was handed over")


def webhook_desk(t):
    """no trading client: the webhook is all there is"""
    desk = Desk(t, "webhook", source=False, close="secret: {env: CW_HOOK}, "
                "url: 'http://127.0.0.1:1/'")
    t.config_file.write_text(t.config_file.read_text().replace(
        "http://127.0.0.1:1/", desk.hook.url + "/close"))
    import_pair(t, {})
    desk.once()
    desk.flip()
    return desk


def test_keeping_what_may_have_been_taken_is_refused(t):
    """positions keep after a lost answer, also when a 503 came later"""
    desk = webhook_desk(t)
    desk.hook.answers = [Answer(503), Answer(0), Answer(503)]
    desk.once()
    assert (desk.row()["state"], desk.row()["tries"]) == ("queued", 1)
    for _ in range(2):
        desk.db("UPDATE handoffs SET next_at = 0")
        desk.once()
        t.run("positions", "keep", 1).expect(
            1, err="no answer says.*both venues.*handoffs list")
    assert (desk.row()["state"], desk.row()["tries"]) == ("queued", 3)


def test_keeping_what_was_not_taken_is_done(t):
    """positions keep after a 503: kept, and not sent again"""
    desk = webhook_desk(t)
    desk.hook.answers = [Answer(503), Answer(503)]
    desk.once()
    desk.db("UPDATE handoffs SET next_at = 0")
    desk.once()
    assert (desk.row()["state"], desk.row()["tries"]) == ("queued", 2)
    t.run("positions", "keep", 1).expect(0)
    desk.once()
    assert (desk.row()["state"], desk.row()["tries"]) == ("failed", 2)


def test_a_refusal_after_a_lost_answer_is_none(t):
    """409 after a lost answer: unknown, told as such; keep is refused"""
    desk = webhook_desk(t)
    desk.hook.answers = [Answer(0), Answer(409)]
    desk.once()
    desk.db("UPDATE handoffs SET next_at = 0")
    desk.once()
    row = desk.row()
    assert (row["state"], row["tries"]) == ("unknown", 2), row
    assert row["detail"] == "HTTP 409, but an answer before was lost", row
    desk.once()
    assert any("HAND-OFF WITHOUT ANSWER" in x for x in desk.told())
    assert not any("REFUSED" in x for x in desk.told()), desk.told()
    t.run("positions", "keep", 1).expect(1, err="was handed over")


def flipping(t, closes, book):
    """So many pairs flip of so many."""
    desk = Desk(t, pairs=[pair(f"u-{i}", "BTC" if i < closes else "ETH",
                               "lighter", "grvt") for i in range(book)])
    desk.once()
    assert len(t.run("positions", "list", "--json").json()) == book
    desk.flip()
    return desk


def test_too_many_at_once_wait_for_a_word(t):
    """too many at once, by number or by share: held back, told, confirmed by hand"""
    desk = flipping(t, 3, 10)		# three, and less than half: they go
    desk.once()
    assert len(desk.control.closes) == 3
    # Four are too many of any number; three are more than half of four.
    for closes, book in ((5, 5), (4, 10), (3, 4)):
        shutil.rmtree(t.dir / "data")
        desk = flipping(t, closes, book)
        p = desk.once()
        assert 'msg="circuit breaker"' in p.err, (closes, book)
        desk.once()
        assert [r["held"] for r in desk.rows()] == ["breaker"] * closes
        assert not desk.control.closes, (closes, book)
        assert sum("HAND-OFF HELD BACK" in x for x in desk.told()) == closes
    t.run("handoffs", "confirm", 1, "-y").expect(0, out="1 may go")
    desk.once()
    assert len(desk.control.closes) == 1
    t.run("handoffs", "confirm", "all", "-y").expect(0, out="2 may go")
    desk.once()
    assert len(desk.control.closes) == 3
    t.run("handoffs", "confirm", "all", "-y").expect(3)


def test_a_close_whose_position_is_gone_holds_up_nobody(t):
    """its position deleted by hand: failed and told, the others go out"""
    desk = Desk(t, pairs=[pair(f"u-{i}", "BTC", "lighter", "grvt")
                          for i in range(2)])
    desk.once()
    t.run("pause").expect(0)
    desk.flip()
    desk.once()
    assert [r["state"] for r in desk.rows()] == ["queued"] * 2
    for table, column in (("held", "position"), ("positions", "id")):
        desk.db(f"DELETE FROM {table} WHERE {column} = 1")
    desk.control.positions["main"].pop(0)
    t.run("resume").expect(0)
    err = desk.once().err
    assert [ident for ident, _ in desk.control.closes] == ["u-1"], err
    rows = {r["position"]: r for r in desk.rows()}
    assert (rows[1]["state"], rows[1]["tries"]) == ("failed", 0), rows
    assert "not in the database" in rows[1]["detail"], rows
    assert rows[2]["state"] == "acknowledged", rows
    assert sum("main-1-" in x and "not in the database" in x
               for x in desk.told()) == 1, desk.told()
    assert "not read" not in desk.once().err
    assert sum("main-1-" in x and "not in the database" in x
               for x in desk.told()) == 1, desk.told()


def test_without_a_sink_a_close_whose_position_is_gone_fails(t):
    """nobody to be told: it is failed all the same, and the polls go on"""
    desk = Desk(t)
    t.config_file.write_text(t.config_file.read_text().replace(
        ", alerts: {sinks: [phone]}", ""))
    desk.once()
    t.run("pause").expect(0)
    desk.flip()
    desk.once()
    for table, column in (("held", "position"), ("positions", "id")):
        desk.db(f"DELETE FROM {table} WHERE {column} = 1")
    desk.control.positions["main"].clear()
    t.run("resume").expect(0)
    desk.once()
    assert desk.row()["state"] == "failed", desk.row()
    assert not desk.control.closes and not desk.told()


def test_a_missing_key_refuses_the_start_and_the_reload(t):
    """of the trading client: named where it belongs, the old one stays"""
    desk = Desk(t)
    text = t.config_file.read_text()
    t.run("run", "--once").expect(
        78, err=r"accounts\.main\.positions\.control_api\.key: secret env "
                "CW_CONTROL: is not set")
    key = t.dir / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    t.config_file.write_text(text.replace("{env: CW_CONTROL}", "{file: "
        f"{key}}}").replace("on_close: control_api", "on_close: none"))
    m = desk.start()
    m.wait_line(r"seq=1\b")
    key.unlink()
    m.send(signal.SIGHUP)
    m.wait_line("old configuration kept.*positions.control_api.key: ")
    m.wait_line('msg="?poll"? .*result=ok', since=m.mark())
    assert m.stop() == 0


def test_a_protective_line_later_lets_a_held_close_go(t):
    """held by the breaker, then LIQUIDATION_NEAR: that one goes, at market"""
    desk = Desk(t, pairs=[pair(f"u-{i}", "BTC", "lighter", "grvt")
                          for i in range(4)],
                close="limit: [DIVERGENCE_FLIPPED]")
    t.config_file.write_text(t.config_file.read_text().replace(
        "- DIVERGENCE_FLIPPED: flip", "- LIQUIDATION_NEAR: liquidation_near"
        "\n      - DIVERGENCE_FLIPPED: flip"))
    desk.once()
    desk.flip()
    desk.once()
    assert [(r["held"], r["order_type"]) for r in desk.rows()] == [
        ("breaker", "limit")] * 4
    keys = {r["id"]: r["key"] for r in desk.rows()}
    assert not desk.control.closes
    desk.control.positions["main"][2]["legs"][0]["liquidation_price"] = 100.0
    desk.once()
    assert [(ident, body["order_type"]) for ident, body in
            desk.control.closes] == [("u-2", "market")], desk.rows()
    desk.once()
    assert len(desk.control.closes) == 1
    assert {r["id"]: r["key"] for r in desk.rows()} == keys
    assert sorted(r["held"] or "" for r in desk.rows()) == [
        "", "breaker", "breaker", "breaker"], desk.rows()


def test_a_signed_webhook(t):
    """webhook: the whole order, signed; again with the same id until taken"""
    desk = Desk(t, "webhook", source=False, close="secret: {env: CW_HOOK}, "
                "url: 'http://127.0.0.1:1/'")
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("http://127.0.0.1:1/",
                                          desk.hook.url + "/close"))
    import_pair(t, {"long_qty": "0.1", "short_qty": "0.1"})
    desk.once()
    desk.flip()
    desk.hook.answers = [Answer(503), Answer(0)]
    desk.once()
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE handoffs SET next_at = 0")
    desk.once()
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE handoffs SET next_at = 0")
    desk.once()
    assert desk.row()["state"] == "acknowledged", desk.row()
    assert len(desk.hook.requests) == 3
    keys = {r.headers["webhook-id"] for r in desk.hook.requests}
    assert keys == {desk.row()["key"]}
    r = desk.hook.requests[-1]
    assert r.headers["webhook-signature"] == signature(
        HOOK_KEY, desk.row()["key"], r.headers["webhook-timestamp"], r.body)
    body = json.loads(r.body)
    assert body["type"] == "position.close"
    data = body["data"]
    assert data["long"] == {"venue": "lighter", "quantity": "0.1",
                            "entry_price": None}, data
    assert (data["id"], data["symbol"], data["size_usd"], data["reason"],
            data["order_type"], data["attempt"]) == (
        desk.row()["key"], "BTC", "20000", "DIVERGENCE_FLIPPED", "market", 3)
    t.run("positions", "close", 1, "-y").expect(0)
    desk.once()
    assert desk.row()["state"] == "confirmed"


def test_no_order_on_an_old_connection(t):
    """orders never reuse a connection: libcurl repeats what fails on one"""
    desk = Desk(t, "webhook", close="secret: {env: CW_HOOK}, "
                "url: 'http://127.0.0.1:1/'")
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("http://127.0.0.1:1/",
                                          desk.hook.url + "/close"))
    desk.hook.answers = [Answer(503), Answer(503)]	# and it stays open
    desk.flip()
    m = desk.start()
    for tries in (1, 2, 3):
        t.wait(lambda n=tries: len(desk.hook.requests) == n and
               desk.row()["state"] != "sent", "an order", 40)
        if tries < 3:
            t.run("handoffs", "retry", 1, "-y").expect(0)
    assert desk.row()["state"] == "acknowledged", desk.row()
    assert m.stop() == 0
    assert desk.hook.connections == 3, desk.hook.connections


def test_another_receiver_gets_it_only_by_a_word(t):
    """on_close changed under a close: never to both of them by itself"""
    desk = Desk(t, "webhook", close="secret: {env: CW_HOOK}, "
                "url: 'http://127.0.0.1:1/'")
    text = t.config_file.read_text().replace("http://127.0.0.1:1/",
                                             desk.hook.url + "/close")
    t.config_file.write_text(text)
    desk.once()
    desk.flip()
    desk.hook.answers = [Answer(0)]		# it may well have been read
    desk.once()
    assert len(desk.hook.requests) == 1
    t.config_file.write_text(text.replace("on_close: webhook",
                                          "on_close: control_api"))
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE handoffs SET next_at = 0")
    desk.once()
    desk.once()
    assert (desk.row()["state"], desk.row()["held"]) == ("queued", "target")
    assert not desk.control.closes
    told = [x for x in desk.told() if "HAND-OFF HELD BACK" in x]
    assert len(told) == 1 and "another receiver" in told[0], desk.told()
    t.run("handoffs", "confirm", 1, "-y").expect(0, out="1 may go")
    desk.once()
    assert [ident for ident, _ in desk.control.closes] == ["u-1"]
    assert desk.row()["target"] == "control_api", desk.row()
    # What was sent to the one is not sent again to the other in doubt.
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE handoffs SET state = 'sent'")
    t.config_file.write_text(text)
    hooks = len(desk.hook.requests)
    desk.control.positions["main"] = [pair("u-1", "BTC", "lighter", "grvt")]
    desk.once()
    assert desk.row()["state"] == "unknown", desk.row()
    assert len(desk.hook.requests) == hooks


def test_a_retry_for_another_receiver_waits_as_well(t):
    """its answer was lost, then on_close changed: what repeats harmlessly at
    the one may still work when the other gets it"""
    desk = Desk(t, "webhook", close="secret: {env: CW_HOOK}, "
                "url: 'http://127.0.0.1:1/'")
    text = t.config_file.read_text().replace(
        "http://127.0.0.1:1/", desk.hook.url + "/close").replace(
        "settle: 2s", "settle: 5m")
    t.config_file.write_text(text)
    desk.once()
    desk.flip()
    desk.hook.answers = [Answer(0)]
    desk.once()
    assert len(desk.hook.requests) == 1
    t.config_file.write_text(text.replace("on_close: webhook",
                                          "on_close: control_api"))
    t.run("handoffs", "retry", 1, "-y").expect(1, err="may still be working")
    desk.once()
    assert not desk.control.closes
    t.config_file.write_text(text)
    t.run("handoffs", "retry", 1, "-y").expect(0, out="queued again")


def test_a_word_does_not_shorten_what_an_earlier_close_takes(t):
    """sent, taken back, decided anew: confirm and retry leave it waiting"""
    desk = Desk(t)
    t.config_file.write_text(t.config_file.read_text().replace(
        "settle: 2s", "settle: 5m"))
    desk.once()
    desk.flip()
    pairs = list(desk.control.positions["main"])
    desk.once()
    assert len(desk.control.closes) == 1
    desk.control.positions["main"] = pairs
    t.run("positions", "close", 1, "-y").expect(0)
    t.run("positions", "reopen", 1).expect(0)
    desk.once()
    new = "SELECT id, state, tries, next_at FROM handoffs ORDER BY id DESC"
    before = desk.db(new)[0]
    assert before[:3] == (2, "queued", 0), before
    for word in ("confirm", "retry"):
        with sqlite3.connect(t.dir / "data/main.db") as db:
            db.execute("UPDATE handoffs SET held = 'breaker' WHERE id = 2")
        t.run("handoffs", word, 2, "-y").expect(0)
        desk.once()
        assert desk.db(new)[0] == before, (word, desk.rows())
        assert len(desk.control.closes) == 1, word


def test_a_program(t):
    """exec: JSON on its input, its id in the environment"""
    hook = t.dir / "close"
    hook.write_text('#!/bin/sh\ncat > "$0.in"; echo "$CARRYWATCH_ID" > '
                    '"$0.id"\n')
    hook.chmod(stat.S_IRWXU)
    desk = Desk(t, "exec", source=False, close=f"program: {hook}")
    import_pair(t, {})
    desk.once()
    desk.flip()
    desk.once()
    assert desk.row()["state"] == "acknowledged"
    assert json.loads((t.dir / "close.in").read_text())["id"] == \
        desk.row()["key"]
    assert (t.dir / "close.id").read_text().strip() == desk.row()["key"]


def test_a_leg_that_is_gone_is_not_ordered_closed(t):
    """the order says which leg is gone: nothing is left to close there"""
    hook = t.dir / "close"
    hook.write_text('#!/bin/sh\ncat > "$0.in"\n')
    hook.chmod(stat.S_IRWXU)
    desk = Desk(t, "exec", close=f"program: {hook}")
    t.config_file.write_text(t.config_file.read_text().replace(
        "- DIVERGENCE_FLIPPED: flip", "- GONE: leg_missing"))
    desk.once()
    desk.once()
    desk.control.positions["main"][0]["legs"].pop()
    for _ in range(3):
        desk.once()
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE held SET short_missing_since = "
                   "short_missing_since - 180000")
    desk.once()
    assert desk.row()["state"] == "acknowledged", desk.row()
    order = json.loads((t.dir / "close.in").read_text())
    assert order["reason"] == "GONE"
    assert order["long"] == {"venue": "lighter", "quantity": "10",
                             "entry_price": "100"}, order
    assert order["short"] == {"venue": "grvt", "quantity": "0", "gone": True,
                              "entry_price": "100"}, order


def test_a_retry_while_it_is_on_its_way_is_refused(t):
    """handoffs retry while the client works, longer than close.settle"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "slow"
    desk.control.late = 4
    desk.once()
    desk.flip()
    m = desk.start()
    t.wait(lambda: desk.control.closes, "the close")
    time.sleep(2.2)
    assert desk.row()["state"] == "sent"
    t.run("handoffs", "retry", 1, "-y").expect(1, err="may still be working: "
                                               "wait 120 seconds after")
    t.wait(lambda: desk.row()["state"] == "confirmed", "the end", 30)
    assert m.stop() == 0
    assert len(desk.control.closes) == 1 and not desk.control.overlaps


def test_what_was_sent_before_on_close_none_is_told(t):
    """interrupted, then on_close: none: unknown and told, never sent"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "defer"
    desk.once()
    desk.flip()
    desk.once()
    desk.db("UPDATE handoffs SET state = 'sent', answered_at = NULL")
    t.config_file.write_text(t.config_file.read_text().replace(
        "on_close: control_api", "on_close: none"))
    desk.once()
    assert desk.row()["state"] == "unknown", desk.row()
    desk.once()
    assert any("HAND-OFF WITHOUT ANSWER" in x for x in desk.told())
    time.sleep(2.1)
    for _ in range(3):
        desk.once()
    assert len(desk.control.closes) == 1
    desk.control.positions["main"].clear()
    desk.once()
    desk.once()
    assert desk.row()["state"] == "confirmed", desk.row()


def test_killed_between_sending_and_the_answer(t):
    """kill -9 while the client works: unknown, never a second close"""
    desk = Desk(t)
    desk.control.on_close = lambda ident, body: "slow"
    desk.control.late = 1.0
    desk.once()
    desk.flip()
    m = desk.start()
    t.wait(lambda: desk.control.closes, "the close")
    m.send(signal.SIGKILL)
    m.wait()
    assert desk.row()["state"] == "sent"
    m = desk.start()
    t.wait(lambda: desk.row()["state"] == "confirmed", "the end", 30)
    assert m.stop() == 0
    assert len(desk.control.closes) == 1 and not desk.control.overlaps


def test_a_client_that_is_not_there(t):
    """connection refused: certainly not taken, again after a short while"""
    desk = Desk(t)
    desk.once()
    desk.flip()
    url = desk.control.url
    text = t.config_file.read_text()
    t.run("pause").expect(0)
    desk.once()
    t.config_file.write_text(text.replace(
        url, f"http://127.0.0.1:{free_port()}"))
    t.run("resume").expect(0)
    desk.once()
    row = desk.row()
    assert row["state"] == "queued", row	# it was seen a moment ago
    t.config_file.write_text(text)
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE handoffs SET next_at = 0")
    desk.once()
    assert desk.row()["state"] == "acknowledged"
    assert len(desk.control.closes) == 1


if __name__ == "__main__":
    lib.main()
