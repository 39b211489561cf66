#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""export: every recorded row, exact, as Python's csv and json read it,
compared with the database row by row."""
import csv
import io
import itertools
import json
import os
import subprocess
from decimal import Decimal

import lib
from test_money import ACCOUNTS, HOUR, database, last_grid, opened, \
    opened_long_ago, query, settle, stamp
from service import Service

LONG_SANITIZED = True
EVIL = '=HYPERLINK("http://x"),\t@SUM(A1)'


def exported(t, what, *more):
    """The rows of the CSV, after the form of each line was checked."""
    r = t.command(t.binary("carrywatch"), "-c", t.config_file, "export", what,
                  *more).expect(0, err=r"\A\Z")
    return rows_of(r.out)


def raw(t, what, *more):
    """stdout byte by byte."""
    return subprocess.run(
        [t.binary("carrywatch"), "-c", str(t.config_file), "export", what,
         *map(str, more)], env=t.env(), stdout=subprocess.PIPE,
        check=True, timeout=30 * lib.SLOW).stdout


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def lines(t, what, *more):
    r = t.run("export", what, "-o", "jsonl", *more).expect(0)
    return [json.loads(s) for s in r.out.splitlines()]


def same_in_json(csv_rows, json_rows):
    """Unknown is empty here and null there; everything else is the same."""
    assert len(csv_rows) == len(json_rows)
    for a, b in zip(csv_rows, json_rows):
        assert list(a) == list(b), (list(a), list(b))
        for key, value in b.items():
            text = "" if value is None else (
                str(value).lower() if isinstance(value, bool) else str(value))
            assert a[key] == text, (key, a[key], value)


def when(ms):
    if ms is None:
        return ""
    text = stamp(ms)
    return text.replace(".000Z", "Z")


def fact(text):
    """(value, why) of a stored fact."""
    if text is None:
        return "", "never recorded"
    return ("", text[1:]) if text.startswith("?") else (text, "")


def scene(t):
    t.service = Service({"lighter": {"BTC": "0.000035"},
                         "grvt": {"BTC": "-0.000255"}})
    t.config(t.service.url, ACCOUNTS)
    opened_long_ago(t, "--external-id", "=1+1", "--fees",
                    "16.500000000000000001", "--long-qty", "0.2",
                    "--short-qty", "0.3", "--long-price", "100000",
                    "--short-price", "100100")
    opened_long_ago(t, ago="50h")
    at = last_grid()
    settle(t, 1, "long", at, "-0.087500000000000001")
    settle(t, 1, "short", at, "5.1", reported_usd="5",
           reported_at=at + 1234, late=1)
    settle(t, 1, "long", at - HOUR, "?stale", rate_8h="?stale")
    settle(t, 1, "short", at - 8 * HOUR, "3", base="mark price",
           quantity="0.3", price="98765.4321")
    t.run("run", "--once").expect()
    t.run("positions", "close", 1, "-y", "--long-price", "101000",
          "--short-price", "101050").expect()
    settle(t, 1, "short", at + 8 * HOUR, "4", hypothetical=1)
    with database(t) as db:
        db.execute("UPDATE decisions SET text = ? WHERE id = 1", (EVIL,))
    return at


# ---- against the database ----

def test_the_ledger_is_exported_to_the_last_digit(t):
    scene(t)
    rows = exported(t, "ledger")
    same_in_json(rows, lines(t, "ledger"))
    stored = query(t, "SELECT position, side, at, rate_8h, pays_every_s, base,"
                   " quantity, price, amount_usd, reported_usd, reported_at,"
                   " late, hypothetical FROM settlements"
                   " ORDER BY position, side, at")
    assert len(rows) == len(stored) >= 5, rows
    for row, s in zip(rows, stored):
        expected, why = fact(s[8])
        reported = s[9] or ""
        assert row["account"] == "main"
        assert (row["position"], row["side"], row["at"]) == (
            str(s[0]), s[1], when(s[2])), row
        assert (row["rate_8h"], row["rate_8h_why"]) == fact(s[3]), row
        assert row["pays_every_s"] == str(s[4]), row
        assert (row["base"], row["quantity"], row["price"]) == (
            s[5], s[6] or "", s[7] or ""), row
        assert (row["expected_usd"], row["expected_why"]) == (expected, why)
        assert (row["reported_usd"], row["reported_at"]) == (
            reported, when(s[10])), row
        assert row["booked_usd"] == (reported or expected), row
        gap = Decimal(reported) - Decimal(expected) \
            if reported and expected else None
        assert (Decimal(row["difference_usd"]) if row["difference_usd"]
                else None) == gap, row
        assert (row["late"], row["hypothetical"]) == tuple(
            str(bool(x)).lower() for x in s[11:13]), row
        assert row["venue"] == {"long": "lighter", "short": "grvt"}[s[1]]
        assert row["external_id"] == ("=1+1" if s[0] == 1 else ""), row


def test_positions_are_exported_with_their_sums(t):
    scene(t)
    rows = exported(t, "positions")
    same_in_json(rows, lines(t, "positions"))
    stored = query(t, "SELECT id, status, size_usd, opened_at, closed_at,"
                   " entry_divergence, fees_usd, slippage_usd, version,"
                   " long_quantity, short_exit_price FROM positions"
                   " ORDER BY id")
    assert len(rows) == len(stored) == 2
    for row, s in zip(rows, stored):
        assert (row["id"], row["status"], row["size_usd"], row["opened_at"],
                row["closed_at"], row["entry_divergence_day"],
                row["fees_usd"], row["slippage_usd"], row["version"],
                row["long_quantity"], row["short_exit_price"]) == (
            str(s[0]), s[1], s[2], when(s[3]), when(s[4]), s[5], s[6], s[7],
            str(s[8]), s[9] or "", s[10] or ""), row
        booked = [r for r in exported(t, "ledger")
                  if r["position"] == row["id"]
                  and r["hypothetical"] == "false"]
        funding = sum(Decimal(r["booked_usd"] or 0) for r in booked)
        assert Decimal(row["funding_usd"]) == funding, row
        assert (int(row["settlements"]), int(row["settlements_unknown"])) == (
            len(booked), sum(not r["booked_usd"] for r in booked)), row
        net = funding - Decimal(row["fees_usd"]) - Decimal(row["slippage_usd"])
        if row["id"] == "1":
            price = Decimal("0.2") * 1000 + Decimal("0.3") * (100100 - 101050)
            assert Decimal(row["price_usd"]) == price == -85, row
            net += price
        assert Decimal(row["net_usd"]) == net, row
        assert row["net_includes_price"] == str(row["id"] == "1").lower()
        assert row["price_why"] == ("" if row["id"] == "1"
                                    else "never recorded"), row


def test_decisions_and_polls_are_exported_whole(t):
    scene(t)
    t.run("run", "--once").expect()
    for what, table, key, names in (
            ("decisions", "decisions", "id", {"id": "id"}),
            ("polls", "polls", "seq", {"seq": "poll"})):
        rows = exported(t, what)
        same_in_json(rows, lines(t, what))
        with database(t) as db:
            db.row_factory = lambda c, r: {
                d[0]: v for d, v in zip(c.description, r)}
            stored = db.execute(f"SELECT * FROM {table} ORDER BY {key}"
                                ).fetchall()
        assert len(rows) == len(stored) > 0, rows
        for row, s in zip(rows, stored):
            for column, value in s.items():
                text = when(value) if column == "at" else str(value)
                assert row[names.get(column, column)] == text, (column, row)
    assert exported(t, "decisions")[0]["text"] == EVIL
    assert (f',"{EVIL}"'.replace('"http://x"', '""http://x""').encode()
            + b"\r\n") in raw(t, "decisions"), raw(t, "decisions")


# ---- its form ----

def test_lines_end_as_rfc_4180_says_and_the_header_comes_first(t):
    scene(t)
    data = raw(t, "ledger")
    assert data.endswith(b"\r\n") and data.count(b"\r") == data.count(b"\n")
    head = data.split(b"\r\n")[0].decode().split(",")
    assert head[:7] == ["account", "position", "external_id", "symbol", "side",
                        "venue", "at"], head
    assert raw(t, "ledger", "-o", "csv") == data
    t.run("export", "ledger", "-o", "json").expect(
        2, r"\A\Z", "an export is csv or jsonl")
    t.run("export").expect(2, err="needs another word")
    t.run("export", "position").expect(2, err='did you mean "export positions"')


def test_an_empty_export_is_a_header(t):
    t.config(accounts=ACCOUNTS)
    for what in ("positions", "decisions", "ledger", "polls"):
        assert len(raw(t, what).split(b"\r\n")) == 2, what
        assert raw(t, what, "-o", "jsonl") == b"", what
    opened(t)
    assert exported(t, "ledger") == []


def test_since_and_until_bound_the_rows(t):
    at = scene(t)
    def times(*more):
        return [r["at"] for r in exported(t, "ledger", *more)
                if r["position"] == "1" and r["side"] == "short"]
    early, middle, after = when(at - 8 * HOUR), when(at), when(at + 8 * HOUR)
    assert times() == [early, middle, after]
    assert times("--since", middle) == [middle, after]
    assert times("--until", middle) == [early]
    assert times("--since", early, "--until", after) == [early, middle]
    assert [r["id"] for r in exported(t, "positions", "--since", "60h")] == [
        "2"]


def test_several_accounts_stand_in_one_file(t):
    t.config(accounts=ACCOUNTS + "  other: {profile: conservative, "
             "mode: live, venues: [lighter, grvt]}\n")
    for a in ("main", "other"):
        t.run("positions", "open", "-a", a, "--symbol", "BTC", "--long",
              "lighter", "--short", "grvt", "--size", "1",
              "--entry-divergence", "0.0001").expect()
    assert [(r["account"], r["id"]) for r in exported(
        t, "positions", "-a", "all")] == [("main", "1"), ("other", "1")]
    assert raw(t, "positions", "-a", "all").count(b"account,") == 1


# ---- many rows ----

def many(t, n=1501):
    """Several pages, a position's last row at the end of one."""
    opened(t)
    opened(t)
    at = last_grid(HOUR)
    with database(t) as db:
        db.execute("BEGIN")
        for position, side, count in ((1, "long", 500), (1, "short", 500),
                                      (2, "long", n - 1000)):
            db.executemany(
                "INSERT INTO settlements (position, side, at, pays_every_s,"
                " base, amount_usd, late, hypothetical) VALUES"
                " (?, ?, ?, 3600, 'entry notional', ?, 0, 0)",
                [(position, side, at - i * HOUR, f"0.{i + 1}1")
                 for i in range(count)])
        db.execute("COMMIT")


def test_pages_join_without_a_gap_or_a_twin(t):
    many(t)
    # An export that never ends fills no memory here: a pipe of one line more.
    r = t.command("sh", "-c", '"$@" | head -n 1503', "sh",
                  t.binary("carrywatch"), "-c", t.config_file, "export",
                  "ledger").expect(0)
    rows = rows_of(r.out)
    got = [(int(r["position"]), r["side"], r["at"], r["expected_usd"])
           for r in rows]
    stored = [(p, s, when(a), v) for p, s, a, v in query(
        t, "SELECT position, side, at, amount_usd FROM settlements"
        " ORDER BY position, side, at")]
    assert len(stored) == 1501 and got == stored


def test_a_reader_that_waits_holds_no_lock(t):
    many(t, 20000)
    p = subprocess.Popen([t.binary("carrywatch"), "-c", str(t.config_file),
                          "export", "ledger"], env=t.env(),
                         stdout=subprocess.PIPE)
    try:
        assert p.stdout.readline()		# the pipe is full soon
        with database(t) as db:
            db.execute(f"PRAGMA busy_timeout = {20000 * lib.SLOW}")
            db.execute("BEGIN EXCLUSIVE")
            db.execute("UPDATE positions SET version = version + 1")
            db.execute("COMMIT")
        n = sum(1 for _ in itertools.islice(p.stdout, 20001))
        assert (p.wait(30 * lib.SLOW), n) == (0, 20000)
    finally:
        p.kill()
        p.wait()
        p.stdout.close()


def test_an_output_that_takes_nothing_is_an_error(t):
    many(t)
    with open(t.need("/dev/full"), "wb") as full:
        p = subprocess.run([t.binary("carrywatch"), "-c", str(t.config_file),
                            "export", "ledger"], env=t.env(), stdout=full,
                           stderr=subprocess.PIPE, check=False)
    assert p.returncode == 1, p
    assert b"standard output: cannot write" in p.stderr, p.stderr
    # Closed from the start.
    p = subprocess.run(["sh", "-c", '"$@" >&-', "sh", t.binary("carrywatch"),
                        "-c", str(t.config_file), "export", "ledger"],
                       env=t.env(), stderr=subprocess.PIPE, check=False)
    assert p.returncode == 1, p
    # A reader that goes away ends it, as it ends every other command.
    reader, writer = os.pipe()
    os.close(reader)
    p = subprocess.run([t.binary("carrywatch"), "-c", str(t.config_file),
                        "export", "ledger"], env=t.env(), stdout=writer,
                       stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert p.returncode != 0, p


if __name__ == "__main__":
    lib.main()
