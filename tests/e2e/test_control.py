#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Positions from the trading client: new, adopted, changed, gone, and everything
that must not be taken for gone. A stand-in written from its description.
"""
import json
import shutil
import sqlite3

import lib
from control import KEY, Control, leg, pair
from service import Service
from test_run import import_pair

RATES = {"lighter": {"BTC": "0.0001", "ETH": "0.0001"},
         "grvt": {"BTC": "0.0011", "ETH": "0.0009"}}
FLIPPED = {"lighter": {"BTC": "0.0011", "ETH": "0.0001"},
           "grvt": {"BTC": "0.0001", "ETH": "0.0009"}}
PROFILE = """\
profiles:
  plain:
    poll_interval: 1s
    close:
      - DIVERGENCE_FLIPPED: flip
"""


class Desk:
    """A live account `main` whose pairs come from a trading client."""

    def __init__(self, t, *pairs, account="", more=""):
        self.t, self.control = t, Control({"main": list(pairs)})
        self.service = Service(RATES)
        self.env = {"CW_CONTROL": KEY}
        t.config(self.service.url,
                 "  main: {profile: plain, mode: live, venues: [lighter, "
                 "grvt], positions: {control_api: {account: main, key: {env: "
                 f"CW_CONTROL}}, url: '{self.control.url}'}}}}{account}}}\n",
                 more=PROFILE + more)

    def once(self, code=0):
        return self.t.run("run", "--once", env=self.env).expect(code)

    def rates(self, rates):
        self.service.rates = Service(rates).rates

    def rows(self, *args):
        return self.t.run("positions", "list", "--json", *args).json()

    def db(self, sql):
        with sqlite3.connect(self.t.dir / "data/main.db") as db:
            return db.execute(sql).fetchall()


def test_a_new_pair_is_watched(t):
    """what the client holds appears here, with its legs, and is decided upon"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.once()
    row, = desk.rows()
    assert (row["symbol"], row["size_usd"]) == ("BTC", "1000"), row
    desk.rates(FLIPPED)
    desk.once()
    assert desk.rows()[0]["action"] == "close"
    assert desk.db("SELECT external_id, long_quantity, short_price, "
                   "opened_at FROM positions") == [
        ("u-1", "10", "100", 1767225600000)]
    shown = t.run("positions", "show", 1, "--json").json()
    assert shown["external_id"] == "u-1", shown
    assert desk.db("SELECT long_mark, short_liquidation, long_funding FROM "
                   "held") == [("100.5", "150", "0.25")]
    assert desk.control.asked == [
        "/api/v1/positions?account_name=main",
        "/api/v1/balances?account_name=main"] * 2 or set(
            desk.control.asked) == {
                "/api/v1/positions?account_name=main",
                "/api/v1/balances?account_name=main"}


def test_one_recorded_by_hand_is_adopted(t):
    """a pair of the same coin and venues is adopted, not doubled"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt", quantity="12.5"))
    import_pair(t, {})
    desk.once()
    row, = desk.rows()
    assert row["id"] == 1
    assert desk.db("SELECT external_id, long_quantity, size_usd FROM "
                   "positions") == [("u-1", "12.5", "1000")]
    # Two alike cannot be told apart: a person must say which is which.
    desk.control.positions["main"].append(
        pair("u-2", "ETH", "lighter", "grvt"))
    import_pair(t, {"symbol": "ETH"}, {"symbol": "ETH"})
    desk.once()
    assert desk.db("SELECT count(*) FROM positions") == [(3,)]
    assert desk.db("SELECT count(*) FROM positions WHERE external_id IS NULL"
                   ) == [(2,)]


def test_changed_quantities_are_events(t):
    """another quantity is written down with the old one"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.once()
    desk.once()
    desk.control.positions["main"][0]["legs"][1]["quantity"] = 7.25
    desk.once()
    notes = desk.db("SELECT note FROM events WHERE kind = 'source'")
    assert notes == [("trading client: long 10 -> 10, short 10 -> 7.25",)]
    desk.once()
    assert len(desk.db("SELECT 1 FROM events WHERE kind = 'source'")) == 1


def test_gone_only_after_two_good_answers(t):
    """closed here after two good answers in a row without it, no sooner"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"),
                pair("u-2", "ETH", "lighter", "grvt"))
    desk.once()
    gone = desk.control.positions["main"].pop(0)
    desk.once()
    assert len(desk.rows()) == 2		# once is not enough
    desk.control.positions["main"].insert(0, gone)
    desk.once()					# there again
    desk.control.positions["main"].pop(0)
    desk.once()
    assert len(desk.rows()) == 2
    desk.control.fault = "500"
    desk.once()
    desk.control.fault = None
    desk.once()					# an error starts it anew
    assert len(desk.rows()) == 2
    desk.once()
    assert [r["symbol"] for r in desk.rows()] == ["ETH"]
    assert desk.db("SELECT status, reason FROM positions WHERE id = 1") == [
        ("closed", "EXTERNAL")]
    assert desk.db("SELECT who, note FROM events WHERE kind = 'close'") == [
        ("trading client", "gone from the trading client in 2 good answers")]


def test_nothing_else_is_taken_for_gone(t):
    """errors, a vanished account, no legs, a malformed pair: nothing closes"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.once()
    for fault in ("500", "503", "html", "cut", "lost", "vanished",
                  "no accounts", "no legs", "401", "403", "malformed"):
        desk.control.fault = fault
        for _ in range(2):
            p = desk.once()
            assert KEY not in p.err + p.out, p
        assert len(desk.rows()) == 1, fault
        assert desk.db("SELECT absent FROM held") == [(0,)], fault
        if fault not in ("no legs", "malformed"):
            assert "trading client trouble" in p.err, (fault, p.err)
    # Held by hand, never seen there: absence says nothing.
    desk.control.fault = None
    import_pair(t, {"symbol": "ETH"})
    desk.once()
    desk.once()
    desk.once()
    assert len(desk.rows()) == 2


def test_a_missing_leg_is_counted_with_care(t):
    """one leg gone: counted only while /balances shows its venue well"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.once()
    row = desk.control.positions["main"][0]
    both, row["legs"] = row["legs"], row["legs"][:1]
    desk.errors = desk.control.errors
    desk.errors["grvt"] = "timeout"
    desk.once()
    assert desk.db("SELECT short_missing, long_missing FROM held") == [(0, 0)]
    desk.errors.clear()
    desk.once()
    desk.once()
    assert desk.db("SELECT short_missing, long_missing FROM held") == [(2, 0)]
    row["legs"] = both
    desk.once()
    assert desk.db("SELECT short_missing FROM held") == [(0,)]
    assert len(desk.rows()) == 1


def test_a_closed_one_that_is_held_again_is_told(t):
    """it is neither doubled nor reopened silently: an error in the log"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.once()
    row = desk.control.positions["main"].pop()
    desk.once()
    desk.once()
    desk.control.positions["main"].append(row)
    p = desk.once()
    assert 'err="a closed position is held again"' in p.err, p.err
    assert desk.db("SELECT count(*) FROM positions") == [(1,)]


def test_the_id_of_a_closed_one_is_not_adopted(t):
    """recorded anew by hand while its old id is spent: told, polls go on"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.once()
    t.run("positions", "close", 1, "-y").expect(0)
    import_pair(t, {})
    for _ in range(2):
        told = desk.once().err
    row, = desk.rows()
    assert (row["id"], row["action"]) == (2, "hold"), row
    assert "a closed position had this id" in told, told
    assert desk.db("SELECT external_id FROM positions WHERE id = 2") == [
        (None,)]
    desk.rates(FLIPPED)
    desk.once()
    assert desk.rows()[0]["action"] == "close"


def not_watched(desk):
    return desk.db("SELECT fingerprint, told_at IS NOT NULL, over_at IS NOT "
                   "NULL FROM alerts WHERE kind = 'pair' ORDER BY fingerprint")


def test_pairs_nobody_watches_are_told(t):
    """what cannot be watched is in the log once, and an alert while it lasts"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"),
                pair("u-2", "ETH", "lighter", "grvt", size=None),
                pair("u-3", "SOL", "lighter", "lighter"))
    m = t.monitor("main", "--every", "1s", env=desk.env)
    m.wait_line('msg="poll" .*seq=2 ')
    desk.control.fault = "500"		# what nobody sees is not over
    m.wait_line("trading client trouble")
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE alerts SET since = since - 200000")
    desk.control.fault = None
    m.wait_line("trading client recovered")
    t.wait(lambda: not_watched(desk) == [("main/pair/u-2", 1, 0),
                                         ("main/pair/u-3", 1, 0)], "alerts")
    assert [row["symbol"] for row in desk.rows()] == ["BTC"]
    shown = t.run("alerts", "list", "-a", "main").expect(0).out
    assert "NOT WATCHED main: pair u-2 of the trading client" in shown, shown
    desk.control.positions["main"].pop(1)
    t.wait(lambda: not_watched(desk) == [("main/pair/u-2", 1, 1),
                                         ("main/pair/u-3", 1, 0)], "over")
    m.stop()
    assert m.text().count('msg="trading client"') == 2, m.text()


def test_more_pairs_nobody_watches_than_are_named(t):
    """forty of them: some by name, the others by their number, once"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"),
                *(pair(f"x-{i:02}", "ETH", "lighter", "grvt", size=None)
                  for i in range(40)))
    m = t.monitor("main", "--every", "1s", env=desk.env)
    m.wait_line('msg="poll" .*seq=2 ')
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE alerts SET since = since - 200000")
    t.wait(lambda: ("main/pairs", 1, 0) in not_watched(desk), "alert")
    assert len(not_watched(desk)) == 33, not_watched(desk)
    assert desk.db("SELECT text FROM alerts WHERE fingerprint = 'main/pairs'"
                   ) == [("8 beyond the first 32\nno rule looks at them",)]
    del desk.control.positions["main"][33:]
    t.wait(lambda: ("main/pairs", 1, 1) in not_watched(desk), "over")
    m.stop()
    assert m.text().count("more pairs that nobody watches") == 1, m.text()


def test_closed_on_paper_only(t):
    """a dry run closes what the client goes on holding: nothing to be told"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"))
    t.config_file.write_text(t.config_file.read_text().replace(
        "mode: live", "mode: dry-run"))
    desk.once()
    desk.rates(FLIPPED)
    p = t.run("run", "--every", "1s", "--polls", "3", env=desk.env).expect(0)
    with sqlite3.connect(t.dir / "data/main.dry-run.db") as db:
        assert db.execute("SELECT status FROM positions").fetchall() == [
            ("closed",)]
        assert not db.execute("SELECT * FROM alerts WHERE kind = 'pair'"
                              ).fetchall()
    assert "is held again" not in p.err, p.err


def test_a_bad_key_is_named(t):
    """401 says what is wrong; the key is nowhere"""
    desk = Desk(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.env["CW_CONTROL"] = "planted-wrong-key"
    p = desk.once()
    assert "the key is missing, wrong or expired" in p.err, p.err
    assert "planted" not in p.err
    t.run("run", "--once").expect(78, err="control_api.key: secret env")


STEADY = PROFILE + """\
  watched:
    extends: steady
    poll_interval: 1s
"""


def protected(t, *pairs):
    """The same with a profile that extends a shipped one."""
    desk = Desk(t, *pairs)
    text = t.config_file.read_text().replace(PROFILE, STEADY).replace(
        "profile: plain", "profile: watched")
    t.config_file.write_text(text)
    return desk


def verdicts(t):
    return {x["label"]: x["verdict"] for x in
            t.run("explain", 1, "--json").expect(0).json()["lines"]}


def told_closes(desk):
    return [x for x, in desk.db("SELECT text FROM outbox WHERE kind = "
                                "'close'")]


def test_protective_lines_stand_first(t):
    """shipped profiles get leg_missing, leg_drift, liquidation_near first"""
    desk = protected(t, pair("u-1", "BTC", "lighter", "grvt"))
    printed = t.run("check-config", "--print", "-a", "main").expect(0).out
    assert "LEG_MISSING: leg_missing" in printed, printed
    desk.once()
    desk.once()
    lines = t.run("explain", 1, "--json").expect(0).json()["lines"]
    assert [x["label"] for x in lines[:3]] == [
        "LEG_MISSING", "LEG_DRIFT", "LIQUIDATION_NEAR"]
    assert [x["verdict"] for x in lines[:3]] == ["false"] * 3, lines[:3]
    # Own close lines stay as written, with a warning.
    Desk(t)
    t.run("check-config").expect(0, err="LEG_MISSING: leg_missing")
    t.config("http://127.0.0.1:1/api/v1", "  main: {profile: own}\n",
             more="profiles:\n  own:\n    close:\n      - GONE: "
             "leg_missing\n")
    t.run("check-config").expect(78, err="never known without the trading "
                                         "client")


def test_protective_lines_close(t):
    """drift, a near liquidation: closed by their lines, on stale rates too"""
    for field, value, label in (("quantity", 9.4, "LEG_DRIFT"),
                                ("liquidation_price", 95.0,
                                 "LIQUIDATION_NEAR")):
        desk = protected(t, pair("u-1", "BTC", "lighter", "grvt"))
        desk.once()
        desk.once()
        assert desk.rows()[0]["action"] == "hold", desk.rows()
        desk.control.positions["main"][0]["legs"][0][field] = value
        desk.service.override["/"] = (500, "text/html", "")
        desk.once(5)
        row, = desk.rows()
        assert (row["action"], row["reason"]) == ("close", label), row
        told, = told_closes(desk)
        assert (f"; unwind long {'9.4' if field == 'quantity' else '10'} BTC "
                "on lighter, short 10 BTC on grvt; ") in told, told
        t.run("replay", "--verify", "-a", "main").expect(0)
        shutil.rmtree(t.dir / "data")


def test_a_missing_leg_closes_after_three_minutes(t):
    """three answers over three minutes, the venue well: LEG_MISSING"""
    desk = protected(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.once()
    desk.once()
    desk.control.positions["main"][0]["legs"].pop()
    for _ in range(3):
        desk.once()
    assert verdicts(t)["LEG_MISSING"] == "unknown"
    assert desk.rows()[0]["action"] != "close"
    with sqlite3.connect(t.dir / "data/main.db") as db:
        db.execute("UPDATE held SET short_missing_since = "
                   "short_missing_since - 180000")
    desk.once()
    assert verdicts(t)["LEG_MISSING"] == "true"
    assert desk.rows()[0]["reason"] == "LEG_MISSING"
    # To unwind a leg that is gone would open it the other way round.
    told, = told_closes(desk)
    assert ("; unwind long 10 BTC on lighter, nothing on grvt (the short leg "
            "is gone); ") in told, told
    t.run("replay", "--verify", "-a", "main").expect(0)


def test_half_of_a_pair_closes_nothing(t):
    """a pair that cannot be read to its end: none of its legs is believed"""
    desk = protected(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.once()
    desk.once()
    legs = desk.control.positions["main"][0]["legs"]
    for more in ([leg("lighter", "long", 6)],		# one leg in two rows
                 [leg("grvt", "long", 1)], ["x"],
                 [{"dex": "GRVT", "side": "both"}]):
        legs[0]["quantity"] = 4.0
        legs[2:] = more
        desk.once()
        row, = desk.rows()
        assert row["action"] != "close", (more, row)
        assert verdicts(t)["LEG_DRIFT"] == "unknown", more
        assert verdicts(t)["LEG_MISSING"] == "unknown", more
        assert desk.db("SELECT long_quantity FROM positions") == [("10",)]
    t.run("replay", "--verify", "-a", "main").expect(0)
    legs[0]["quantity"] = 10.0
    del legs[2:]
    desk.once()
    assert verdicts(t)["LEG_MISSING"] == "false"


def test_a_price_never_given_is_not_blindness(t):
    """no liquidation price, ever: UNWATCHED is told, rates lost hide it"""
    desk = protected(t, pair("u-1", "BTC", "lighter", "grvt"))
    desk.control.positions["main"][0]["legs"][1]["liquidation_price"] = None
    desk.once()
    desk.once()

    def much_later():
        with sqlite3.connect(t.dir / "data/main.db") as db:
            db.execute("UPDATE streaks SET since = since - 3600000 "
                       "WHERE since IS NOT NULL")
        return verdicts(t)

    assert desk.rows()[0]["action"] == "hold"
    assert much_later()["LIQUIDATION_NEAR"] == "unknown"
    told = desk.once().err
    assert "UNWATCHED" in told and "blind" not in told, told
    assert desk.rows()[0]["action"] == "alert"
    assert desk.db("SELECT fingerprint FROM alerts") == [
        ("main/1/unwatched",)]
    desk.rates({"lighter": {"BTC": "0.0001"}})
    desk.once()
    much_later()
    told = desk.once().err
    assert "blind" in told and "divergence" in told, told
    assert desk.db("SELECT fingerprint FROM alerts WHERE fingerprint LIKE "
                   "'main/1/%' ORDER BY 1") == [
        ("main/1/alert",), ("main/1/unwatched",)]
    t.run("replay", "--verify", "-a", "main").expect(0)
    desk.rates(RATES)
    desk.control.positions["main"][0]["legs"][1]["liquidation_price"] = 150.0
    desk.once()
    assert desk.rows()[0]["action"] == "hold"


def test_price_is_known_with_a_client(t):
    """mark prices of the client: the price PnL of an open pair is known"""
    row = pair("u-1", "BTC", "lighter", "grvt")
    row["legs"][0]["mark_price"], row["legs"][1]["mark_price"] = 103.0, 101.0
    desk = Desk(t, row)
    desk.once()
    desk.once()
    shown = json.dumps(t.run("positions", "show", 1, "--json").json())
    assert '"20"' in shown, shown		# 10 * 3 - 10 * 1


if __name__ == "__main__":
    lib.main()
