#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Recorded polls replayed: the same comes out, what differs is found, another
profile is asked, and the shadow said so at the time."""
import contextlib
import datetime
import json
import lzma
import re
import sqlite3
from decimal import Decimal

import lib
import simclient
from service import Quote, Service

LONG_SANITIZED = True
VENUES = "aster, backpack, edgex, grvt, hyperliquid, lighter, paradex"
PAPER = """\
  paper:
    profile: %s
    shadow: %s
    mode: dry-run
    venues: [%s]
    entry: {min_profit: 0.0003, max_positions: 12, size_usd: 5000 USD,
            cooldown: 1h}
"""


def db_path(t, name):
    return t.dir / "data" / name


@contextlib.contextmanager
def opened(path):
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        yield db
    finally:
        db.close()


def ask(path, sql, *args):
    with opened(path) as db:
        return db.execute(sql, args).fetchall()


def record(t, profile="steady", shadow="aggressive", polls=90):
    """A dry run over an invented market, a day in seconds."""
    origin = "2026-11-02T00:00:00Z"
    clock = ("--clock", f"{origin},{simclient.stamp()},"
             f"{int(12000 / lib.SLOW)}")
    sim = t.ratesim("--seed", "5", *clock)
    t.config(sim.url, PAPER % (profile, shadow, VENUES))
    t.run("run", *clock, "--every", "15m", "--polls", polls, "-q",
          seconds=60).expect(0)
    sim.stop()
    return db_path(t, "paper.dry-run.db")


def ms(text):
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(at.timestamp() * 1000)


def test_what_was_recorded_comes_out_again(t):
    """... and the shadow closed when a replay of its profile says so"""
    path = record(t)
    n = ask(path, "SELECT count(*) FROM decisions")[0][0]
    assert n > 0
    t.run("replay", "--verify").expect(
        0, out=rf"(?s)90 polls replayed.* {n} decisions came out as recorded")
    [run, own] = t.run("replay", "--profile", "aggressive",
                       "--json").expect(0).json()
    assert (run["name"], own["name"]) == ("aggressive", "as recorded")
    closed = {p: c for p, c in ask(path, "SELECT id, closed_at FROM positions"
                                   " WHERE status = 'closed'")}
    would = {(x["id"], ms(x["closed_at"]), x["reason"])
             for x in run["trades"] if x["closed_at"]}
    in_time = {w for w in would if w[1] <= closed.get(w[0], w[1])}
    told = set(ask(path, "SELECT position, at, reason FROM events"
                   " WHERE kind = 'shadow'"))
    assert told and told == in_time, (told, in_time)


def test_the_recorded_profile_asked_by_name_closes_the_same(t):
    path = record(t, profile="aggressive", shadow="off")
    [run, own] = t.run("replay", "--profile", "aggressive",
                       "--json").expect(0).json()
    assert not ask(path, "SELECT * FROM events WHERE kind = 'shadow'")
    assert len(run["trades"]) > 3
    for a, b in zip(run["trades"], own["trades"]):
        assert a["id"] == b["id"]
        for key in ("closed_at", "reason", "funding_usd", "net_usd"):
            assert a[key] == b[key], (key, a, b)


def iso(at):
    return datetime.datetime.fromtimestamp(
        at / 1000, datetime.timezone.utc).isoformat()


def test_both_sides_end_at_the_same_moment(t):
    """The recorded rules asked by name differ in nothing, wherever it ends"""
    path = record(t, profile="aggressive", shadow="off")
    at = [a for a, in ask(path, "SELECT at FROM polls ORDER BY seq")]
    cut = 0
    for k in range(30, 91, 6):
        [run, own] = t.run("replay", "--profile", "aggressive", "--json",
                           "--until", iso(at[k - 1] + 1)).expect(0).json()
        for a, b in zip(run["trades"], own["trades"]):
            assert a == b, (a, b)
        for name in ("since", "until", "net_usd", "trades", "days_at_00_utc"):
            assert run[name] == own[name], name
        assert ms(own["until"]) == at[k - 1]
        cut += ask(path, "SELECT count(*) FROM positions WHERE opened_at < ?"
                   " AND closed_at > ?", at[k - 1], at[k - 1])[0][0]
        [alone] = t.run("replay", "--json", "--until",
                        iso(at[k - 1] + 1)).expect(0).json()
        assert alone["trades"] == own["trades"]
    assert cut > 5


def test_what_a_pair_costs_does_not_hang_on_where_the_replay_begins(t):
    path = record(t, profile="conservative", shadow="off")
    at = [a for a, in ask(path, "SELECT at FROM polls ORDER BY seq")]
    by_hand = ask(path, "SELECT id FROM positions WHERE status = 'open'")
    for i, in by_hand:
        paid = ("--fees", "7") if i % 2 else ()
        t.run("positions", "close", i, "-y", *paid).expect(0)
    assert len(by_hand) > 3
    began = 0
    for k in range(20, 80, 7):
        [run, own] = t.run("replay", "--profile", "steady", "--json",
                           "--since", iso(at[k])).expect(0).json()
        began += len(run["trades"])
        for x in run["trades"] + own["trades"]:	# 8 bps of 5,000 USD
            assert Decimal(x["fees_usd"]) + Decimal(x["exit_usd"]) == 4, x
    assert began > 20


def test_a_difference_of_what_is_half_known_is_marked(t):
    path = record(t, profile="aggressive", shadow="off", polls=40)
    with opened(path) as db:
        db.execute("UPDATE settlements SET amount_usd = '?stale'"
                   " WHERE position = 1")
    out = t.run("replay", "--profile", "steady", "--limit", 50).expect(0).out
    rows = [line.split() for line in out.split("\n\n")[0].split("\n")[1:]]
    known = set()
    for row in rows:
        was, now, more = (x[0] == "~" for x in row if
                          re.fullmatch(r"~?[+-]\d+\.\d\d|~?0\.00", x))
        assert more == (was or now) and (more or row[0] != "1"), row
        known.add(more)
    assert known == {True, False}


def test_pairs_are_told_to_people_only(t):
    path = record(t, profile="aggressive", shadow="off", polls=40)
    at = [a for a, in ask(path, "SELECT at FROM polls ORDER BY seq")]
    other = ("replay", "--profile", "steady")
    heads = {}
    all_of = len(t.run(*other, "--json").expect(0).json()[0]["trades"])
    assert all_of > 3
    for form, most in (((), 20), (("-o", "table"), 20), (("-o", "wide"), 20),
                       (("--limit", "1"), 1), (("--limit", "99"), 99)):
        out = t.run(*other, *form).expect(0, out="^REPLAY  ").out
        head, *rows = out.split("\n\n")[0].split("\n")
        heads[form], left = head.split(), max(0, all_of - most)
        if left:
            assert rows.pop() == (f"{left} pairs differ less and are not "
                                  f"shown; --limit {all_of} shows all."), out
        assert len(rows) == all_of - left and "not shown" not in rows[-1], out
    assert "OPENED" in heads["-o", "wide"]
    assert "OPENED" not in heads[()] and "DIFFERENCE" in heads[()]
    for form in (("-o", "json"), ("-o", "jsonl"), ("-o", "csv"),
                 ("-o", "tsv")):
        assert "DIFFERENCE" not in t.run(*other, *form).expect(0).out
    # the first poll has opened some and judged none: heads only
    none = t.run(*other, "--until", iso(at[1])).expect(0).out
    assert none.split("\n\n")[0].split() == heads[()], none
    # an open pair that nobody knows the cost of leaving of
    text = t.config_file.read_text()
    t.config_file.write_text(text + "costs: {model: fees}\nvenues:\n" + "".join(
        f"  {v}: {{pays_every: 1h}}\n" for v in VENUES.split(", ")))
    t.run("replay", "--until", iso(at[4])).expect(
        78, err="position .*no cost for .*taker_fee")


def test_both_sides_are_measured_on_the_configured_capital(t):
    path = record(t, profile="aggressive", shadow="off", polls=40)
    with opened(path) as db:	# no poll has judged what the last one opened
        db.execute("DELETE FROM positions WHERE opened_at ="
                   " (SELECT max(at) FROM polls)")
    text = (t.dir / "carrywatch.yaml").read_text()
    (t.dir / "carrywatch.yaml").write_text(
        text.replace("size_usd: 5000 USD", "size_pct: 5%,"
                     " capital_usd: 90000 USD"))
    [report] = t.run("report", "--json").expect(0).json()
    runs = t.run("replay", "--profile", "steady", "--json").expect(0).json()
    assert report["capital_usd"] == "90000"
    assert [r["capital_usd"] for r in runs] == ["90000"] * 2
    assert runs[1]["return_on_capital"] == report["return_on_capital"]


def test_a_part_replays_from_recorded_memory(t):
    path = record(t)
    at = [a for a, in ask(path, "SELECT at FROM polls ORDER BY seq")]
    text = lambda k: datetime.datetime.fromtimestamp(
        at[k] / 1000, datetime.timezone.utc).isoformat()
    t.run("replay", "--verify", "--since", text(70), "--until",
          text(80)).expect(
        0, out="10 polls replayed")
    t.run("replay", "--verify", "--since", text(30)).expect(
        0, out="60 polls replayed")
    t.run("replay", "--since", "2030-01-01").expect(3, err="no poll of paper")


def changed(t, path, sql, code, words):
    """The same database but for one change: the replay says what differs."""
    kept = path.read_bytes()
    with opened(path) as db:
        db.execute("DROP TRIGGER closed_never_changes")
        db.executescript(sql)
    r = t.run("replay", "--verify")
    path.write_bytes(kept)
    assert r.code == code and words in r.out + r.err, (sql, str(r))


def test_what_differs_is_found(t):
    path = record(t, profile="aggressive", polls=70)
    changed(t, path, "UPDATE decisions SET text = text || '!' WHERE id = 2",
            1, "recorded decision \"")
    for column, other in (("action", "close"), ("before", "close"),
                          ("label", "OTHER")):
        changed(t, path, f"UPDATE decisions SET {column} = CASE {column} WHEN"
                f" '{other}' THEN 'alert' ELSE '{other}' END WHERE id = 2",
                1, "recorded decision \"")
    # another version may have worded it otherwise
    changed(t, path, "UPDATE polls SET version = '0.0.9';"
            " UPDATE decisions SET text = text || '!'", 0, "as recorded.")
    changed(t, path, "DELETE FROM positions WHERE id ="
            " (SELECT min(position) FROM decisions)", 6, "does not exist")
    changed(t, path, "DELETE FROM decisions WHERE id = 2", 1,
            "is not recorded")
    changed(t, path, "INSERT INTO decisions (poll, position, at, action,"
            " before, label, text) SELECT seq, 1, at, 'alert', 'hold', 'X', ''"
            " FROM polls WHERE seq = 60", 1, "decisions are recorded")
    changed(t, path, "UPDATE positions SET entry_divergence = '9'"
            " WHERE id = (SELECT min(position) FROM decisions)", 1,
            "NOT THE SAME  poll ")
    changed(t, path, "UPDATE evidence SET data = zeroblob(length(data))"
            " WHERE poll = 40", 6, "poll 40: evidence is damaged")
    changed(t, path, "DELETE FROM evidence WHERE poll = 40", 6,
            "does not follow the poll before")
    t.run("replay", "--verify").expect(0)


def test_wrong_words_are_told(t):
    t.config()
    t.run("replay", "-a", "paper").expect(3)
    record(t, polls=3)
    t.run("replay", "--verify", "--profile", "steady").expect(
        2, err="leave --profile away")
    t.run("replay", "-c", t.dir / "none.yaml").expect(78, err="none.yaml: No")
    t.run("replay", "-a", "papre").expect(
        3, err="no account \"papre\"; there is paper")
    t.run("replay", "--profile", "stedy").expect(3, err="no profile \"stedy\"")


def test_people_between_the_polls_change_nothing_of_it(t):
    service = Service({"lighter": {"BTC": "0.0001", "ETH": "0.0001"},
                       "grvt": {"BTC": "0.0003", "ETH": "0.0003"}})
    t.service = service
    profiles = ("profiles:\n  p: {close: [FLIP: flip for 2 polls,"
                " HALF: erosion(0.5)]}\n")
    t.config(service.url, "  main: {profile: p, mode: live, "
             "venues: [lighter, grvt]}\n", more=profiles)
    opened_at = simclient.utc(simclient.NOON) - datetime.timedelta(hours=5)
    path = t.dir / "pairs.jsonl"
    path.write_text("".join(json.dumps({
        "symbol": s, "long_venue": "lighter", "short_venue": "grvt",
        "size_usd": "9000", "opened_at": opened_at.isoformat(),
        "entry_divergence_8h": "0.0003"}) + "\n" for s in ("BTC", "ETH")))
    t.run("positions", "import", path).expect(0)

    def poll(rate=None):
        if rate:
            service.rates["grvt"]["BTC"] = Quote(rate)
        t.run("run", "--once").expect(0)
    poll()
    poll("0.00012")				# HALF: pending
    poll()
    t.run("positions", "keep", "1", "--for", "1h").expect(0)
    poll()
    t.run("positions", "close", "2", "-y", "--fees", "2").expect(0)
    poll("0.00005")
    poll("0.00004")				# FLIP for 2 polls
    t.run("positions", "reopen", "2").expect(0)
    poll("0.0003")
    r = t.run("replay").expect(0, out="REPLAY  as recorded")
    r = t.run("replay", "--verify").expect(0, out="7 polls replayed")
    assert "12 evaluations and" in r.out, r.out
    assert ask(db_path(t, "main.db"), "SELECT count(*) FROM decisions"
               " WHERE action = 'close'") == [(2,)]


# ---- pictures of a report ----

def page(t, *more):
    """The report and its page: [run], the page, captions of its pictures."""
    path = t.dir / "page.html"
    [run] = t.run("report", "--json", "--html", path, *more).expect(0).json()
    text = path.read_text()
    return run, text, re.findall(r"<figcaption>(\d+) ", text)


def told_at(t, trade):
    """Divergence per 8 h as explain tells it of the closing poll."""
    lines = t.run("explain", trade["id"], "--at", trade["closed_at"],
                  "--json").expect(0).json()["lines"]
    [value] = {i["value"] for line in lines for i in line["inputs"]
               if i["name"] == "divergence"}
    return Decimal(value) / 3


def test_a_report_shows_the_divergence_of_the_recorded_polls(t):
    path = record(t, profile="aggressive")
    run, text, pictures = page(t)
    closed = [x for x in run["trades"] if x["closed_at"]]
    assert len(closed) > 3
    for x in closed:
        assert Decimal(x["exit_divergence_8h"]) == told_at(t, x), x
    for x in run["trades"]:
        assert x["closed_at"] or x["exit_divergence_8h"] is None, x
    assert len(pictures) == min(12, len(run["trades"]))
    assert "No divergence was recorded" not in text
    assert not any("Divergence is known" in n for n in run["notes"])
    # As text no polls are read: then there is no column of dashes either.
    assert "EXIT/8h" not in t.run("report").expect(0, out="ENTRY/8h").out
    # A part of it: what was not known yet is not in it.
    until = closed[2]["closed_at"]
    part, *_ = page(t, "--until", until)
    for x in part["trades"]:
        whole = next(y for y in run["trades"] if y["id"] == x["id"])
        assert x["exit_divergence_8h"] == (whole["exit_divergence_8h"]
                                           if x["closed_at"] else None), x
    # Polls beyond the retention are gone: what they told is unknown.
    key, = ask(path, "SELECT poll FROM evidence WHERE key = 1 AND poll > 1"
               " ORDER BY poll LIMIT 1")[0]
    begins, = ask(path, "SELECT at FROM polls WHERE seq = ?", key)[0]
    with opened(path) as db:
        db.execute("DELETE FROM evidence WHERE poll < ?", (key,))
    late, text, _ = page(t)
    assert any("pictures begin there" in n for n in late["notes"])
    assert "pictures begin there" in text
    some = set()
    for x, y in zip(late["trades"], run["trades"]):
        kept = bool(x["closed_at"]) and ms(x["closed_at"]) >= begins
        some.add(kept and y["exit_divergence_8h"] is not None)
        assert x["exit_divergence_8h"] == (y["exit_divergence_8h"] if kept
                                           else None), (x, y)
        x["exit_divergence_8h"] = y["exit_divergence_8h"] = None
        assert x == y
    assert some == {True, False}


def test_money_is_reported_also_where_polls_cannot_be_read(t):
    path = record(t, polls=30)
    run, *_ = page(t)
    with opened(path) as db:
        db.execute("UPDATE evidence SET data = zeroblob(length(data))"
                   " WHERE poll = 20")
    bad, text, pictures = page(t)
    assert bad["trades"] and bad["net_usd"] == run["net_usd"]
    assert not pictures
    for said in (" ".join(bad["notes"]), text):
        assert "give no divergence: poll 20: evidence is damaged" in said
    assert {x["exit_divergence_8h"] for x in bad["trades"]} == {None}
    t.run("report").expect(0, out="REPORT")


# ---- upgrades ----

def old(t):
    """A database as version 0.1.0 left it: 90 polls, 28 pairs, 22 closed."""
    t.config(accounts="  demo: {profile: aggressive, mode: dry-run}\n")
    path = db_path(t, "demo.dry-run.db")
    path.parent.mkdir(mode=0o700)
    with lzma.open(lib.ROOT / "tests/db/v1.db.xz") as f:
        path.write_bytes(f.read())
    path.chmod(0o600)
    return path


def test_a_database_of_0_1_0_replays_the_same_after_its_upgrade(t):
    path = old(t)
    t.run("replay", "--verify").expect(6, err="schema version 1")
    end = ask(path, "SELECT max(at) FROM polls")[0][0]
    rows = ("SELECT position, side, at, rate_8h, pays_every_s, amount_usd,"
            f" late, hypothetical FROM settlements WHERE at <= {end}"
            " ORDER BY 1, 2, 3")
    before = ask(path, rows)
    unjudged = {p for p, in ask(path, "SELECT id FROM positions WHERE"
                                " opened_at = ?", end)}
    # An older monitor may still run: only the next one upgrades its file.
    t.run("positions", "note", "1", "x").expect(6, err="start the monitor")
    t.run("run", "--once").expect(5)	# no service; the upgrade is all
    assert ask(path, "PRAGMA user_version") == [(3,)]
    assert path.with_name(path.name + ".backup-v1").exists()
    assert ask(path, rows) == before
    assert ask(path, "SELECT DISTINCT base, reported_usd FROM settlements"
               ) == [("entry notional", None)]
    until = ("--until", datetime.datetime.fromtimestamp(
        end / 1000 + 1, datetime.timezone.utc).isoformat())
    t.run("replay", "--verify", *until).expect(
        0, out=r"(?s)90 polls replayed.* 25 decisions came out as recorded")
    t.run("replay", "--verify").expect(0, out="91 polls replayed")
    kept = path.read_bytes()
    with opened(path) as db:		# as the retention leaves it
        db.execute("DELETE FROM evidence WHERE poll < (SELECT min(poll) FROM"
                   " evidence WHERE key AND poll > 1)")
    r = t.run("replay", "--verify", *until)
    assert re.search(r"^[1-9]\d* evaluations of version 0\.1\.0 were left out",
                     r.expect(0).out, re.M), r
    path.write_bytes(kept)
    [_, own] = t.run("replay", "--profile", "steady", "--json",
                     *until).expect(0).json()
    closed = {p for p, in ask(path, "SELECT id FROM positions"
                              " WHERE status = 'closed'")}
    assert {x["id"] for x in own["trades"]} == set(range(1, 29)) - unjudged
    for x in own["trades"]:
        amounts = [Decimal(a) for p, _, _, _, _, a, _, h in before
                   if p == x["id"] and not h and a and a[0] != "?"]
        assert Decimal(x["funding_usd"]) == sum(amounts), x
        assert bool(x["closed_at"]) == (x["id"] in closed), x
    pairs_of_a_replay(t, len(own["trades"]), *until)


def pairs_of_a_replay(t, n, *until):
    """Twenty of them, unless more are asked for; none in a stated TSV."""
    command = ("replay", "--profile", "steady", *until)
    row = re.compile(r"^ *\d+  [A-Z]+ .*\d\.\d\d *$", re.M)
    assert n > 20
    for more in ((), ("-o", "table"), ("-o", "wide")):
        out = t.run(*command, *more).expect(
            0, out=f"^{n - 20} pairs differ less and are not shown; --limit "
                   f"{n} shows all.$").out
        assert len(row.findall(out)) == 20, out
    out = t.run(*command, "--limit", n).expect(0).out
    assert len(row.findall(out)) == n and "not shown" not in out, out
    out = t.run(*command, "-o", "tsv").expect(0).out
    assert "REPLAYED" not in out and "not shown" not in out, out


if __name__ == "__main__":
    lib.main()
