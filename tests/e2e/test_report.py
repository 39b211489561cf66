#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The report of an account whose ledger is written by the test, against the same
sums made here; then every form of it, and what is refused.
"""
import contextlib
import csv
import datetime
import io
import json
import re
import sqlite3
import xml.etree.ElementTree
from decimal import Decimal as D

import lib

LONG_SANITIZED = True
DAY = 86400000
WEEK = 7 * DAY


def ms(text):
    return int(datetime.datetime.fromisoformat(text + "+00:00").timestamp()
               * 1000)


START, END = ms("2026-01-01T00:00"), ms("2026-03-02T05:00")
HALF = D("0.0004")		# of a round trip of 8 bps


def pairs():
    """(symbol, size, opened, closed or None, reason, rate of the short)"""
    for i in range(12):
        opened = START + i * 4 * DAY + i * 3600000 + 60000
        held = (i % 5 + 1) * DAY
        yield (("BTC", "ETH", "WIF")[i % 3], D(1000 + 500 * (i % 4)), opened,
               opened + held if i < 10 else None,
               ("PROFIT_EROSION", "TIME_LIMIT", "FLIP")[i * i % 3],
               D("0.0001") * (i % 7 - 2) + D("0.00003"))


def ledger(pair):
    """(side, at, amount) of both legs, a week beyond the close too."""
    _, size, opened, closed, _, rate = pair
    last = min(END, closed + WEEK) if closed else END
    for every, side, per_8h in ((3600000, "long", -D("0.00001")),
                                (8 * 3600000, "short", rate)):
        at = (opened // every + 1) * every
        while at <= last:
            yield side, at, size * per_8h * every / 28800000
            at += every


@contextlib.contextmanager
def database(t, name):
    db = sqlite3.connect(t.dir / "data" / name, isolation_level=None)
    try:
        yield db
    finally:
        db.close()


def text(d):
    s = f"{d:f}"
    return (s.rstrip("0").rstrip(".") if "." in s else s).replace("-0", "-0") \
        if d else "0"


def given(t, account="main", more="", known=True):
    """A database as the monitor leaves it, with fixed times."""
    t.config(accounts=f"  {account}: {{profile: conservative, mode: live, "
             f"venues: [lighter, grvt]{more}}}\n")
    every = list(pairs())
    for symbol, size, opened, *_ in every:
        at = datetime.datetime.fromtimestamp(opened / 1000,
                                             datetime.timezone.utc)
        t.run("positions", "open", "-a", account, "--symbol", symbol, "--long",
              "lighter", "--short", "grvt", "--size", size, "--yes",
              "--entry-divergence", "0.0002", "--opened-at",
              at.strftime("%Y-%m-%dT%H:%M:%SZ")).expect(0)
    with database(t, f"{account}.db") as db:
        db.execute("BEGIN")
        db.execute("INSERT INTO configs (hash, text) VALUES ('h', '')")
        db.execute("INSERT INTO polls VALUES (1, ?, 5, 'ok', 2, 4, 0, 9, 'h',"
                   " '0.1.0', '')", (END,))
        for i, pair in enumerate(every, 1):
            fill(db, i, pair)
        if known is not True:
            db.execute("UPDATE settlements SET rate_8h = NULL, amount_usd ="
                       " NULL WHERE position = ? AND side = 'short' AND at ="
                       " (SELECT min(at) FROM settlements WHERE position = ?"
                       " AND side = 'short')", (known, known))
        db.execute("COMMIT")
    return every


def fill(db, number, pair):
    _, size, _, closed, reason, _ = pair
    paid = size * HALF * (2 if closed else 1)
    db.execute("UPDATE positions SET fees_usd = ?, closed_at = ?, status = ?,"
               " reason = ? WHERE id = ?",
               (text(paid), closed, "closed" if closed else "open",
                reason if closed else "", number))
    for side, at, amount in ledger(pair):
        db.execute("INSERT INTO settlements (position, side, at, rate_8h,"
                   " pays_every_s, amount_usd, late, hypothetical, base)"
                   " VALUES (?, ?, ?, '0.0001', 3600, ?, 0, ?,"
                   " 'entry notional')",
                   (number, side, at, text(amount),
                    int(closed is not None and at > closed)))


def report(t, *more):
    return t.run("report", "--json", *more).expect(0).json()


def sums(every):
    """Net own and held, funding, costs."""
    net, held, funding = D(0), D(0), D(0)
    for pair in every:
        closed = pair[3]
        for _, at, amount in ledger(pair):
            held += amount
            if closed is None or at <= closed:
                funding += amount
    costs = sum(2 * HALF * p[1] for p in every)
    net = funding - costs
    return net, held - costs, funding, costs


def test_the_sums_are_the_ledger_s(t):
    every = given(t)
    run, = report(t)
    net, held, funding, costs = sums(every)
    assert D(run["net_usd"]) == net, (run["net_usd"], net)
    assert D(run["funding_usd"]) == funding
    assert D(run["costs_usd"]) == costs == D(run["hold_through"]["costs_usd"])
    assert D(run["hold_through"]["net_usd"]) == held
    assert (run["opened"], run["closed"]) == (12, 10), run
    assert run["until"] == "2026-03-02T05:00:00Z"
    assert run["since"] == "2026-01-01T00:01:00Z"
    assert run["settlements_unknown"] == 0
    wins = sum(1 for p in every if p[3] and
               sum(a for _, at, a in ledger(p) if at <= p[3]) >
               2 * HALF * p[1])
    assert run["wins"] == wins and run["losses"] == 10 - wins, run
    assert 0 < wins < 10


def test_every_position_has_its_own_net_and_the_one_held(t):
    every = given(t)
    run, = report(t)
    assert len(run["trades"]) == 12
    for pair, row in zip(every, run["trades"]):
        _, size, _, closed, reason, _ = pair
        own = sum(a for _, at, a in ledger(pair) if not closed or at <= closed)
        after = sum(a for _, at, a in ledger(pair) if closed and at > closed)
        cost = 2 * HALF * size
        assert D(row["net_usd"]) == own - cost, row
        assert D(row["hold_through_net_usd"]) == own + after - cost, row
        if closed and closed + WEEK <= END:
            assert D(row["gave_up_after_exit_usd"]) == after, row
            assert row["reason"] == reason
        else:
            assert row["gave_up_after_exit_usd"] is None, row
    by_reason = {e["reason"]: e for e in run["exits"]}
    for reason, e in by_reason.items():
        rows = [r for r in run["trades"] if r["reason"] == reason]
        assert e["exits"] == len(rows)
        assert D(e["net_usd"]) == sum(D(r["net_usd"]) for r in rows)
        assert D(e["gave_up_after_exit_usd"]) == sum(
            D(r["gave_up_after_exit_usd"] or 0) for r in rows)


def test_days_and_statistics_are_those_of_the_equity(t):
    every = given(t)
    run, = report(t)
    days = run["days_at_00_utc"]
    assert len(days) == 61 and run["days"] == 60
    capital = D(run["capital_usd"])
    for i, day in enumerate(days):
        at, own, held = START + i * DAY, capital, capital
        assert day["at"][:10] == datetime.datetime.fromtimestamp(
            at / 1000, datetime.timezone.utc).strftime("%Y-%m-%d")
        for pair in every:
            _, size, opened, closed, *_ = pair
            if opened < at:
                own -= 2 * HALF * size
                held -= 2 * HALF * size
            for _, when, amount in ledger(pair):
                if when <= at:
                    held += amount
                    own += amount if not closed or when <= closed else 0
        assert (D(day["equity_usd"]), D(day["hold_through_usd"])) == \
            (own, held), (day, own, held)
    values = [D(d["equity_usd"]) for d in days]
    r = [b / a - 1 for a, b in zip(values, values[1:])]
    mean = sum(r) / 60
    deviation = (sum((x - mean) ** 2 for x in r) / 59).sqrt()
    want = mean / deviation * D(365).sqrt()
    assert abs(D(run["sharpe"]) / want - 1) < D("1e-12"), (run, want)


def test_what_is_not_in_it_is_said_everywhere(t):
    given(t, known=3)
    run, = report(t)
    assert run["settlements_unknown"] == 1
    page = t.dir / "r.html"
    out = t.run("report", "--html", page).expect(0, err="page is in .*r.html")
    told = (out.out, page.read_text(), " ".join(run["notes"]))
    for words in ("Funding only: basis", "liquidation", "ends 7d after a close",
                  "largest notional open at one time", "unknown amount"):
        for one in told:
            assert words in one, (words, one[:400])
    assert "~" in out.out


def test_the_page_is_whole_and_needs_nothing(t):
    given(t)
    page = t.dir / "r.html"
    page.write_text("what stood there")
    t.run("report", "--html", page).expect(0)
    first = page.read_text()
    assert "stood there" not in first and first.endswith("</html>\n")
    t.run("report", "--html", page, "-q").expect(0, err=r"\A\Z")
    assert page.read_text() == first, "not the same bytes"
    assert [p.name for p in t.dir.glob("r.html*")] == ["r.html"]
    assert not re.search(r"<script|src=|url\(|@import|https?:", first)
    for svg in re.findall(r"<svg.*?</svg>", first, re.S):
        xml.etree.ElementTree.fromstring(svg)
        assert 'role="img"' in svg and 'aria-label="' in svg
    assert first.count("<svg") == 4
    assert str(t.dir) not in first
    t.run("report", "--html", t.dir / "no" / "r.html").expect(
        1, err="cannot write .*No such file")


def test_rows_for_programs(t):
    given(t)
    run, = report(t)
    row, = csv.DictReader(io.StringIO(t.run("report", "-o", "csv").expect(0)
                                      .out))
    assert row["name"] == "main" and row["price_included"] == "false"
    assert row["net_usd"] == run["net_usd"]
    assert row["hold_through_net_usd"] == run["hold_through"]["net_usd"]
    assert row["price_usd"] == ""
    line = json.loads(t.run("report", "-o", "jsonl").expect(0).out)
    assert line["sharpe_lo"] == run["sharpe_lo"] and line["closed"] == 10
    out = t.run("report", "-o", "tsv", "--columns", "name,apr").expect(0).out
    assert out == f"name\tapr\nmain\t{run['apr']}\n", out


def test_since_and_until_cut_the_data(t):
    every = given(t)
    run, = report(t, "--until", "2026-01-20")
    assert run["until"] == "2026-01-20T00:00:00Z"
    assert len(run["days_at_00_utc"]) == 19
    assert run["opened"] == sum(1 for p in every if p[2] < ms("2026-01-20"))
    middle, = report(t, "--since", "2026-01-10", "--until", "2026-01-20")
    assert {x["id"] for x in middle["trades"]} == {
        i for i, p in enumerate(every, 1)
        if ms("2026-01-10") <= p[2] < ms("2026-01-20")} != set()
    later, = report(t, "--since", "2026-01-20")
    assert later["since"] == "2026-01-20T00:00:00Z"
    assert run["opened"] + later["opened"] == 12
    assert any("--since" in n for n in later["notes"])
    t.run("report", "--since", "2026-01-20", "--until", "2026-01-20").expect(
        2, err="--since is not before --until")


def test_a_configured_capital_is_taken(t):
    given(t, more=", entry: {min_profit: 0.001, max_positions: 5, "
          "size_pct: 0.1, capital_usd: 50000 USD}")
    run, = report(t)
    assert run["capital_usd"] == "50000"
    assert any("capital_usd" in n and "largest" not in n
               for n in run["notes"]), run["notes"]
    assert D(run["return_on_capital"]) == (
        D(run["net_usd"]) / 50000).quantize(D(1).scaleb(-18))


def test_capital_of_some_accounts_only(t):
    t.config(accounts="  a: {profile: steady, mode: dry-run, entry: "
             "{min_profit: 0.001, max_positions: 5, size_pct: 0.1, "
             "capital_usd: 50000 USD}}\n"
             "  b: {profile: steady, mode: dry-run}\n")
    t.run("report", "-a", "all").expect(0, out="capital_usd, or where it is "
                                        "not set the largest notional open")
    t.run("report", "-a", "a").expect(0, out=r"entry\.capital_usd\.$")
    t.run("report", "-c", t.dir / "none.yaml").expect(78, err="none.yaml: No")
    t.run("report", "-a", "c").expect(3, err="no account \"c\"; there is a")


def test_a_ledger_without_a_poll_ends_with_what_was_done_last(t):
    given(t)
    with database(t, "main.db") as db:
        db.execute("DELETE FROM polls")
    run, = report(t)
    assert run["until"] == max(x["opened_at"] for x in run["trades"])
    assert run["opened"] == 12
    # of a time without any there is a page too
    t.run("report", "--since", "2027-01-01", "--html", t.dir / "r.html",
          "-q").expect(0, out="No position was opened", err=r"\A\Z")
    assert "no curve" in (t.dir / "r.html").read_text()


def test_before_anything_happened(t):
    t.config()
    out = t.run("report", "-a", "main").expect(0, out="No position was opened")
    assert "Funding only" in out.out
    run, = report(t, "-a", "main")
    assert run["trades"] == [] and run["net_usd"] == "0", run
    assert run["since"] is None
    two = report(t, "-a", "all")
    assert [r["name"] for r in two] == ["paper", "main"]
    t.run("report", "-a", "all").expect(0, out="Simulated fills")
    t.run("report", "-a", "all", "--html", t.dir / "r.html").expect(0)
    assert "No position was closed" in (t.dir / "r.html").read_text()


def test_the_text_tells_formulas_when_asked(t):
    given(t)
    out = t.run("report", "--explain-metrics").expect(0).out
    for words in ("METRIC", "HOLD-THROUGH", "LEFT OPEN (unrealised)",
                  "GAVE UP AFTER EXIT (7d)", "rho_k = rho_1^k",
                  "source: Lo (2002)"):
        assert words in out, words
    short = t.run("report", "--limit", "2").expect(0).out
    assert "10 earlier positions are not shown; --limit 12 shows all." in short


if __name__ == "__main__":
    lib.main()
