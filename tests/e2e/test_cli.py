#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The command line as a person or a script meets it: help, wrong words, exit
codes, formats, configuration commands. No monitor and no service is needed,
except where the service is meant to be unreachable.
"""
import csv
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import termios

import lib
from service import Quote, Service

LONG_SANITIZED = True
COMMANDS = """check-config|completion bash|decisions list|explain|exposure|help
opportunities list|positions close|positions confirm|positions history
positions import|positions keep|positions list|positions note|positions open
positions reopen|positions show|positions verify|profiles diff|profiles list
profiles show|reference|rules list|rules show|run|status|version""".replace(
    "\n", "|").split("|")


def on_terminal(t, *args, columns=200, typed="", **env):
    """What a command writes to a terminal, as text, and its exit code; a
    variable of env that is None is not set."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack("HHHH", 24, columns, 0, 0))
    argv = [t.binary("carrywatch")]
    if t.config_file.exists():
        argv += ["-c", str(t.config_file)]
    env = {**t.env(TERM="xterm"), **env}
    with subprocess.Popen(argv + list(args), stdin=slave, stdout=slave,
                          stderr=slave, cwd=t.dir,
                          env={k: v for k, v in env.items()
                               if v is not None}) as p:
        os.close(slave)
        os.write(master, typed.encode())
        text = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:		# Linux: the other end is closed
                break
            if not part:
                break
            text += part
        code = p.wait(30)
    os.close(master)
    return text.decode().replace("\r\n", "\n"), code


def test_help_everywhere(t):
    """help, -h, --help and no word at all give the same page, exit 0"""
    page = t.run("help").expect(0, out="^Usage: carrywatch").out
    for args in (["-h"], ["--help"], []):
        assert t.run(*args).expect(0).out == page, args
    for name in COMMANDS:
        assert re.search(rf"^  {re.escape(name)} ", page, re.M), name
        one = t.run("help", *name.split()).expect(0, out="^Usage").out
        assert one == t.run(*name.split(), "-h").expect(0).out, name
    assert page.count("\n  carrywatch ") >= 3, "examples"


def test_without_a_configuration(t):
    """what is missing is the file, and where it belongs is said"""
    p = t.command(t.binary("carrywatch"), "positions", "list")
    assert p.code == 78, p
    assert "no configuration found; copy config/carrywatch.yaml to " in p.err


def test_on_eighty_columns_the_reason_stays(t):
    """what is to be done and why outlives the money and the distances"""
    service = Service({"lighter": {"BTC": "0.0001"},
                       "grvt": {"BTC": "0.00001"}})
    t.config(service.url, "  main: {profile: conservative, mode: live, "
             "venues: [lighter, grvt]}\n")
    t.run("positions", "open", "--symbol", "BTC", "--long", "lighter",
          "--short", "grvt", "--size", "20000", "--entry-divergence",
          "0.0003", "--opened-at", "75h").expect(0)
    t.run("run", "--once").expect(0)
    text, code = on_terminal(t, "positions", "list", columns=80,
                             NO_COLOR="1")
    assert code == 0 and "DIVERGENCE_FLIPPED" in text, text
    assert max(map(len, text.splitlines())) <= 80, text


def test_help_of_a_group(t):
    """a group's help lists its commands only"""
    page = t.run("help", "positions").expect(0, out="positions close ID").out
    assert "rules list" not in page
    assert t.run("positions", "-h").expect(0).out == page
    assert t.command(positions(t), "--help").expect(0).out == page
    assert t.command(positions(t), "help").expect(0).out == page


def positions(t):
    return str(t.need(lib.BUILD / "positions"))


def test_wrong_words(t):
    """wrong words and options say what was meant and exit 2"""
    for args, said in (
            (["postions"], 'did you mean "positions"'),
            (["positions", "lst"], 'did you mean "positions list"'),
            (["close", "7"], 'did you mean "positions close"'),
            (["status", "--jsno"], "did you mean --json"),
            (["rules", "list", "-o", "jsom"], 'did you mean "json"'),
            (["rules", "list", "--columns", "nam"], 'did you mean "name"'),
            (["rules", "list", "--sort", "nmae"], 'did you mean "name"'),
            (["rules", "list", "--limit", "none"], "whole number"),
            (["rules", "list", "-a", "main"], "does not take --account"),
            *((["run", "--once", "--polls", n], f'--polls "{n}": write a '
               "whole number above 0")
              for n in ("0", "x", "", "3x", "1.5", "2147483648", "9" * 30)),
            (["explain"], "carrywatch explain ID"),
            (["explain", "7", "8"], 'unexpected argument "8"'),
            (["help", "frobnicate"], "unknown command")):
        r = t.run(*args).expect(2, err="^Try: carrywatch help")
        assert said in r.err and r.out == "", r


def test_nothing_steers_the_terminal(t):
    """control characters in arguments come back escaped"""
    r = t.run("rules", "show", "a\x1b[2Jb\u202ec").expect(3)
    assert "\x1b" not in r.err and "\u202e" not in r.err, r
    assert "\\x1b[2J" in r.err, r
    r = t.run("po\x07").expect(2)
    assert "\x07" not in r.err and "\\x07" in r.err, r


def test_positions_by_name(t):
    """the program called positions is carrywatch positions"""
    t.config()
    a = t.run("positions", "list", "-a", "paper", "--json").expect(0)
    b = t.command(positions(t), "-c", t.config_file, "-a", "paper",
                  "--json").expect(0)
    assert a.out == b.out == "[]\n", (a.out, b.out)


def test_option_forms(t):
    """options may stand anywhere and be written four ways"""
    want = t.run("rules", "list", "-o", "csv", "--limit", "2").expect(0).out
    assert len(want.strip().splitlines()) == 3, want
    for args in (["-ocsv", "rules", "--limit=2", "list"],
                 ["--output", "csv", "--limit", "2", "rules", "list"],
                 ["rules", "list", "-qocsv", "--limit", "2"],
                 ["--output=csv", "--limit=2", "rules", "--", "list"]):
        assert t.run(*args).expect(0).out == want, args


def test_formats(t):
    """the same rows as TSV, CSV, JSON and JSON lines; TSV when piped"""
    tsv = t.run("rules", "list").expect(0).out
    head, *rows = [s.split("\t") for s in tsv.splitlines()]
    assert head[0] == "name" and len(rows) >= 8, tsv
    assert tsv == t.run("rules", "list", "-o", "tsv").out
    objects = t.run("rules", "list", "--json").expect(0).json()
    assert [o["name"] for o in objects] == [r[0] for r in rows]
    assert all(list(o) == head for o in objects)
    lines = t.run("rules", "list", "-o", "jsonl").expect(0).out
    assert len(lines.splitlines()) == len(rows)
    table = list(csv.reader(io.StringIO(
        t.run("rules", "list", "-o", "csv").expect(0).out)))
    assert table[0] == head and len(table) == len(rows) + 1
    chosen = t.run("rules", "list", "--columns", "protective,name",
                   "--sort", "-name").expect(0).out.splitlines()
    assert chosen[0] == "protective\tname"
    names = [s.split("\t")[1] for s in chosen[1:]]
    assert names == sorted(names, reverse=True) and len(names) == len(rows)


def test_terminal_gets_a_table(t):
    """on a terminal: aligned, coloured unless NO_COLOR, --no-color or dumb"""
    text, code = on_terminal(t, "rules", "list")
    assert code == 0 and "\x1b[1mNAME\x1b[0m" in text and "\t" not in text
    for args, env in ((["--no-color"], {}), ([], {"NO_COLOR": "1"}),
                      ([], {"TERM": "dumb"}), ([], {"TERM": None})):
        plain, code = on_terminal(t, "rules", "list", *args, **env)
        assert code == 0 and "\x1b" not in plain, plain
        assert re.match(r"NAME +TRUE WHEN", plain), plain
    colored, _ = on_terminal(t, "rules", "list", NO_COLOR="0")
    assert "\x1b" not in colored, "NO_COLOR counts whenever it is not empty"
    colored, _ = on_terminal(t, "rules", "list", NO_COLOR="")
    assert "\x1b[1mNAME\x1b[0m" in colored, "empty is as good as not set"
    assert "\x1b" not in t.run("rules", "list", "-o", "table").out


def test_narrow_terminal(t):
    """a narrow terminal loses wide columns first, then the end of a text"""
    plain = {"NO_COLOR": "1"}
    wide, _ = on_terminal(t, "rules", "list", "-o", "wide", columns=400,
                          **plain)
    assert "FACTS" in wide
    narrow, _ = on_terminal(t, "rules", "list", "-o", "wide", columns=80,
                            **plain)
    assert "FACTS" not in narrow and "TRUE WHEN" in narrow, narrow
    assert max(map(len, narrow.splitlines())) <= 80, narrow
    unknown, _ = on_terminal(t, "rules", "list", "-o", "wide", columns=0,
                             **plain)
    assert unknown == narrow, "one that does not say how wide it is: 80"


def test_locale_and_zone_change_nothing(t):
    """TZ and LC_ALL change no output"""
    t.config()
    for args in (["rules", "list"], ["profiles", "show", "steady"],
                 ["reference"], ["check-config", "--print"]):
        plain = t.run(*args).expect(0).out
        odd = t.run(*args, env={"TZ": "Asia/Kathmandu",
                                "LC_ALL": "de_DE.UTF-8"}).expect(0).out
        assert plain == odd, args


def test_full_disk_is_no_success(t):
    """output that cannot be written is an error"""
    full = t.need("/dev/full")
    t.command("/bin/sh", "-c", f"'{t.binary('carrywatch')}' rules list "
              f"> {full}").expect(1, err="cannot write")


def test_rules_show(t):
    """rules show names parameters, defaults, bounds, facts and units"""
    one = t.run("rules", "show", "funding_window").expect(0).out
    for part in ("before", "when", "default paying", "paying or any",
                 "long_next_funding"):
        assert part in one, (part, one)
    o = t.run("rules", "show", "erosion", "--json").expect(0).json()
    assert o["name"] == "erosion"
    assert o["parameters"][0]["name"] == "keep", o
    assert o["parameters"][0]["max"] == "1", o
    assert o["facts"][0] == {"name": "divergence", "unit": "per day",
                             "when": None}, o
    o = t.run("rules", "show", "take_profit", "--json").expect(0).json()
    when = {f["name"]: f["when"] for f in o["facts"]}
    assert when["price_pnl"] == "pnl=net" and when["funding"] is None, when
    assert "price_pnl" not in t.run("rules", "list").expect(0).out
    one = t.run("rules", "show", "better_opportunity").expect(0).out
    for part in ("alternative_cost             of notional\n",
                 "short_pays_every             s, with model=schedule\n"):
        assert part in one, (part, one)
    t.run("rules", "show", "erosoin").expect(3, err='did you mean "erosion"')
    one = t.run("rules", "show", "leg_missing").expect(
        0, out="^  protective: may close on stale rates$").out
    assert "Parameters" not in one and "may close" not in t.run(
        "rules", "show", "flip").out, one
    lines = t.run("rules", "show", "leg_missing", "-o", "jsonl").expect(0).out
    o, = map(json.loads, lines.splitlines())
    assert o["protective"] is True and o["parameters"] == [], o


def test_profiles(t):
    """profiles list, show and diff"""
    t.config()
    names = {p["name"]: p for p in
             t.run("profiles", "list", "--json").expect(0).json()}
    assert {"conservative", "aggressive", "steady"} <= set(names), names
    assert names["steady"]["accounts"] == "paper", names["steady"]
    lines = t.run("profiles", "show", "conservative", "--json").json()
    assert lines[0]["kind"] == "close", lines
    assert lines[0]["label"] == "DIVERGENCE_FLIPPED", lines
    assert lines[0]["expression"].startswith("flip("), lines
    rows = {(r["kind"], r["label"]): r for r in
            t.run("profiles", "diff", "conservative", "aggressive",
                  "--json").expect(0).json()}
    assert rows[("close", "DIVERGENCE_FLIPPED")]["same"] is True, rows
    assert rows[("close", "PROFIT_EROSION")]["same"] is False, rows
    assert rows[("close", "WEEKLY_REBALANCE")]["b"] is None, rows
    assert rows[("close", "TIME_LIMIT")]["a"] is None, rows
    t.run("profiles", "show", "stedy").expect(3, err='did you mean "steady"')


def test_own_profiles(t):
    """profiles list and show say what an own profile extends and needs"""
    t.config(accounts="  a: {profile: mine}\n  b: {profile: mine}\n", more="""\
profiles:
  base: {close: [OLD: age(7d)], poll_interval: 30s}
  mine:
    extends: base
    alert:
      - GONE: leg_missing
""")
    t.run("profiles", "list").expect(78, err="GONE is never known without the "
                                             "trading client")
    t.config_file.write_text(t.config_file.read_text().replace(
        "leg_missing", "stale_data(3m)"))
    mine = {p["name"]: p for p in
            t.run("profiles", "list", "--json").expect(0).json()}["mine"]
    assert mine["extends"] == "base" and mine["accounts"] == "a b", mine
    assert mine["close_lines"] == mine["alert_lines"] == 1, mine
    t.run("profiles", "show", "mine", "-o", "table").expect(
        0, out=r"^profile mine extends base  hash [0-9a-f]{16}  poll_interval "
               r"30s  blind_after 10m\nThe first close line that is true "
               r"decides\.\n\n# +KIND +LABEL +TRUE WHEN .*\n1 +close +OLD +age")
    wide = t.run("profiles", "show", "mine", "-o", "wide").expect(0).out
    assert re.search("^2 +alert +GONE .* no +11$", wide, re.M), wide
    t.run("profiles", "show", "steady", "-o", "table").expect(
        0, out="^profile steady  hash ")
    t.run("profiles", "diff", "mine", "bsae").expect(
        3, err='no profile "bsae", did you mean "base"')
    t.run("profiles", "diff", "nothing_like_it", "mine").expect(
        3, err='no profile "nothing_like_it"; see carrywatch profiles list')


def test_what_a_trading_client_tells(t):
    """profiles show names the lines that are unknown without the client"""
    t.config(more="profiles: {p: {close: [GONE: leg_missing, OLD: age(7d)]}}\n")
    rows = t.run("profiles", "show", "p", "--json").expect(0).json()
    assert [r["needs"] for r in rows] == ["a trading client", None], rows
    assert [r["protective"] for r in rows] == [True, False], rows


def test_check_config(t):
    """check-config: everything that is wrong at once, exit 78; else 0"""
    t.config()
    t.run("check-config").expect(0, out="^ok: .*2 accounts")
    printed = t.run("check-config", "--print").expect(0, out="^version: 1")
    again = t.dir / "again.yaml"
    again.write_text(printed.out)
    again.chmod(0o600)
    assert t.run("-c", again, "check-config", "--print",
                 config=False).expect(0).out == printed.out
    t.config_file.write_text(
        "version: 1\nservice: {timeuot: 3s, max_data_age: 4}\n"
        "accounts:\n  main: {profile: stedy}\n")
    r = t.run("check-config").expect(78, err=r"^\d+ errors")
    assert r.out == "", r
    for part in (":2:", "timeuot", "did you mean", "max_data_age", "stedy"):
        assert part in r.err, (part, r)
    t.run("positions", "list").expect(
        78, err=r"^/.*carrywatch\.yaml:2:11: error: unknown key(.*\n)+.*not "
                "usable: 3 errors")
    t.config_file.unlink()
    t.run("-c", t.config_file, "check-config").expect(
        78, err="carrywatch.yaml")


def test_check_config_counts(t):
    """check-config counts what it found; -q leaves warnings out of the list"""
    t.command(t.binary("carrywatch"), "check-config").expect(
        0, out="^ok: built-in defaults: 0 accounts, 4 profiles, 0 warnings$")
    t.config(accounts="  one: {mode: live}\n")
    p = t.run("check-config").expect(0, out="1 account, 4 profiles, 1 warning$",
                                     err="warning: accounts.one: no venues")
    assert t.run("check-config", "-q").expect(0, err="^$").out == p.out
    t.config_file.chmod(0o640)
    t.run("check-config").expect(0, out="2 warnings$",
                                 err="others may read this file: chmod 600")
    t.config(more="".join(f"wrong{i}: 1\n" for i in range(40)))
    p = t.run("check-config").expect(
        78, err=r"^\.\.\. and 8 more$\n^40 errors, 0 warnings\. Not usable")
    assert p.err.count('unknown key "wrong') == 32, p
    t.config(accounts="".join(f"  a{i}: {{mode: live}}\n" for i in range(40)))
    t.run("check-config").expect(0, out="40 warnings$", err="and 8 more$")
    t.run("check-config", "-q").expect(0, out="40 warnings$", err="^$")
    t.run("decisions", "list", "-a", "all").expect(0, err="^$")
    t.config(more="wrong: 1\n")
    t.run("check-config").expect(78, err="^1 error, 0 warnings. Not usable")


def test_print_of_one_account(t):
    """check-config --print -a: the account alone, and what it goes by"""
    t.config(more="network: {allow_private: [10.1.0.0/16]}\n")
    p = t.run("check-config", "--print").expect(0)
    assert '  allow_private: ["10.1.0.0/16"]\n' in p.out, p
    p = t.run("check-config", "--print", "-a", "main").expect(0, out="^  main:")
    assert "paper" not in p.out and "allow_private" not in p.out, p
    t.run("check-config", "--print", "-a", "nobody").expect(
        3, err='no account "nobody"; there is paper, main')
    t.run("check-config", "--print", "-a", "all").expect(
        2, err='"check-config" works on one account, not on 2')


def test_warnings_before_a_table(t):
    """a table comes without the warnings of the configuration, unless -v"""
    t.config(accounts="  one: {mode: live}\n")
    warning = "warning: accounts.one: no venues"
    assert warning not in t.run("decisions", "list").expect(0).err
    t.run("decisions", "list", "-v").expect(0, err=warning)
    assert warning not in t.run("decisions", "list", "-v", "-q").err
    t.config(accounts="  {}\n")
    t.run("decisions", "list").expect(
        78, err="no account; write accounts: {main: {profile: steady, mode: "
                "dry-run}}")


def test_accounts(t):
    """which account: named, all, or the question answered with the names"""
    t.config()
    t.run("decisions", "list").expect(2, err="which account.*paper, main")
    t.run("decisions", "list", "-a", "mian").expect(3, err="paper, main")
    t.run("decisions", "list", "-a", "all", "--json").expect(0, out=r"^\[\]")
    t.run("opportunities", "list", "-a", "all").expect(2, err="one account")


def test_many_accounts(t):
    """twenty long names: a list has them all, a question some of them"""
    names = [f"account-of-many-letters-no-{i}" for i in range(10, 30)]
    t.config(accounts="".join(f"  {n}: {{}}\n" for n in names))
    used = {p["name"]: p["accounts"] for p in
            t.run("profiles", "list", "--json").expect(0).json()}
    assert used["steady"].split() == names and not used["textbook"], used
    t.run("decisions", "list").expect(
        2, err=f"which account\\? Add -a with one of {names[0]}, {names[1]}, "
               ".*, or -a all$")
    t.run("decisions", "list", "-a", "x").expect(3, err='no account "x"; there')


def test_a_configuration_without_accounts(t):
    """what to write is said; the file itself is good"""
    t.config_file.write_text("version: 1\n")
    t.config_file.chmod(0o600)
    t.run("positions", "list").expect(
        78, err=f"{t.config_file}: no account; write accounts: {{main: ")
    t.run("check-config").expect(0, out="^ok: .*: 0 accounts, ")
    t.run("check-config", config=False, cwd="/").expect(
        0, out="^ok: built-in defaults: 0 accounts, ")
    t.run("check-config", "--print", "-a", "main").expect(
        78, r"\A\Z", "no account; write accounts")


def test_complaints_have_an_end(t):
    """the first 32 are shown, the rest is counted; warnings where asked for"""
    t.config()
    text = t.config_file.read_text()
    t.config_file.write_text(text + "".join(f"x{i}: 1\n" for i in range(40)))
    r = t.run("check-config").expect(78, r"\A\Z", r"^\.\.\. and 8 more\n40 errors")
    assert r.err.count("error: ") == 32, r
    r = t.run("positions", "list", "-a", "main").expect(
        78, err="the configuration is not usable: 40 errors")
    assert r.err.count("error: ") == 32, r
    t.config(accounts="  main: {profile: steady, mode: live}\n")
    warning = r"carrywatch.yaml:\d+:\d+: warning: "
    t.run("check-config").expect(0, "1 warning$", warning)
    t.run("check-config", "-q").expect(0, "1 warning$", r"\A\Z")
    t.run("positions", "list").expect(0, err=r"\A\Z")
    t.run("positions", "list", "-v").expect(0, err=warning)
    t.run("positions", "list", "-v", "-q").expect(0, err=r"\A\Z")


def test_status_of_nothing(t):
    """status without a monitor: exit 3, every account listed"""
    t.config()
    r = t.run("status", "--json").expect(3)
    rows = {a["account"]: a for a in r.json()}
    assert set(rows) == {"paper", "main"}, rows
    assert rows["paper"]["mode"] == "dry-run"
    assert rows["paper"]["running"] is False and rows["paper"]["pid"] is None
    assert rows["main"]["last_poll"] is None and rows["main"]["open"] == 0
    t.run("status", "-a", "main", "-o", "table").expect(
        3, out="main  not running.*\n.*none yet")
    t.run("status", "-a", "nobody").expect(3, err="no account")
    assert not list(t.dir.glob("data/*.db")), "status created a database"


def test_status_of_a_monitor(t):
    """status of a running monitor: exit 0, its pid, its last poll"""
    sim = t.ratesim()
    t.config(url=sim.url)
    monitor = t.monitor("paper")

    def polled():
        rows = t.run("status", "-a", "paper", "--json").json()
        return rows[0] if rows[0]["poll"] else None

    row = t.wait(polled, "the first poll")
    assert row["running"] is True and row["pid"] == monitor.pid, row
    assert row["result"] == "ok" and row["error"] is None, row
    assert 0 <= row["age_seconds"] < 60 and row["next_tick"], row
    assert row["evidence_bytes"] > 0, row
    t.run("status", "-a", "paper", "-o", "table").expect(
        0, out=rf"paper  running, pid {monitor.pid}")
    t.run("status").expect(0)		# one of two runs
    t.run("status", "-a", "main").expect(3)
    assert monitor.stop() == 0
    row = t.run("status", "-a", "paper", "--json").expect(3).json()[0]
    assert row["running"] is False and row["next_tick"] is None, row


def test_decisions(t):
    """decisions list: newest first, cut, filtered, of one position"""
    sim = t.ratesim()
    t.config(url=sim.url, accounts="""\
  main: {profile: eager, mode: live}
""", more="""\
profiles:
  eager:
    close:
      - OLD: age(1s)
""")
    for symbol in ("BTC", "ETH"):
        t.run("positions", "open", "--symbol", symbol, "--long", "lighter",
              "--short", "grvt", "--size", "1000", "--entry-divergence",
              "0.0003", "--opened-at", "2026-01-01T00:00:00Z",
              "-y").expect(0)
    t.run("decisions", "list", "--json").expect(0, out=r"^\[\]$")
    t.run("run", "--once").expect(0)
    rows = t.run("decisions", "list", "--json").expect(0).json()
    assert sorted(r["position"] for r in rows) == [1, 2], rows
    assert all(r["action"] == "close" and r["label"] == "OLD"
               and r["account"] == "main" and r["text"] for r in rows), rows
    assert [r["id"] for r in rows] == sorted(
        (r["id"] for r in rows), reverse=True), rows
    one = t.run("decisions", "list", "2", "--json").expect(0).json()
    assert one == [r for r in rows if r["position"] == 2], one
    assert t.run("decisions", "list", "--limit", "1",
                 "--json").json() == rows[:1]
    assert t.run("decisions", "list", "--sort", "position", "--limit", "1",
                 "--json").json()[0]["position"] == 1
    assert t.run("decisions", "list", "--until", "1h", "--json").json() == []
    assert t.run("decisions", "list", "--since", "1h",
                 "--json").json() == rows
    t.run("decisions", "list", "9").expect(3)
    t.run("decisions", "list", "x").expect(2, err="position id")


def test_opportunities_without_service(t):
    """opportunities list without a service: exit 5 and the address"""
    t.config(url="http://127.0.0.1:9/api/v1", service="")
    r = t.run("opportunities", "list", "-a", "paper").expect(5)
    assert "127.0.0.1:9" in r.err and r.out == "", r


def test_opportunities(t):
    """opportunities list shows each pair with the policy's verdict"""
    sim = t.ratesim()
    t.config(url=sim.url, accounts="""\
  paper: {profile: steady, mode: dry-run,
    entry: {min_profit: 0.000001, max_positions: 1, size_usd: 1000 USD}}
  main: {profile: steady, mode: live}
""")
    rows = t.run("opportunities", "list", "-a", "paper",
                 "--json").expect(0).json()
    assert rows and rows[0]["rank"] == 1, rows
    assert {r["accepted"] for r in rows} <= {True, False}, rows
    assert sum(r["accepted"] for r in rows) <= 1, rows
    assert all(isinstance(r["service_net_8h"], str) for r in rows)
    rows = t.run("opportunities", "list", "-a", "main",
                 "--json").expect(0).json()
    assert {r["verdict"] for r in rows} == {"no entry policy"}, rows
    assert not list(t.dir.glob("data/*.db")), "a look stored something"


def test_opportunities_for_people(t):
    """the table ends with its unit; a list that ranks what is old is marked"""
    service = Service({"lighter": {"BTC": "0", "ETH": "0"},
                       "grvt": {"BTC": "0.0003", "ETH": "0.0003"}})
    account = "{profile: steady, mode: live, venues: [lighter, grvt]"
    t.config(service.url, f"  main: {account}}}\n  picky: {account}, "
             "entry: {min_profit: 0.00001, size_usd: 1000}}\n")
    service.opportunities = [("BTC", "lighter", "grvt"),
                             ("ETH", "lighter", "grvt")]
    listed = t.run("opportunities", "list", "-a", "main", "-o", "table")
    listed.expect(0, r"\n\n2 listed\. Rates per 8h; account main\.$")
    t.run("opportunities", "list", "-a", "main", "-o", "wide", "--unit",
          "apr").expect(0, r"LONG RATE[\s\S]*\+32\.85%[\s\S]*\n\n2 listed\. Rates "
                        r"as APR; account main\.$")
    ranked = service.ranked()
    service.override["/opportunities"] = (200, "application/json", ranked)
    service.rates["grvt"]["ETH"].age = 7200	# listed, and not fresh
    service.rates["grvt"]["BTC"] = Quote("0.0009")
    btc, eth = t.run("opportunities", "list", "-a", "main", "--json").json()
    assert (btc["divergence_8h"], btc["service_net_8h"]) == (
        "0.0009", "0.0003"), btc
    assert eth["divergence_8h"] is None and eth["service_net_8h"], eth
    text, code = on_terminal(t, "opportunities", "list", "-a", "picky")
    assert code == 0 and re.search(r"\x1b\[33m *\+?0\.0900%", text), text
    service.override["/opportunities"] = (200, "application/json", "[")
    t.run("opportunities", "list", "-a", "main").expect(
        5, r"\A\Z", f"{service.url}: no ranked list: ")


def test_reference(t):
    """reference: every rule and every section of the configuration"""
    page = t.run("reference").expect(0, out="^# Reference").out
    for name in t.run("rules", "list", "--columns",
                      "name").out.splitlines()[1:]:
        assert f"### {name}(" in page, name
    for key in ("`service.url`", "`storage.directory`", "`costs.round_trip`"):
        assert key in page, key
    for row in re.findall(r"^\|.*", page, re.M):
        assert len(re.findall(r"(?<!\\)\|", row)) == 6, row


def test_completion(t):
    """completion bash is a script that completes words and options"""
    script = t.dir / "completion"
    script.write_text(t.run("completion", "bash").expect(0).out)
    bash = t.need("/bin/bash")

    def complete(*words):
        return t.command(bash, "--norc", "-c", ". " + str(script) + """
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _carrywatch
            printf '%s\\n' "${COMPREPLY[@]}" """, "bash",
                         *words).expect(0).out.split()

    assert complete("carrywatch", "pos") == ["positions"]
    assert complete("carrywatch", "positions", "re") == ["reopen"]
    assert complete("/usr/bin/positions", "re") == ["reopen"]
    assert complete("carrywatch", "rules", "") == ["list", "show"]
    assert "--entry-divergence" in complete("carrywatch", "positions",
                                            "open", "--entry")
    assert complete("carrywatch", "explain", "7", "--uni") == ["--unit"]
    assert complete("carrywatch", "run", "--entry") == []


def test_completion_of_other_shells(t):
    """zsh reads what bash does; fish gets a line for each word and option"""
    bash = t.run("completion", "bash").expect(0).out
    zsh = t.run("completion", "zsh").expect(0).out
    assert zsh.startswith("#compdef carrywatch positions\n"), zsh
    assert zsh.split("\n", 3)[2].startswith("autoload -U +X bashcompinit")
    assert zsh.endswith(bash.split("\n", 1)[1]), zsh
    fish = t.run("completion", "fish").expect(0).out.splitlines()
    line = re.compile(r"complete -c carrywatch -n '[^']+' (-f -a|-l|-r -l) "
                      r"[a-z-]+ -d '([^'\\]|\\.)*'$")
    for text in fish[1:]:
        assert line.match(text), text
    for want in (
            "-n '__fish_use_subcommand' -f -a status -d '",
            "-n '__fish_use_subcommand' -f -a positions -d ''",
            "-n '__fish_seen_subcommand_from positions' -f -a close -d '",
            "-n '__fish_seen_subcommand_from positions; and "
            "__fish_seen_subcommand_from close' -r -l reason -d 'the label",
            "-n '__fish_seen_subcommand_from status' -l json -d '",
            "-l every -d 'poll so often instead of the profile\\'s'"):
        assert any(want in text for text in fish), want
    for name in COMMANDS:
        assert any(f"-a {name.split()[-1]} -d" in x for x in fish), name


def test_version(t):
    """version, --version and -V agree"""
    text = t.run("version").expect(0, out=r"^carrywatch \d+\.\d+\.\d+$").out
    assert t.run("--version").expect(0).out == text
    assert t.run("run", "-V").expect(0).out == text


if __name__ == "__main__":
    lib.main()
