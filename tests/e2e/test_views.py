#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the reading commands say about a pair whose every rate is given."""
import contextlib
import csv
import datetime
import io
import json
import re
import sqlite3

import lib
from service import Quote, Service

LONG_SANITIZED = True
DESIGN_KEYS = ["id", "account", "symbol", "status", "size_usd", "long",
               "short", "entry_divergence_8h", "divergence_8h",
               "remaining_ratio", "opened_at", "age_hours", "action",
               "reason", "checked_at"]
LEG_KEYS = ["venue", "rate_8h", "pays_every_s", "next_funding",
            "observed_at", "stale"]
RATES = {"lighter": {"BTC": "0.000035", "ETH": "0.0001"},
         "grvt": {"BTC": "0.000255", "ETH": "0.0002"}}


def given(t, accounts="  main: {profile: conservative, mode: live, "
          "venues: [lighter, grvt]}\n", rates=None):
    t.service = Service(rates or RATES)
    t.config(t.service.url, accounts)
    return t.service


def held(t, symbol="BTC", entry="0.000285", size="20000", *more):
    t.run("positions", "open", "--symbol", symbol, "--long", "lighter",
          "--short", "grvt", "--size", size, "--entry-divergence", entry,
          "--opened-at", "75h", *more).expect(0)


def listed(t, *more):
    return t.run("positions", "list", "--json", *more).expect(0).json()


def record(t, sql, *values):
    """Change what is recorded behind the program's back."""
    with contextlib.closing(sqlite3.connect(t.dir / "data/main.db")) as db:
        db.execute(sql, values)
        db.commit()


def test_before_the_first_poll_nothing_is_known_and_nothing_fails(t):
    given(t)
    assert listed(t) == []
    for command in (("positions", "history"), ("exposure",)):
        t.run(*command).expect(0)
    held(t)
    row = listed(t)[0]
    assert list(row)[:15] == DESIGN_KEYS, list(row)
    assert list(row["long"])[:6] == LEG_KEYS, list(row["long"])
    assert (row["action"], row["reason"]) == ("hold", None), row
    for key in ("divergence_8h", "remaining_ratio", "checked_at",
                "carry_usd_day", "nearest"):
        assert row[key] is None, key
    t.run("explain", 1).expect(3, err="no poll recorded yet")
    t.run("positions", "list", "-o", "table").expect(0, out="no poll recorded")


def test_after_a_poll_the_row_has_the_exact_numbers(t):
    given(t)
    held(t)
    t.run("run", "--once").expect(0)
    row = listed(t)[0]
    assert row["divergence_8h"] == "0.00022", row
    assert row["remaining_ratio"] == "0.771929824561403509", row
    assert row["long"]["rate_8h"] == "0.000035"
    assert row["short"]["pays_every_s"] == 28800
    assert row["carry_usd_day"] == "13.2" and row["cost_usd"] == "8", row
    assert row["age_hours"] == "75", row
    assert (row["action"], row["reason"]) == ("hold", None), row
    assert row["nearest"]["rule"] == "erosion", row["nearest"]
    assert row["checked_at"] and not row["stale"]


def test_the_table_says_what_is_kept_and_what_is_next(t):
    given(t)
    held(t)
    t.run("run", "--once").expect(0)
    r = t.run("positions", "list", "-o", "table").expect(0)
    for text in ("+0.0220%", " 77% ", "erosion 77/50", "+13.20", "3d 3h"):
        assert text in r.out, (text, r.out)
    assert "~" not in r.out, r.out
    assert "24.09%" in t.run("positions", "list", "-o", "table", "--unit",
                             "apr").expect(0).out


def test_a_pipe_gets_plain_columns_and_sort_and_limit_reach_json(t):
    given(t)
    held(t)
    held(t, "ETH", "0.0002", "500")
    t.run("run", "--once").expect(0)
    out = t.run("positions", "list").expect(0).out
    rows = list(csv.DictReader(io.StringIO(out), delimiter="\t"))
    assert [r["symbol"] for r in rows] == ["BTC", "ETH"], out
    assert rows[0]["divergence_8h"] == "0.00022", rows[0]
    assert [r["symbol"] for r in listed(t, "--sort", "-id")] == ["ETH", "BTC"]
    assert len(listed(t, "--limit", "1")) == 1
    assert listed(t, "--columns", "symbol,id", "--sort", "-id") == [
        {"symbol": "ETH", "id": 2}, {"symbol": "BTC", "id": 1}]
    lines = t.run("positions", "list", "-o", "jsonl").expect(0).out
    assert [json.loads(x)["id"] for x in lines.splitlines()] == [1, 2]


def test_a_failing_venue_is_unknown_and_its_last_number_is_marked(t):
    service = given(t)
    held(t)
    t.run("run", "--once").expect(0)
    service.override["/funding-rates/grvt"] = (500, "text/plain", "no")
    t.run("run", "--once").expect(0)
    row = listed(t)[0]
    assert row["divergence_8h"] is None and row["remaining_ratio"] is None
    assert row["short"]["rate_8h"] is None
    assert row["short"]["why"] == "request failed", row["short"]
    assert row["last_divergence_8h"] == "0.00022", row
    assert "~+0.0220%" in t.run("positions", "list", "-o", "table").out
    shown = t.run("positions", "show", 1).expect(
        0, r"now ~\+0\.0220%/8h[^\n]*\n +last known at 20\S+Z$").out
    assert re.search(r"short +grvt +rate -/8h.*  \(request failed\)$", shown,
                     re.M), shown
    why = "unknown \\(request failed\\)"
    steps = {s["step"]: s for s in
             t.run("positions", "verify", 1, "--json").expect(0).json()}
    for step in ("short rate", "divergence", "remaining ratio", "carry"):
        assert steps[step]["value"] is None, steps[step]
        assert "unknown: request failed" in steps[step]["numbers"], steps[step]
    assert re.match(f"{why} / 0.000855", steps["remaining ratio"]["numbers"])


def test_a_stale_rate_is_shown_as_stale_and_not_used(t):
    service = given(t)
    held(t)
    service.rates["grvt"]["BTC"] = Quote("0.000255", age=3600)
    t.run("run", "--once").expect(0)
    row = listed(t)[0]
    assert row["short"]["stale"] and row["short"]["rate_8h"] == "0.000255"
    assert not row["long"]["stale"] and row["divergence_8h"] is None, row
    t.run("positions", "show", 1).expect(
        0, r"short +grvt +rate ~\+0\.0255%/8h.*  \(stale\)$")


def test_explain_uses_the_rules_in_force_at_the_poll(t):
    given(t)
    held(t)
    t.run("run", "--once").expect(0)
    before = t.run("explain", 1, "--json").expect(0).json()
    assert before["profile"] == "conservative" and before["poll"] == 1
    t.config(t.service.url, "  main: {profile: aggressive, mode: live, "
             "venues: [lighter, grvt]}\n")
    assert t.run("explain", 1, "--json").expect(0).json() == before
    lines = {r["label"]: r for r in before["lines"]}
    erosion = lines["PROFIT_EROSION"]
    assert erosion["verdict"] == "false" and erosion["list"] == "close"
    assert {"rule": "erosion", "name": "keep", "value": "0.5",
            "unit": "1"} in erosion["limits"], erosion
    inputs = {i["name"]: i["value"] for i in erosion["inputs"]}
    assert inputs == {"divergence": "0.00066",
                      "entry_divergence": "0.000855"}, inputs


def test_explain_at_a_time_shows_the_poll_of_then(t):
    service = given(t)
    held(t)
    t.run("run", "--once").expect(0)
    first = t.run("explain", 1, "--json").expect(0).json()
    service.rates["grvt"]["BTC"] = Quote("0.00003")
    t.run("run", "--once").expect(0)
    now = t.run("explain", 1, "--json").expect(0).json()
    assert (now["action"], now["reason"]) == ("close", "DIVERGENCE_FLIPPED")
    assert [r["deciding"] for r in now["lines"]].index(True) == 0
    then = t.run("explain", 1, "--json", "--at", first["at"]).expect(0).json()
    assert then == first, (then, first)
    row = listed(t, "--at", first["at"])[0]
    assert (row["action"], row["divergence_8h"]) == ("hold", "0.00022"), row
    t.run("explain", 1, "--at", "2020-01-01").expect(3, err="no recorded poll")
    t.run("explain", 1, "-a", "other").expect(3, err='no account "other"; '
                                              "there is main")


def test_a_decided_close_keeps_its_label_until_it_is_closed(t):
    service = given(t)
    held(t)
    service.rates["grvt"]["BTC"] = Quote("0.00003")
    t.run("run", "--once").expect(0)
    service.rates["grvt"]["BTC"] = Quote("0.000255")
    t.run("run", "--once").expect(0)
    row = listed(t)[0]
    assert (row["status"], row["action"], row["reason"]) == (
        "pending_close", "close", "DIVERGENCE_FLIPPED"), row
    t.run("positions", "list", "--exit-code").expect(11)
    t.run("positions", "close", 1, "--yes").expect(0)
    assert listed(t) == []
    assert [r["status"] for r in listed(t, "--all")] == ["closed"]
    past = t.run("positions", "history", "--json").expect(0).json()
    assert past[0]["reason"] == "DIVERGENCE_FLIPPED", past
    assert past[0]["held_hours"] == "75", past
    t.run("explain", 1).expect(0, out="DIVERGENCE_FLIPPED")


def test_of_all_positions_the_closed_ones_are_told_apart(t):
    """their status is there; they earn nothing and have no next cash flow"""
    given(t)
    held(t)
    held(t, "ETH")
    t.run("run", "--once").expect(0)
    t.run("positions", "close", 2, "--yes").expect(0)
    table = t.run("positions", "list", "--all", "-o", "table").expect(0).out
    head, *rows = table.splitlines()
    assert "STATUS" in head, table
    assert [("closed" in r, " in " in r) for r in rows[:2]] == [
        (False, True), (True, False)], table
    shut = list(csv.DictReader(io.StringIO(t.run(
        "positions", "list", "--all", "-o", "csv").expect(0).out)))[1]
    assert (shut["status"], shut["next_cash"], shut["carry_usd_day"]) == (
        "closed", "", ""), shut


def test_explain_says_which_line_was_said_no_to(t):
    service = given(t)
    held(t)
    service.rates["grvt"]["BTC"] = Quote("0.00003")
    t.run("run", "--once").expect(0)
    kept = t.run("positions", "keep", 1, "--for", "8h").expect(0)
    assert "SEVERE_EROSION is TRUE as well" in kept.out + kept.err, kept
    assert "DIVERGENCE_FLIPPED is TRUE" not in kept.out + kept.err, kept
    t.run("run", "--once").expect(0)
    line, = [x for x in t.run("explain", 1).expect(0).out.splitlines()
             if "DIVERGENCE_FLIPPED" in x and "close" in x]
    assert "TRUE" in line and "(kept until " in line, line
    show = t.run("positions", "show", 1).expect(0).out
    assert "(kept until " in show, show


def test_a_simulated_close_is_listed_until_the_next_poll(t):
    service = given(t, "  paper: {profile: conservative, mode: dry-run, "
                    "venues: [lighter, grvt]}\n")
    held(t)
    service.rates["grvt"]["BTC"] = Quote("0.00003")
    t.run("run", "--once").expect(0)
    row = listed(t)[0]
    assert (row["status"], row["action"]) == ("closed", "close"), row
    assert row["divergence_8h"] == "-0.000005", row
    assert t.run("exposure", "--json").expect(0).json() == []
    t.run("positions", "list", "--exit-code").expect(0)
    t.run("run", "--once").expect(0)
    assert listed(t) == []


def test_a_simulated_pair_closed_by_hand_is_not_listed(t):
    """neither before the first poll nor after one that still held it"""
    given(t, "  paper: {profile: conservative, mode: dry-run, "
          "venues: [lighter, grvt]}\n")
    held(t)
    t.run("positions", "close", 1, "--yes").expect(0)
    assert listed(t) == []
    held(t)
    t.run("run", "--once").expect(0)
    assert [r["id"] for r in listed(t)] == [2]
    t.run("positions", "close", 2, "--yes").expect(0)
    assert listed(t) == []
    assert [r["id"] for r in listed(t, "--all")] == [1, 2]


def test_a_simulated_close_is_not_free_for_want_of_a_fee(t):
    """it stays pending, the log says what to set, and then it is closed"""
    accounts = ("  paper: {profile: conservative, mode: dry-run, "
                "venues: [lighter, grvt]}\n")
    fees = "{taker_fee: 0.05%, slippage: 0.02%}"
    service = Service(RATES)
    service.rates["grvt"]["BTC"] = Quote("0.00003")
    t.config(service.url, accounts, more="costs: {model: fees}\n"
             f"venues: {{lighter: {fees}}}\n")
    held(t)
    log = t.run("run", "--once").expect(0).err
    assert re.search('msg="close not filled".* position=1 err="no cost for '
                     "lighter and grvt .*: set taker_fee and slippage under "
                     'venues:, or costs.model: round_trip"', log), log
    row = listed(t)[0]
    assert (row["status"], row["fees_usd"]) == ("pending_close", "0"), row
    t.config(service.url, accounts, more="costs: {model: fees}\n"
             f"venues: {{lighter: {fees}, grvt: {fees}}}\n")
    t.run("run", "--once").expect(0)
    row = listed(t)[0]
    assert (row["status"], row["fees_usd"], row["slippage_usd"]) == (
        "closed", "20", "8"), row


def test_show_and_verify_print_the_arithmetic(t):
    given(t)
    held(t, "BTC", "0.000285", "20000", "--note", "thin book")
    t.run("run", "--once").expect(0)
    r = t.run("positions", "show", 1).expect(0, out="What would close it")
    assert "thin book" in r.out and "kept 77% (<50%)" in r.out, r.out
    shown = t.run("positions", "show", 1, "--json").expect(0).json()
    assert list(shown)[:15] == DESIGN_KEYS
    assert shown["events"][0]["kind"] == "open", shown["events"]
    steps = t.run("positions", "verify", 1, "--json").expect(0).json()
    values = {(s["step"], s["unit"]): s["value"] for s in steps}
    assert values["divergence", "per day"] == "0.00066", values
    assert values["remaining ratio", "1"] == "0.771929824561403509", values
    t.run("positions", "show", 9).expect(3)


def test_verify_adds_what_both_legs_settle_at_once(t):
    """two legs of one rhythm; a schedule that is told; costs by their fees"""
    service = given(t, "  main: {profile: conservative, mode: live, venues: "
                    "[aster, grvt]}\n", {
        "aster": {"BTC": Quote("0.0001", next_funding=3600)},
        "grvt": {"BTC": Quote("0.0004", next_funding=3600)}})
    start = service.now()
    service.now = lambda: start			# both say the same time
    t.config_file.write_text(t.config_file.read_text() + """\
costs: {model: fees}
venues:
  aster: {pays_every: 8h, taker_fee: 0.04%, slippage: 0.01%}
  grvt: {pays_every: 8h, taker_fee: 0.05%, slippage: 0.02%}
""")
    t.run("positions", "open", "--symbol", "BTC", "--long", "aster", "--short",
          "grvt", "--size", "20000").expect(0)
    t.run("run", "--once").expect(0)
    steps = {s["step"]: s for s in
             t.run("positions", "verify", 1, "--json").expect(0).json()}
    for step, value, numbers in (
            ("next cash long", "-2", r"at 20\S+Z: -20000 x 0\.0001 x 28800 / "),
            ("next cash short", "8", r"at 20\S+Z: \+20000 x 0\.0004 x 28800 / "),
            ("next cash", "6", r"-2 \+ 8$"),
            ("cost of closing", "24", r"20000 x 0\.0012$")):
        assert steps[step]["value"] == value, steps[step]
        assert re.match(numbers, steps[step]["numbers"]), steps[step]
    assert steps["cost of closing"]["formula"] == \
        "size x (taker fee + slippage) of both legs"
    assert steps["entry divergence"]["numbers"] == "from the poll at opening"
    assert "(derived)" not in t.run("positions", "show", 1).expect(
        0, r"long +aster .*  next 20\S+Z$").out


def test_numbers_of_a_monitor_that_stopped_are_said_to_be_old(t):
    service = given(t, "  paper: {profile: conservative, mode: dry-run, "
                    "venues: [lighter, grvt]}\n")
    held(t)
    now = datetime.datetime.now(datetime.timezone.utc)
    then = now - datetime.timedelta(hours=1)
    service.now = lambda: then
    since, start = (x.strftime("%Y-%m-%dT%H:%M:%SZ") for x in (then, now))
    t.run("run", "--once", "--clock", f"{since},{start},1").expect(0)
    r = t.run("positions", "list", "-o", "table").expect(0)
    assert re.search("^Account paper: no poll recorded since "
                     f"{since[:-3]}..Z; numbers with ~ are as of then. Is it "
                     "running[?] carrywatch status -a paper$", r.out + r.err,
                     re.M), (r.out, r.err)
    assert "~+0.0220%" in r.out, r.out
    assert listed(t)[0]["stale"]


def test_rules_that_cannot_be_read_back_are_not_replaced_by_others(t):
    """the poll whose they are is named; nothing is shown by today's rules"""
    given(t)
    held(t)
    t.run("run", "--once").expect(0)
    t.run("explain", 1).expect(0, out="PROFIT_EROSION")
    record(t, "UPDATE configs SET text = replace(text, ' main:', ' gone:')")
    for command in (("explain", 1), ("replay",)):
        t.run(*command).expect(6, err='poll 1: account "main" is not in the '
                               "recorded configuration")
    record(t, "UPDATE configs SET text = 'version: 9' || char(10)")
    for command in (("explain", 1), ("positions", "list"),
                    ("positions", "show", 1)):
        t.run(*command).expect(78, err="poll 1: .*recorded configuration")
    record(t, "UPDATE polls SET config = 'none'")
    t.run("explain", 1).expect(3, err="poll 1: no configuration with the "
                               "hash none")


def test_exposure_nets_each_venue_and_coin(t):
    given(t)
    held(t)
    held(t, "ETH", "0.0002", "500.5")
    rows = t.run("exposure", "--json").expect(0).json()
    by = {(r["by"], r["name"]): r for r in rows}
    lighter, btc = by["venue", "lighter"], by["symbol", "BTC"]
    assert lighter["long_usd"] == "20500.5", lighter
    assert lighter["net_usd"] == "20500.5" and lighter["positions"] == 2
    assert btc["net_usd"] == "0" and btc["gross_usd"] == "40000", btc
    assert btc["positions"] == 1, btc


if __name__ == "__main__":
    lib.main()
