#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Money as a trader sees it: exit prices, what venues really paid, and the
arithmetic from the ledger to net, in text and in JSON."""
import contextlib
import datetime
import json
import re
import sqlite3
from decimal import Decimal

import lib
from service import Service

LONG_SANITIZED = True
ACCOUNTS = """\
  main: {profile: conservative, mode: live, venues: [lighter, grvt]}
"""
HOUR = 3600000


@contextlib.contextmanager
def database(t):
    db = sqlite3.connect(t.dir / "data" / "main.db", timeout=10,
                         isolation_level=None)
    try:
        yield db
    finally:
        db.close()


def query(t, sql, *args):
    with database(t) as db:
        return db.execute(sql, args).fetchall()


def opened(t, *more, ago="75h"):
    """A pair of 20000 USD and what it is called."""
    if not t.config_file.exists():
        t.config(accounts=ACCOUNTS)
    t.run("positions", "open", "--symbol", "BTC", "--long", "lighter",
          "--short", "grvt", "--size", "20000", "--entry-divergence",
          "0.000285", "--opened-at", ago, *more).expect()
    return query(t, "SELECT max(id) FROM positions")[0][0]


def opened_long_ago(t, *more, ago="75h"):
    """The same, recorded before a poll: its ledger begins with its opening."""
    t.run("run", "--once").expect()
    position = opened(t, *more, ago=ago)
    with database(t) as db:
        db.execute("UPDATE events SET at = at - ?", (100 * HOUR,))
    return position


def settle(t, position, side, at, expected, **more):
    """A row of the ledger, as a poll books it."""
    row = dict(position=position, side=side, at=at, rate_8h="0.0001",
               pays_every_s=28800 if side == "short" else 3600,
               base="entry notional", amount_usd=expected, late=0,
               hypothetical=0)
    row.update(more)
    with database(t) as db:
        db.execute(f"INSERT INTO settlements ({', '.join(row)}) VALUES"
                   f" ({', '.join('?' * len(row))})", list(row.values()))


def shown(t, position=1):
    return t.run("positions", "show", position, "--json").expect().json()


def stamp(ms):
    return datetime.datetime.fromtimestamp(
        ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[
            :-3] + "Z"


def last_grid(every=8 * HOUR):
    """The newest settlement time of that rhythm that has passed."""
    now = int(datetime.datetime.now().timestamp() * 1000)
    return now - now % every


# ---- exit prices ----

def test_a_close_keeps_its_exit_prices_and_a_reopen_takes_all_back(t):
    opened(t, "--long-qty", "0.2", "--short-qty", "0.2", "--long-price",
           "100000", "--short-price", "100100")
    at = last_grid()
    t.run("positions", "close", "1", "-y", "--long-price", "101000",
          "--short-price", "101050").expect()
    assert query(t, "SELECT long_exit_price, short_exit_price"
                 " FROM positions") == [("101000", "101050")]
    # Booked by a poll after the close: had it been kept.
    settle(t, 1, "short", at, "2", hypothetical=1)
    settle(t, 1, "long", at, "-0.5", hypothetical=1)
    t.run("positions", "reopen", "1").expect()
    assert query(t, "SELECT long_exit_price, short_exit_price"
                 " FROM positions") == [(None, None)]
    assert query(t, "SELECT DISTINCT hypothetical FROM settlements") == [(0,)]
    assert query(t, "SELECT settled_usd, settlements, unknown"
                 " FROM funding") == [("1.5", 2, 0)]
    assert shown(t)["funding_usd"] == "1.5"


def test_exit_prices_come_in_twos_and_above_zero(t):
    opened(t)
    for more, says in ((("--long-price", "1"), "--short-price is missing"),
                       (("--long-price", "0", "--short-price", "1"),
                        "--long-price: .*above zero"),
                       (("--long-price", "1", "--short-price", "x"),
                        '--short-price "x"')):
        t.run("positions", "close", "1", "-y", *more).expect(
            2, r"\A\Z", says)
    assert query(t, "SELECT status FROM positions") == [("open",)]


# ---- what venues paid ----

HEAD = "position,side,at,amount_usd\n"


def paid(t, text, *more, name="paid.csv"):
    path = t.dir / name
    path.write_text(text)
    return t.run("positions", "funding", "import", path, *more), path


def ledger_of(t, position=1):
    return query(t, "SELECT side, at, amount_usd, reported_usd, late FROM"
                 " settlements WHERE position = ? ORDER BY at, side", position)


def with_ledger(t, *more):
    """Two settlements of each leg, eight hours apart; -0.5 and +2 each."""
    opened(t, *more)
    last = last_grid()
    for at in (last - 8 * HOUR, last):
        settle(t, 1, "long", at, "-0.5")
        settle(t, 1, "short", at, "2")
    return last


def test_what_a_venue_paid_counts_instead_of_what_was_expected(t):
    at = with_ledger(t)
    assert shown(t)["funding_usd"] == "3"
    before = query(t, "SELECT rate_8h, amount_usd, base FROM settlements")
    # 41 s late, as venues stamp it.
    r, _ = paid(t, HEAD + f"1,short,{stamp(at + 41000)},1.75\n"
                f"1,long,{stamp(at)},-0.500000000000000001\n")
    r.expect(0, r"^Imported 2 rows into main: 2 new, 0 as before, 0 replaced, "
             r"0 added$", r"\A\Z")
    r.expect(0, r"^  expected    1\.5 USD in 2 settlements\n"
             r"  reported    1\.249999999999999999 USD\n"
             r"  difference  -0\.250000000000000001 USD\n"
             r"  largest     -0\.25 USD, position 1 short at "
             + stamp(at)[:19])
    assert query(t, "SELECT settled_usd, settlements, unknown FROM"
                 " funding") == [("2.749999999999999999", 4, 0)]
    # What a replay decides by is as it was.
    assert query(t, "SELECT rate_8h, amount_usd, base FROM"
                 " settlements") == before
    p = shown(t)
    assert p["funding_usd"] == "2.749999999999999999", p["funding_usd"]
    assert [(x["amount_usd"], x["reported_usd"], x["difference_usd"],
             x["sum_usd"]) for x in p["ledger"][2:]] == [
        ("-0.5", "-0.500000000000000001", "-0.000000000000000001",
         "0.999999999999999999"),
        ("2", "1.75", "-0.25", "2.749999999999999999")], p["ledger"]
    assert t.run("positions", "list", "--json").expect().json()[0][
        "funding_usd"] == "2.749999999999999999"
    t.run("positions", "close", 1, "-y").expect()
    [h] = t.run("positions", "history", "--json").expect().json()
    assert h["funding_usd"] == "2.749999999999999999", h
    [e] = query(t, "SELECT who, note FROM events WHERE kind = 'funding'")
    assert e == ("cli", "reported amounts of 2 settlements: "
                 "1.249999999999999999 USD where 1.5 was expected, 0 where "
                 "nothing was; 0 replaced, 0 new in the ledger"), e


def test_the_same_again_is_no_change_and_another_amount_needs_replace(t):
    at = with_ledger(t)
    text = HEAD + f"1,short,{stamp(at)},1.75\n"
    paid(t, text)[0].expect()
    before = list(query(t, "SELECT * FROM settlements"))
    paid(t, text)[0].expect(0, "0 new, 1 as before")
    paid(t, text + f"1,short,{stamp(at + 5000)},1.75\n")[0].expect(
        0, "0 new, 2 as before.*\n  expected    2 USD in 1 settlement\n"
        "  reported    1.75 USD")
    assert list(query(t, "SELECT * FROM settlements")) == before
    other = HEAD + f"1,long,{stamp(at)},-1\n1,short,{stamp(at)},1.8\n"
    r, path = paid(t, other)
    r.expect(1, r"\A\Z", "^0 rows imported: nothing is stored unless")
    assert r.err.startswith(
        f"{path}:3:9: error: 1.75 USD was reported for the short settlement "
        f"of {stamp(at)[:19]}Z before: add --replace"), r.err
    assert list(query(t, "SELECT * FROM settlements")) == before
    paid(t, other, "--replace", "-n")[0].expect(
        0, "^Would import 2 rows .* 1 new, 0 as before, 1 replaced.*nothing "
        "was written")
    assert list(query(t, "SELECT * FROM settlements")) == before
    paid(t, other, "--replace")[0].expect(0, "1 new, 0 as before, 1 replaced")
    assert query(t, "SELECT settled_usd FROM funding") == [("2.3",)]
    # One event for each import that changed something.
    assert query(t, "SELECT count(*) FROM events WHERE kind = 'funding'") == [
        (2,)]
    twice = HEAD + f"1,long,{stamp(at)},-1\n1,long,{stamp(at + 9)},-2\n"
    r, path = paid(t, twice, "--replace")
    r.expect(1, err="another amount of this settlement stands in line 2")
    assert r.err.startswith(f"{path}:3:"), r.err


def test_a_venue_names_the_leg(t):
    at = with_ledger(t)
    paid(t, "position,venue,at,amount_usd\n"
         f"1,grvt,{stamp(at)},2.5\n1,lighter,{stamp(at)},-0.75\n"
         f"1,grvt,{stamp(at - 8 * HOUR)},1\n")[0].expect(0, "3 new")
    assert [x[3] for x in ledger_of(t)] == [None, "1", "-0.75", "2.5"]
    paid(t, f"position,venue,at,amount_usd\n1,aster,{stamp(at)},1\n")[
        0].expect(1, r"\A\Z", "no leg of the position is there")


def test_rows_of_several_pairs_stand_in_any_order(t):
    """each finds its own pair; a side and a venue must name the same leg"""
    head = "position,side,venue,at,amount_usd\n"
    t.config(accounts=ACCOUNTS)
    paid(t, head + f"1,long,,{stamp(last_grid())},1\n")[0].expect(
        1, r"\A\Z", 'position "1": no such position; see: carrywatch ')
    at = with_ledger(t)
    opened(t)
    for when in (at - 8 * HOUR, at):
        settle(t, 2, "long", when, "-0.5")
        settle(t, 2, "short", when, "2")
    rows = [f"{i},{side},{venue},{stamp(when)},{amount}\n"
            for i, side, venue, when, amount in (
                (2, "short", "grvt", at, "1.5"), (1, "long", "lighter", at, "-1"),
                (2, "short", "grvt", at - 8 * HOUR, "1"),
                (1, "short", "", at - 8 * HOUR, "3"), (2, "", "lighter", at, "-2"),
                (1, "short", "grvt", at, "2"))]
    paid(t, head + "".join(rows))[0].expect(
        0, r"^Imported 6 rows into main: 6 new.*\n  expected    7 USD in 6 "
        r"settlements\n  reported    4\.5 USD\n  difference  -2\.5 USD\n"
        r"  largest     -1\.5 USD, position 2 long at ")
    assert query(t, "SELECT position, side, amount_usd, reported_usd FROM"
                 " settlements WHERE reported_usd IS NOT NULL"
                 " ORDER BY position, side, at") == [
        (1, "long", "-0.5", "-1"), (1, "short", "2", "3"),
        (1, "short", "2", "2"),
        (2, "long", "-0.5", "-2"), (2, "short", "2", "1"),
        (2, "short", "2", "1.5")]
    assert query(t, "SELECT position, note FROM events WHERE kind = 'funding'"
                 " ORDER BY 1") == [
        (1, "reported amounts of 3 settlements: 4 USD where 3.5 was expected, "
         "0 where nothing was; 0 replaced, 0 new in the ledger"),
        (2, "reported amounts of 3 settlements: 0.5 USD where 3.5 was "
         "expected, 0 where nothing was; 0 replaced, 0 new in the ledger")]
    paid(t, head + f"1,short,lighter,{stamp(at)},1\n")[0].expect(
        1, r"\A\Z", ':2:9: error: venue "lighter": the leg of that side is on '
        "another venue")


def test_a_settlement_that_was_missed_is_added_with_what_was_paid(t):
    at = with_ledger(t, "--external-id", "bot-7")
    hole = at - HOUR
    text = "\n".join(json.dumps({
        "external_id": "bot-7", "venue": "lighter", "at": stamp(hole + 1000),
        "amount_usd": a}) for a in ("-0.25",))
    r, _ = paid(t, text + "\n", name="paid.jsonl")
    r.expect(0, "1 added\n  beside it   -0.25 USD in 1 settlement of unknown "
             "expected amount")
    assert ("long", hole, "?a settlement of unknown amount", "-0.25",
            1) in ledger_of(t)
    assert shown(t)["funding_usd"] == "2.75"
    [row] = [x for x in shown(t)["ledger"] if x["reported_usd"] == "-0.25"]
    assert (row["amount_usd"], row["rate_8h"], row["difference_usd"],
            row["pays_every_s"]) == (None, None, None, 3600), row
    # Reported again, another amount, moved by less than a minute.
    paid(t, HEAD + f"1,long,{stamp(hole - 60000)},-0.25\n")[0].expect(
        0, "1 as before")


def test_refused_rows_name_their_place_and_the_remedy(t):
    at = with_ledger(t)
    t.run("positions", "close", 1, "-y").expect()
    settle(t, 1, "short", at + 8 * HOUR, "2", hypothetical=1)
    now = int(datetime.datetime.now().timestamp() * 1000)
    good = f"1,long,{stamp(at)},-1\n"
    for row, column, says in (
            (f"1,short,{stamp(at + 8 * HOUR)},2", 9, "closed at .* not held"),
            (f"1,short,{stamp(at + 61000)},2", 9, "no settlement within 60 s "
             "of .*grvt pays every 28800 s"),
            (f"1,short,{stamp(at - 800 * HOUR)},2", 9, "was held from"),
            (f"1,long,{stamp(at + 12 * HOUR)},2", 8, "was held from"),
            (f"2,long,{stamp(at)},2", 1, 'position "2": no such position'),
            (f"x,long,{stamp(at)},2", 1, "write the id of a position"),
            (f",long,{stamp(at)},2", 1, "position is missing"),
            (f"1,left,{stamp(at)},2", 3, "write long or short"),
            (f"1,,{stamp(at)},2", 1, "side is missing, or venue"),
            ("1,long,yesterday,2", 8, "write a time like"),
            (f"1,long,,2", 1, "at is missing"),
            (f"1,long,{stamp(at)},1O", 33, "write a decimal number"),
            (f"1,long,{stamp(at)},", 1, "amount_usd is missing")):
        before = list(query(t, "SELECT * FROM settlements"))
        r, path = paid(t, HEAD + good + row + "\n")
        r.expect(1, r"\A\Z", says)
        assert r.err.startswith(f"{path}:3:{column}: error: "), (row, r.err)
        assert list(query(t, "SELECT * FROM settlements")) == before
    assert now
    r, path = paid(t, "position,side,att,amount_usd\n")
    r.expect(1, err='"att": did you mean "at"')
    r, path = paid(t, f"position,venue,at,amount_usd\n1,aster,{stamp(at)},1\n")
    r.expect(1, err='venue "aster": no leg of the position is there')
    paid(t, HEAD)[0].expect(1, err="no rows")


def test_what_the_next_poll_books_is_not_taken_before_it(t):
    t.service = Service({"lighter": {"BTC": "0.000035"},
                         "grvt": {"BTC": "0.000255"}})
    t.config(t.service.url, ACCOUNTS)
    opened(t)
    t.run("run", "--once").expect()
    with database(t) as db:
        db.execute("UPDATE polls SET at = at - 90000000")
        db.execute("DELETE FROM settlements WHERE at > "
                   "(SELECT max(at) FROM polls)")
        db.execute("DELETE FROM funding")
    at = last_grid(HOUR)
    paid(t, HEAD + f"1,long,{stamp(at)},-1\n")[0].expect(
        1, r"\A\Z", "not booked yet: the newest poll was at .*run --once")
    # The poll books what was expected, then it is taken.
    t.run("run", "--once").expect()
    assert query(t, "SELECT count(*) FROM settlements WHERE side = 'long' AND"
                 " at = ?", at) == [(1,)]
    paid(t, HEAD + f"1,long,{stamp(at)},-1\n")[0].expect(0, "1 new")


def test_a_command_of_three_words_is_found_and_explained(t):
    t.config(accounts=ACCOUNTS)
    t.run("positions", "funding").expect(2, err="needs another word")
    t.run("positions", "funding", "imprt", "x").expect(
        2, err='did you mean "positions funding import"')
    t.run("help", "positions", "funding", "import").expect(
        0, r"Usage: carrywatch positions funding import \[OPTION...\] FILE")
    script = t.run("completion", "bash").expect(0).out
    t.command("bash", "-c", script + "\nCOMP_WORDS=(carrywatch positions "
              "funding import --r); COMP_CWORD=4; _carrywatch\n"
              "echo \"${COMPREPLY[*]}\"").expect(0, "^--replace$")
    t.command("bash", "-c", script + "\nCOMP_WORDS=(carrywatch positions list "
              "--col); COMP_CWORD=3; _carrywatch\n"
              "echo \"${COMPREPLY[*]}\"").expect(0, "^--columns$")


def test_ten_thousand_payments_are_imported_at_once(t):
    opened(t, ago="20000h")
    end = last_grid(HOUR)
    text = HEAD + "".join(f"1,long,{stamp(end - i * HOUR)},-0.01\n"
                          for i in range(10000))
    paid(t, text)[0].expect(0, "10000 added")
    assert query(t, "SELECT settled_usd, settlements FROM funding") == [
        ("-100", 10000)]
    paid(t, text.replace("-0.01", "-0.02"), "--replace")[0].expect(
        0, "10000 replaced")
    assert query(t, "SELECT settled_usd, settlements FROM funding") == [
        ("-200", 10000)]


# ---- profit and loss ----

PRICES = ("--long-qty", "0.2", "--short-qty", "0.2", "--long-price", "100000",
          "--short-price", "100100")


def earning(t, *more):
    """A pair with a poll behind it: +13 of funding, 16.5 of fees."""
    t.service = Service({"lighter": {"BTC": "0.000035"},
                         "grvt": {"BTC": "0.000255"}})
    t.config(t.service.url, "  main: {profile: conservative, mode: live, "
             "venues: [lighter, grvt], capital_share: 50%}\n")
    opened_long_ago(t, "--fees", "16.5", *PRICES, *more)
    at = last_grid()
    settle(t, 1, "short", at - 8 * HOUR, "15")
    settle(t, 1, "long", at - 8 * HOUR, "-2")
    with database(t) as db:
        db.execute("INSERT INTO funding VALUES (1, '13', 2, 0)")
    t.run("run", "--once").expect()


def listed(t):
    return t.run("positions", "list", "--all", "--json").expect().json()


def test_an_open_pair_is_net_of_all_that_is_known(t):
    earning(t)
    [p] = listed(t)
    assert shown(t)["net_usd"] == p["net_usd"] == "-3.5", p
    for key, want in (
            ("funding_usd", "13"), ("price_usd", None),
            ("net_includes_price", False), ("realised_usd", "-3.5"),
            ("open_usd", None), ("slippage_usd", "0"),
            ("capital_usd", "10000"), ("return_on_notional", "-0.000175"),
            ("return_on_capital", "-0.00035"), ("cost_usd", "8"),
            ("expected_24h_usd", "13.2")):
        assert p[key] == want, (key, p[key])
    held = (datetime.datetime.fromisoformat(p["checked_at"]) -
            datetime.datetime.fromisoformat(p["opened_at"])).total_seconds()
    for key, base in (("apr_on_notional", 20000), ("apr_on_capital", 10000)):
        want = Decimal("-3.5") * 31536000 / (base * Decimal(str(held)))
        assert abs(Decimal(p[key]) - want) < Decimal("1e-17"), (p[key], want)
    # 16.5 + 8 - 13 = 11.5 and 8 USD are still to be earned.
    for key in ("break_even_all_in", "break_even_exit_only"):
        assert p[key]["state"] == "ahead" and p[key]["at"], p[key]
    assert p["break_even_all_in"]["at"] > p["break_even_exit_only"]["at"]
    assert Decimal(p["accrued_estimate_usd"]) > Decimal("-0.1"), p
    out = t.run("positions", "show", 1).expect(0).out
    for text in (r"funding +\+13\.00  2 settlements",
                 r"price +-  no mark price is known; not included in net",
                 r"net +-3\.50  price not included; realised -3\.50, open -",
                 r"accrued +~[-+].*an estimate, in no sum",
                 r"break-even +in .*all-in"):
        assert re.search(text, out), (text, out)
    wide = t.run("positions", "list", "-o", "wide").expect(
        0, "NET: price not included where PRICE is -").out
    for text in ("BREAK-EVEN", "-3.50", "+13.00", "1h/8h", "conservative"):
        assert text in wide, (text, wide)


def test_a_closed_pair_counts_its_exit_prices(t):
    earning(t)
    t.run("positions", "close", 1, "-y", "--fees", "8", "--long-price",
          "101000", "--short-price", "101050").expect()
    [p] = listed(t)
    assert p["long"]["exit_price"] == "101000", p["long"]
    for key, want in (("price_usd", "10"), ("net_usd", "-1.5"),
                      ("net_includes_price", True), ("realised_usd", "-1.5"),
                      ("open_usd", "0"), ("accrued_estimate_usd", None),
                      ("expected_24h_usd", None),
                      ("return_on_capital", "-0.00015")):
        assert p[key] == want, (key, p[key])
    [h] = t.run("positions", "history", "--json").expect().json()
    for key, want in (("price_usd", "10"), ("net_usd", "-1.5"),
                      ("fees_usd", "24.5"), ("funding_usd", "13"),
                      ("return_on_notional", "-0.000075")):
        assert h[key] == want, (key, h[key])
    assert Decimal(h["apr_on_capital"]) < 0, h
    out = t.run("positions", "history", "-o", "table").expect().out
    assert "+10.00" in out and "not included" not in out, out
    t.run("positions", "show", 1).expect(0, r"price +\+10\.00  both legs, "
                                         "from entry to exit")


def test_a_young_pair_has_no_apr(t):
    opened(t, ago="59m")
    p = shown(t)
    assert p["apr_on_notional"] is None and p["return_on_notional"] == "0"
    t.run("positions", "show", 1).expect(0, r"\(APR n/a\)")


def steps(t):
    rows = t.run("positions", "verify", 1, "--json").expect(0).json()
    return {r["step"]: r for r in rows}


def test_verify_works_the_money_out_again(t):
    earning(t)
    t.run("positions", "close", 1, "-y", "--long-price", "101000",
          "--short-price", "101050").expect()
    s = steps(t)
    for step, numbers, value in (
            ("price long", "0.2 x (101000 - 100000)", "200"),
            ("price short", "0.2 x (100100 - 101050)", "-190"),
            ("price", "200 + -190", "10"),
            ("net", "13 - 16.5 - 0 + 10", "6.5"),
            ("capital", "20000 x 0.5", "10000"),
            ("return on notional", "6.5 / 20000", "0.000325"),
            ("return on capital", "6.5 / 10000", "0.00065")):
        assert (s[step]["numbers"], s[step]["value"]) == (numbers, value), s
    assert "agrees with the ledger" in s["stored sum"]["numbers"], s
    with database(t) as db:
        db.execute("UPDATE funding SET settled_usd = '13.01'")
    s = steps(t)
    assert s["stored sum"]["value"] == "13.01" and \
        "DIFFERS FROM THE LEDGER" in s["stored sum"]["numbers"], s
    assert s["funding"]["value"] == "13", s
    t.run("positions", "show", 1).expect(
        0, "the stored sum differs from the rows: see positions verify")


def test_a_leg_without_a_schedule_has_no_known_funding(t):
    t.service = Service({"newdex": {"BTC": "0.000035"},
                         "grvt": {"BTC": "0.000255"}})
    t.config(t.service.url, "  main: {profile: conservative, mode: live, "
             "venues: [newdex, grvt]}\n")
    t.run("positions", "open", "--symbol", "BTC", "--long", "newdex",
          "--short", "grvt", "--size", "20000", "--entry-divergence",
          "0.000285", "--opened-at", "0h", "--fees", "1").expect()
    for polls in range(2):
        [p] = listed(t)
        assert p["funding_usd"] is None and p["net_usd"] is None, (polls, p)
        t.run("positions", "show", 1).expect(
            0, r"funding +-  of a leg: payment interval not configured")
        t.run("positions", "verify", 1).expect()
        t.run("run", "--once").expect()


def test_a_list_does_not_read_ledgers(t):
    earning(t)
    with database(t) as db:
        db.execute("UPDATE settlements SET rate_8h = '?no such reason'")
    assert listed(t)[0]["funding_usd"] == "13"
    t.run("positions", "show", 1).expect(6, err="damaged")


def test_a_past_poll_is_explained_by_what_was_known(t):
    earning(t)
    at = listed(t)[0]["checked_at"]
    paid(t, HEAD + f"1,short,{stamp(last_grid() - 8 * HOUR)},14\n"
         f"1,short,{stamp(last_grid() - 16 * HOUR)},3\n")[0].expect()
    assert shown(t)["funding_usd"] == "15"
    then = t.run("positions", "show", 1, "--at", at, "--json").expect().json()
    assert then["funding_usd"] == "13" and len(then["ledger"]) == 2, then
    assert "stored sum" not in t.run("positions", "show", 1, "--at",
                                     at).expect().out
    t.run("positions", "list", "--at", at, "--json").expect(
        0, '"funding_usd": "13"')


if __name__ == "__main__":
    lib.main()
