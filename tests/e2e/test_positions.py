#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Positions as people change them: open, import, close, keep, confirm,
reopen, note; each is one transaction with its event, or nothing at all."""
import contextlib
import json
import os
import sqlite3
import threading

import lib
from service import Quote, Service

LONG_SANITIZED = True
OPEN = ("positions", "open", "-a", "main", "--symbol", "BTC", "--long",
        "lighter", "--short", "grvt", "--size", "20000")
ACCOUNTS = """\
  paper: {profile: steady, mode: dry-run, venues: [lighter, grvt]}
  main: {profile: conservative, mode: live, on_close: none,
         venues: [lighter, grvt]}
"""
KEYS = ("symbol", "long_venue", "short_venue", "size_usd", "opened_at",
        "entry_divergence_8h")


def pair(**more):
    row = {"symbol": "BTC", "long_venue": "lighter", "short_venue": "grvt",
           "size_usd": "20000", "opened_at": "2026-01-17T16:41:12Z",
           "entry_divergence_8h": "0.000285"}
    row.update(more)
    return {k: v for k, v in row.items() if v is not None}


def column(row, text):
    """Where a text stands in the line written for a row."""
    return json.dumps(row).index(text) + 1


def write(t, rows, name="pairs.jsonl"):
    path = t.dir / name
    path.write_text("".join(
        (r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows))
    return path


@contextlib.contextmanager
def database(t, account="main"):
    """The file itself, to see or to arrange what no command does."""
    db = sqlite3.connect(t.dir / "data" / f"{account}.db", timeout=10,
                         isolation_level=None)
    try:
        yield db
    finally:
        db.close()


def rows(t, account="main"):
    return t.run("positions", "list", "-a", account, "--all",
                 "--json").expect().json()


def value(t, sql, *args):
    with database(t) as db:
        return db.execute(sql, args).fetchone()[0]


def events(t, position=1):
    with database(t) as db:
        return db.execute(
            "SELECT kind, before, after, reason, who, note FROM events"
            " WHERE position = ? ORDER BY id", (position,)).fetchall()


def pend(t, position=1, label="FLIP"):
    """What a monitor does when a close line becomes true."""
    with database(t) as db:
        db.execute("UPDATE positions SET status = 'pending_close',"
                   " reason = ?, decided_at = opened_at,"
                   " version = version + 1 WHERE id = ?", (label, position))


def snapshot(t):
    with database(t) as db:
        return list(db.iterdump())


# ---- open ----

def test_open_is_listed(t):
    t.config(accounts=ACCOUNTS)
    r = t.run(*OPEN, "--entry-divergence", "0.000285", "--fees", "3.50",
              "--external-id", "bot-1", "--note", "half size")
    r.expect(0, r"^Opened main/1 BTC long lighter / short grvt, 20000 USD, "
             r"entry divergence 0\.000285/8h \(given\)\. See it: carrywatch "
             r"positions show 1 -a main$")
    [p] = rows(t)
    assert (p["id"], p["symbol"], p["status"], p["size_usd"]) == (
        1, "BTC", "open", "20000"), p
    assert p["entry_divergence_8h"] == "0.000285", p
    assert value(t, "SELECT fees_usd || external_id || entry_manual"
                 " FROM positions") == "3.5bot-11"
    assert value(t, "SELECT opened_at = confirmed_at FROM positions") == 1
    [e] = events(t)
    assert (e[0], e[4], e[5]) == ("open", "cli", "half size"), e


def test_open_without_an_entry_says_so(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN, "--opened-at", "24h").expect(
        0, "entry divergence unknown", "warning: neither a poll near the opening")
    assert rows(t)[0]["entry_divergence_8h"] is None


def test_open_refuses_and_says_what_to_write(t):
    t.config(accounts=ACCOUNTS)
    for more, says in (
            (("--size", "2O000"), r'--size "2O000": write a decimal number'),
            (("--size", "0"), r'--size "0": must be above zero'),
            (("--long", "GRVT"), "--short: both legs are on grvt"),
            (("--symbol", "B C"), '--symbol "B C": write a base asset'),
            (("--opened-at", "2999-01-01"), "--opened-at: .* in the future"),
            (("--opened-at", "soon"), '--opened-at: "soon" is no time'),
            (("--entry-long-rate", "0"), "short leg is missing"),
            (("--entry-divergence", "2.85"), "beyond service.max_abs_rate"),
            (("--short-price", "-1"), '--short-price "-1": must be above')):
        args = dict(zip(OPEN[4::2], OPEN[5::2]))
        args.update([more])
        t.run(*OPEN[:4], *sum(args.items(), ())).expect(2, r"\A\Z", says)
    t.run("positions", "open", "-a", "main").expect(
        2, err="--symbol is missing")
    assert rows(t) == []


def test_dry_run_writes_nothing(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN, "-n").expect(0, "^Would open main/1 .*nothing was written")
    t.run("positions", "import", "-a", "main", "-n",
          write(t, [pair()])).expect(0, "^Would import 1 position into main")
    assert rows(t) == []
    t.run(*OPEN).expect()
    before = snapshot(t)
    t.run("positions", "close", "1", "-a", "main", "-n").expect(
        0, "^Would close main/1 .*nothing was written")
    assert snapshot(t) == before


def test_open_takes_the_entry_of_a_poll(t):
    """a poll of the ten minutes before knows it; what is old or thin does not"""
    service = Service({"lighter": {"BTC": "0.0001", "OLD": "0.0001",
                                   "ONE": "0.0001"},
                       "grvt": {"BTC": Quote("0.0004", oi="500000"),
                                "OLD": Quote("0.0004", age=7200),
                                "DARK": Quote("0.0004", oi="null")}})
    service.rates["lighter"]["DARK"] = Quote("0.0001")
    t.config(service.url, "  main: {profile: steady, mode: live, "
             "venues: [lighter, grvt]}\n")
    t.run(*OPEN, "-q").expect(0, r"\A\Z", r"\A\Z")
    assert value(t, "SELECT long_rate_8h FROM positions") == "0.0001"
    t.run("run", "--once").expect()
    service.override["/"] = (500, "text/plain", "")
    t.run(*OPEN, "--symbol", "BTC").expect(
        0, r"entry divergence 0\.0003/8h \(from a poll\)", r"\A\Z")
    assert value(t, "SELECT entry_oi_ratio FROM positions WHERE id = 2") == "2"
    given = t.run(*OPEN, "--entry-divergence", "0.0002").expect(
        0, r"0\.0002/8h \(given\)")
    assert value(t, "SELECT entry_manual || entry_oi_ratio FROM positions"
                 " WHERE id = 3") == "12", given
    service.override.clear()
    t.run(*OPEN, "--symbol", "DARK").expect(0, r"\(from the service now\)")
    assert value(t, "SELECT entry_oi_ratio FROM positions WHERE id = 4") is None
    t.run("positions", "open", "-a", "main", "--symbol", "OLD", "--long",
          "grvt", "--short", "lighter", "--size", "1").expect(
              0, "entry divergence unknown")
    for symbol in ("OLD", "ONE"):
        t.run(*OPEN[:4], *OPEN[6:], "--symbol", symbol).expect(
            0, "entry divergence unknown", "warning: neither a poll near")
    for ago in ("11m", "12h"):
        t.run(*OPEN, "--opened-at", ago).expect(0, "divergence unknown")


# ---- import ----

def test_import_all_rows(t):
    t.config(accounts=ACCOUNTS)
    path = write(t, [
        pair(external_id="a", note="n1"), "",
        pair(symbol="eth", size_usd=1500.5, entry_divergence_8h="9.6e-05"),
        pair(symbol="SOL", entry_divergence_8h=None,
             entry_long_rate_8h="-0.0001", entry_short_rate_8h="0.0002"),
        pair(symbol="XRP", entry_divergence_8h="-0.0001")])
    t.run("positions", "import", "-a", "main", path).expect(
        0, "^Imported 4 positions into main, ids 1 to 4. See them: "
        "carrywatch positions list -a main$", r"\A\Z")
    got = [(p["id"], p["symbol"], p["size_usd"], p["entry_divergence_8h"])
           for p in sorted(rows(t), key=lambda p: p["id"])]
    assert got == [(1, "BTC", "20000", "0.000285"),
                   (2, "ETH", "1500.5", "0.000096"),
                   (3, "SOL", "20000", "0.0003"),
                   (4, "XRP", "20000", "-0.0001")], got
    assert events(t)[0][5] == "n1"


def test_import_csv_and_standard_input(t):
    t.config(accounts=ACCOUNTS)
    head = ",".join(KEYS) + ",note\r\n"
    text = head + 'BTC,lighter,grvt,20000,2026-01-17,0.0001,"a, ""b"""\r\n'
    path = t.dir / "pairs.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    t.run("positions", "import", path, "-a", "main").expect(0, "ids 1 to 1")
    t.run("positions", "import", "-", "-a", "main", stdin=text).expect(
        0, "ids 2 to 2")
    assert events(t)[0][5] == 'a, "b"'


def test_import_names_the_first_bad_row(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN).expect()
    before = snapshot(t)
    wrong = pair(size_usd="2O000")
    at = column(wrong, '"2O')
    for bad, place in ((wrong, f":3:{at}: error: size_usd"),
                       (pair(symbol=None), ":3:1: error: symbol is missing"),
                       ("{", ":3:2: error: ")):
        path = write(t, [pair(), pair(symbol="ETH"), bad, "nonsense"])
        r = t.run("positions", "import", path, "-a", "main").expect(
            1, r"\A\Z", "^0 positions imported: nothing is stored unless")
        assert r.err.startswith(f"{path}{place}"), r
        assert snapshot(t) == before, "something was stored"


def test_import_refuses_an_external_id_twice(t):
    t.config(accounts=ACCOUNTS)
    again = pair(external_id="x")
    path = write(t, [pair(), again, pair(external_id="y"), again])
    at = column(again, '"x"')
    for order, line, first in ((("x", "y", "y", "x"), 3, 2),
                               (("x", "x", "y", "y"), 2, 1),
                               (("z", "x", "x", "x"), 3, 2)):
        several = write(t, [pair(external_id=i) for i in order], "several")
        t.run("positions", "import", several, "-a", "main").expect(
            1, err=f"^{several}:{line}:{at}: error: external_id .* stands in "
            f"line {first} already")
    r = t.run("positions", "import", path, "-a", "main").expect(1)
    assert r.err.startswith(f'{path}:4:{at}: error: external_id "x" stands '
                            "in line 2 already"), r
    assert rows(t) == []
    t.run("positions", "import", "-a", "main",
          write(t, [pair(external_id="x")])).expect()
    path = write(t, [pair(external_id="z"), pair(external_id="x")])
    r = t.run("positions", "import", path, "-a", "main").expect(1)
    assert r.err.startswith(f'{path}:2:{at}: error: external id "x" is taken '
                            "by position 1"), r
    assert len(rows(t)) == 1


def test_import_refuses_an_empty_file(t):
    t.config(accounts=ACCOUNTS)
    for text in ("", "\n \r\n", ",".join(KEYS) + "\n"):
        path = t.dir / "empty"
        path.write_text(text)
        r = t.run("positions", "import", path, "-a", "main").expect(1)
        assert r.err.startswith(f"{path}:1:1: error: no rows"), r
    t.run("positions", "import", t.dir / "absent", "-a", "main").expect(
        1, err="absent: No such file")
    t.run("positions", "import", t.dir, "-a", "main").expect(1)
    path.write_bytes(b"")
    os.truncate(path, 65 << 20)
    t.run("positions", "import", path, "-a", "main").expect(
        1, r"\A\Z", f"{path}: more than 64 MB: split it")


def test_import_warns_of_venues_not_configured(t):
    t.config(accounts=ACCOUNTS)
    path = write(t, [pair(), pair(long_venue="nowhere"),
                     pair(long_venue="nowhere", symbol="ETH")])
    r = t.run("positions", "import", path, "-a", "main").expect()
    assert r.err.count("warning") == 1, r
    assert r.err.startswith(f"{path}:2:33: warning: venue nowhere is not "
                            "under venues:"), r
    r = t.run("positions", "import", "-q", path, "-a", "main").expect()
    assert (r.out, r.err) == ("", ""), r
    path = write(t, [pair(short_venue=f"v{i}", size_usd="1." + "0" * 18 + "1")
                     for i in range(70)])
    r = t.run("positions", "import", path, "-a", "main", "-n").expect()
    at = column(pair(short_venue="v1"), '"v1"')
    assert f"{path}:2:{at}: warning: venue v1 is not under venues:" in r.err
    assert r.err.count("warning") == 64, r		# enough is said
    assert r.err.endswith("\n70 numbers with more than 18 decimals were "
                          "rounded\n"), r
    r = t.run("positions", "import", "-q", path, "-a", "main").expect(
        0, r"\A\Z", r"\A\Z")


def test_import_warns_of_the_same_pair_twice(t):
    """without external_id: a row again, in the file or in a second import"""
    t.config()
    path = t.dir / "in.csv"
    row = "BTC,lighter,grvt,1000,2026-11-20,0.0002\n"
    path.write_text("symbol,long_venue,short_venue,size_usd,opened_at,"
                    f"entry_divergence_8h\n{row}{row}"
                    + row.replace("1000", "999"))
    r = t.run("positions", "import", path, "-a", "main").expect(0)
    same, = [x for x in r.err.splitlines() if "the same pair" in x]
    assert same.startswith(f"{path}:3:1: warning: the same pair as line 2, "
                           "and no external_id"), r.err
    r = t.run("positions", "import", path, "-a", "main", "--dry-run").expect(0)
    same = [x for x in r.err.splitlines() if "the same pair" in x]
    assert len(same) == 3 and "the same pair as position " in same[0], r.err
    assert not t.run("positions", "import", path, "-a", "main", "--quiet",
                     "--dry-run").expect(0).err


def test_import_ten_thousand_rows(t):
    t.config(accounts=ACCOUNTS)
    many = [pair(external_id=f"id-{i}") for i in range(10000)]
    t.run("positions", "import", "-a", "main", write(t, many)).expect(
        0, "ids 1 to 10000")
    assert value(t, "SELECT count(*) FROM positions") == 10000
    many.append(pair(external_id="id-7"))
    t.run("positions", "import", "-a", "main", write(t, many)).expect(
        1, err=r":10001:\d+: error: .* stands in line 8 already")
    assert value(t, "SELECT count(*) FROM events") == 10000


# ---- changes ----

def test_close_asks_and_reopen_undoes(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN, "--fees", "3").expect()
    before = snapshot(t)
    t.run("positions", "close", "1", "-a", "main").expect(
        2, r"\A\Z", 'cannot ask "Close main/1 BTC .*add --yes')
    assert snapshot(t) == before
    t.run("positions", "close", "1", "-a", "main", "--yes", "--fees", "3.01",
          "--note", "thin").expect(
        0, "^Closed main/1 BTC .*, reason MANUAL. Undo within the hour: "
        "carrywatch positions reopen 1 -a main$")
    assert value(t, "SELECT status || fees_usd FROM positions") == \
        "closed6.01"
    t.run("positions", "close", "1", "-a", "main", "-y").expect(
        1, err="position 1 is closed; it needs no closing")
    t.run("positions", "reopen", "1", "-a", "main").expect(0, "^Reopened")
    assert value(t, "SELECT status || version FROM positions") == "open3"
    assert [e[:4] for e in events(t)[1:]] == [
        ("close", "open", "closed", "MANUAL"),
        ("reopen", "closed", "open", "MANUAL")], events(t)
    t.run("positions", "close", "1", "-a", "main", "-y", "--reason",
          "TAX").expect()
    assert value(t, "SELECT reason FROM positions") == "TAX"


def test_reopen_only_within_the_hour(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN).expect()
    pend(t)
    with database(t) as db:
        db.execute("UPDATE positions SET status = 'closed',"
                   " closed_at = opened_at - 3600001")
    t.run("positions", "reopen", "1", "-a", "main").expect(
        1, err="position 1 was closed at .*, more than an hour ago; record "
        'it anew with "positions open"')


def test_keep_mutes_and_forgets(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN, "--entry-divergence", "0.0001").expect()
    t.run("positions", "keep", "1", "-a", "main").expect(
        1, err="^carrywatch: position 1 is open; only pending_close "
        "positions can be kept$")
    pend(t)
    with database(t) as db:
        db.execute("INSERT INTO streaks (position, line, node, count, stored)"
                   " VALUES (1, 'flip()', 0, 1, 1)")
    for args, says in ((("--for", "0s"), "write --for 8h"),
                       (("--for", "4"), "8h or 90m"),
                       (("--reason", "flip"), "in capitals"),
                       (("--reason", "NOPE"), "has no close line")):
        t.run("positions", "keep", "1", "-a", "main", *args).expect(
            2, r"\A\Z", says)
    t.run("positions", "keep", "1", "-a", "main", "--for", "90m").expect(
        0, "^Kept main/1 .*, FLIP is muted until ")
    with database(t) as db:
        row = db.execute("SELECT status, reason, muted, decided_at,"
                         " muted_until - (SELECT max(at) FROM events)"
                         " FROM positions").fetchone()
    assert row == ("open", "", "FLIP", None, 90 * 60000), row
    t.run("positions", "show", "1", "-a", "main").expect(
        0, "kept: FLIP does not close it before 20")
    assert events(t)[-1][:4] == ("keep", "pending_close", "open", "FLIP")
    with database(t) as db:
        db.execute("UPDATE positions SET muted_until = muted_until - 5400000")
    assert "kept:" not in t.run("positions", "show", "1", "-a", "main").out
    assert value(t, "SELECT count(*) FROM streaks") == 0


def test_close_takes_the_pending_reason(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN).expect()
    pend(t, label="DEEP_EROSION")
    t.run("positions", "close", "1", "-y", "-a", "main").expect(
        0, "reason DEEP_EROSION")
    assert events(t)[-1][:4] == ("close", "pending_close", "closed",
                                 "DEEP_EROSION")


def test_confirm_and_note(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN, "--opened-at", "48h").expect()
    with database(t) as db:
        db.execute("UPDATE positions SET confirmed_at = 0")
    t.run("positions", "confirm", "1", "-a", "main").expect(0, "^Confirmed")
    assert value(t, "SELECT confirmed_at = (SELECT max(at) FROM events)"
                 " FROM positions") == 1
    t.run("positions", "note", "1", "half \x1b[2J size", "-a",
          "main").expect(0, "^Noted with main/1")
    assert [e[0] for e in events(t)] == ["open", "confirm", "note"]
    for amount in (("--fees", "3,01"), ("--long-price", "x")):
        t.run("positions", "close", "1", "-y", "-a", "main", *amount).expect(
            2, r"\A\Z", f'{amount[0]} "{amount[1]}": write an amount in USD')
    t.run("positions", "note", "1", " ", "-a", "main").expect(
        2, err="the note is empty")
    t.run("positions", "note", "9", "x", "-a", "main").expect(3)
    t.run("positions", "confirm", "seven", "-a", "main").expect(2)


def test_on_paper_it_is_as_late_as_the_market(t):
    """changes of a dry-run account follow its newest poll, which may be ahead"""
    t.config(Service({"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.001"}}).url,
             accounts=ACCOUNTS)
    t.run("run", "--once", "-a", "paper").expect()
    with database(t, "paper.dry-run") as db:
        db.execute("UPDATE polls SET at = at + 7200000")
    t.run(*OPEN, "-a", "paper").expect(2)	# two accounts
    t.run(*OPEN[:2], "-a", "paper", *OPEN[4:]).expect(0)
    t.run("positions", "close", "1", "-y", "-a", "paper").expect(0)
    with database(t, "paper.dry-run") as db:
        assert db.execute("SELECT opened_at - polls.at, closed_at - polls.at"
                          " FROM positions, polls").fetchall() == [(0, 0)]


# ---- beside others ----

def test_a_locked_database_is_waited_for(t):
    t.config(accounts=ACCOUNTS)
    t.run(*OPEN).expect()
    with database(t) as db:
        db.execute("BEGIN IMMEDIATE")
        r = t.run("positions", "confirm", "1", "-a", "main").expect(
            6, r"\A\Z", "nothing was changed, try again in a moment")
        db.execute("ROLLBACK")
        assert len(events(t)) == 1, r
        db.execute("BEGIN IMMEDIATE")
        results = []
        thread = threading.Thread(target=lambda: results.append(
            t.run("positions", "confirm", "1", "-a", "main")))
        thread.start()
        thread.join(0.3)
        db.execute("ROLLBACK")
        thread.join()
        results[0].expect(0, "^Confirmed")


def test_changes_while_a_monitor_runs(t):
    sim = t.ratesim()
    t.config(sim.url, accounts=ACCOUNTS)
    monitor = t.monitor("paper", "--every", "1s")
    t.wait(lambda: (t.dir / "data" / "paper.dry-run.db").exists(),
           "the database")
    t.run("positions", "import", "-a", "paper", write(t, [
        pair(symbol=s) for s in ("BTC", "ETH", "SOL")])).expect()
    with database(t, "paper.dry-run") as db:
        ids = [i for i, in db.execute("SELECT id FROM positions"
                                      " ORDER BY id DESC LIMIT 3")]
    for i in ids:
        t.run("positions", "note", str(i), "seen", "-a", "paper").expect()
    r = t.run("positions", "close", str(ids[0]), "-y", "-a", "paper")
    if r.code:				# the monitor was first
        r.expect(1, err="is closed")
    assert monitor.stop() == 0, monitor.text()
    with database(t, "paper.dry-run") as db:
        assert db.execute("SELECT count(*) FROM events WHERE kind ="
                          " 'note'").fetchone() == (len(ids),)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


if __name__ == "__main__":
    lib.main()
