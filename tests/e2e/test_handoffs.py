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
    t.run("handoffs", "retry", 7, "-y").expect(3, err="no hand-off")
    t.run("handoffs", "retry", 1, "-y").expect(0, out="queued again")
    desk.once()
    desk.once()
    desk.once()
    assert desk.row()["state"] == "confirmed"


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
