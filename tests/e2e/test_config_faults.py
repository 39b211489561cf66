#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Configurations that are wrong, changed in the middle, mixed up between
accounts, or not what the decision says: each refused with its place, or told.
"""
import contextlib
import json
import re
import signal
import sqlite3
import threading

import lib
from service import Quote, Service
from sinks import Sink
from test_run import import_pair, rows_of

LONG_SANITIZED = True
RATES = {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0011"}}
PROFILE = """\
profiles:
  mine:
    poll_interval: 4m
    close:
      - DIVERGENCE_FLIPPED: flip
      - ERODED: erosion(0.5) and min_hold(4h)
      - OLD: age(168h)
    alert:
      - THIN: carry_below(5%)
"""
ACCOUNT = "  main: {profile: mine, mode: live, venues: [lighter, grvt]}\n"


def given(t, account=ACCOUNT, more=PROFILE):
    service = Service(RATES)
    t.config(service.url, account, more=more)
    return service


def refused(t, text, *patterns):
    """By check-config and by run, at its place, and nothing is made."""
    t.config_file.write_text(text)
    t.config_file.chmod(0o600)
    for words in (("check-config",), ("run", "--once")):
        p = t.run(*words).expect(78)
        for pattern in patterns:
            assert re.search(pattern, p.out + p.err), (text, pattern, str(p))
    assert not (t.dir / "data").exists()


def test_what_is_wrong_has_a_place(t):
    """unknown, misspelt, double, wrongly typed, missing: refused with file:line:column"""
    given(t)
    good = t.config_file.read_text()
    for old, new, said in (
            ("  timeout: 3s", "  wibble: 3s", 'unknown key "wibble"'),
            ("  timeout: 3s", "  timeot: 3s", 'did you mean "timeout"'),
            ("  timeout: 3s", "  timeout: 3s\n  timeout: 4s",
             'duplicate key "timeout", first given in line 4'),
            ("  timeout: 3s", "  timeout: [3s]", "expected a value, not a li"),
            ("  timeout: 3s", "  timeout: soon", '"soon" is not a time'),
            ("flip\n", "flp\n", 'unknown rule "flp", did you mean "flip"')):
        assert old in good
        text = good.replace(old, new, 1)
        word = new.strip().split("\n")[-1]
        line = next(i for i, s in enumerate(text.split("\n"), 1)
                    if word in s)
        place = re.escape(str(t.config_file)) + rf":{line}:\d+: error: "
        refused(t, text, place + ".*" + re.escape(said))
    refused(t, good.replace("version: 1\n", ""), "yaml:1:1: error: no version")
    refused(t, good.replace("profile: mine, ", "profile: yours, "),
            r"yaml:\d+:\d+: error: .*no profile \"yours\"")


def test_thresholds_that_contradict(t):
    """contradicting, negative, unit-less or absurd thresholds: refused, or warned of"""
    given(t)
    good = t.config_file.read_text()

    def line(text):
        return good.replace("flip\n", text + "\n", 1)

    for text, said in (
            ("erosion(-0.5)", r"keep: -0\.5 is out of range \(0 to 1\)"),
            ("erosion(50)", r"keep: 50 is out of range \(0 to 1\)"),
            ("age(168)", "no unit|unit"), ("age(-1h)", "-1h"),
            ("funding_window(15)", "unit"), ("erosion(half)", "half"),
            ("erosion(5e1)", "5e1"), ("flip(1 %)", "%")):
        refused(t, line(text), said)
    for same in ("erosion(50%)", "erosion(0.5)", "erosion(0.50)",
                 "erosion(5000bps)"):
        t.config_file.write_text(line(same))
        shown = t.run("profiles", "show", "mine", "--json").expect(0).out
        assert "erosion(0.5)" in shown.replace("50%", "0.5"), (same, shown)
    # The severe one behind the normal one can never be the reason.
    t.config_file.write_text(good.replace(
        "      - OLD: age(168h)", "      - NORMAL: erosion(0.5)\n"
        "      - SEVERE: erosion(0.2)"))
    p = t.run("check-config")
    assert re.search(r"SEVERE.*(never|unreachable|behind|already)",
                     p.out + p.err), str(p)


def test_live_and_dry_run_never_mix(t):
    """live or dry-run is stamped into the database: the other mode is refused"""
    service = given(t)
    t.run("run", "--once").expect(0)
    live, dry = (t.dir / "data" / n for n in ("main.db", "main.dry-run.db"))
    live.rename(dry)
    whole = dry.read_bytes()
    t.config(service.url, ACCOUNT.replace("live", "dry-run"), more=PROFILE)
    for words in (("run", "--once"), ("positions", "list"),
                  ("positions", "note", "1", "x")):
        t.run(*words).expect(6, err="holds live positions of account main, "
                                    "but the account is configured as dry-run")
    assert dry.read_bytes() == whole
    dry.unlink()
    t.run("run", "--once").expect(0)
    dry.rename(live)
    t.config(service.url, ACCOUNT, more=PROFILE)
    t.run("run", "--once").expect(6, err="holds dry-run positions")


def test_accounts_never_mix(t):
    """the account is stamped into the database: another one's is refused"""
    service = given(t)
    t.run("run", "--once").expect(0)
    path = t.dir / "data/main.db"
    path.rename(path.with_name("other.db"))
    whole = path.with_name("other.db").read_bytes()
    t.config(service.url, ACCOUNT.replace("main", "other"), more=PROFILE)
    for words in (("run", "--once"), ("positions", "list"),
                  ("positions", "note", "1", "x")):
        t.run(*words).expect(6, err="is the database of account main, not of "
                                    "other")
    assert path.with_name("other.db").read_bytes() == whole


# ---- reload ----

def poll(m, number, *also):
    m.send(signal.SIGUSR1)
    for pattern in (rf'msg="?poll"? .*seq={number}\b', *also):
        m.wait_line(pattern)


def hashes(t):
    return [h for h, in rows_of(t, "SELECT config FROM polls ORDER BY seq")]


def test_a_bad_reload(t):
    """a bad reload keeps the old rules, is an alert until a good one, and the hash stays"""
    phone = Sink()
    given(t, ACCOUNT.replace("}", ", alerts: {sinks: [phone]}}"), PROFILE +
          "sinks:\n  phone: {type: telegram, token: {env: CW_TOKEN}, "
          f"chat_id: 7, api: '{phone.url}'}}\n")
    m = t.monitor("main", env={"CW_TOKEN": "1:x"})
    m.wait_line(r"seq=1\b")
    good = t.config_file.read_text()
    t.config_file.write_text(good.replace("flip\n", "flp\n"))
    m.send(signal.SIGHUP)
    m.wait_line(r'old configuration kept.* hash=[0-9a-f]{16} err=.*:\d+:\d+: ')
    poll(m, 2)

    def told(words):
        return [r for r in phone.requests
                if words in json.loads(r.body)["text"]]

    t.wait(lambda: told("CONFIGURATION REFUSED main"), "the alert")
    text = json.loads(told("CONFIGURATION REFUSED")[0].body)["text"]
    assert "unknown rule" in text and hashes(t)[0] in text, text
    t.config_file.write_text(good.replace("168h", "169h"))
    p = t.run("alerts", "list").expect(0)
    assert "config" in p.out, str(p)
    m.send(signal.SIGHUP)
    m.wait_line("configuration reloaded")
    poll(m, 3)
    assert rows_of(t, "SELECT over_at IS NOT NULL FROM alerts WHERE kind = "
                   "'config'") == [(1,)]
    assert "config" not in t.run("alerts", "list").expect(0).out
    assert m.stop() == 0
    first, second, third = hashes(t)
    assert first == second != third, hashes(t)
    texts = dict(rows_of(t, "SELECT hash, text FROM configs"))
    assert "168h" in texts[first] or "7d" in texts[first], texts[first]
    assert "169h" in texts[third], texts[third]


def test_a_change_in_mid_poll(t):
    """a configuration changed in mid-poll is used by the next poll, whole"""
    service = given(t)
    import_pair(t, {})
    plain = service.answer
    first = threading.Lock()		# requests of a poll come at once

    def answer(handler):
        if "/funding-rates" in handler.path and first.acquire(False):
            text = t.config_file.read_text()
            t.config_file.write_text(text.replace("- DIVERGENCE_FLIPPED: flip",
                                                  "- FLIPPED: flip(0.1)"))
            m.send(signal.SIGHUP)
        plain(handler)

    service.answer = answer
    m = t.monitor("main")
    m.wait_line(r"seq=1\b")
    m.wait_line("configuration reloaded")
    poll(m, 2)
    assert m.stop() == 0
    assert len(set(hashes(t))) == 2, hashes(t)
    # flip(0.1) would have closed it in the first poll as well.
    assert rows_of(t, "SELECT poll, label FROM decisions WHERE action = "
                   "'close'") == [(2, "FLIPPED")]


# ---- files ----

def test_secrets_others_can_read(t):
    """a secrets file that others can read, or own, or that is none: refused, named"""
    secret = t.dir / "key"
    secret.write_text("whsec_plantedplantedplantedplanted\n")
    given(t, ACCOUNT.replace("}", ", on_close: webhook, close: {url: "
                             "'https://127.0.0.1:1/', secret: {file: "
                             f"{secret}}}}}}}"))
    for mode in (0o644, 0o640, 0o604, 0o660):
        secret.chmod(mode)
        t.run("run", "--once").expect(78, err=rf"secret file {secret}: .*"
                                              "(read|others|chmod)")
        t.run("doctor").expect(1, out="FAIL +secrets")
    secret.chmod(0o600)
    t.run("run", "--once").expect(0)
    secret.rename(t.dir / "gone")
    t.run("run", "--once").expect(78, err=f"secret file {secret}")


def test_odd_bytes(t):
    """BOM and CRLF read as the same; NUL, anchors, depth, size are refused, nothing hangs"""
    given(t)
    good = t.config_file.read_bytes()
    plain = t.run("check-config", "--print").expect(0).out
    for same in (b"\xef\xbb\xbf" + good, good.replace(b"\n", b"\r\n"),
                 b"\xef\xbb\xbf" + good.replace(b"\n", b"\r\n")):
        t.config_file.write_bytes(same)
        assert t.run("check-config", "--print").expect(0).out == plain
    bomb = b"".join(b"a%d: &a%d [%s]\n" % (i, i, b",".join(
        [b"*a%d" % (i - 1)] * 9 if i else [b"x"])) for i in range(9))
    for wrong, said in (
            (good + b"\0", "control|YAML|NUL"),
            (good.replace(b"mine", b"mi\0ne"), "control|YAML|NUL"),
            (good + bomb, "anchors|unknown key"),
            (good + b"x: " + b"[" * 5000, "YAML|deep|expected|unknown"),
            (good + b"#" * (1 << 20), "is larger than 1 MiB"),
            (good.replace(b"mine", b"\xff\xfe"), "YAML"),
            (good + b"<<: *main\n", "alias|anchor|YAML"),
            (good + b"include: carrywatch.yaml\n", 'unknown key "include"'),
            (good + b"%TAG ! x\n", "YAML"), (b"", "is empty")):
        t.config_file.write_bytes(wrong)
        p = t.run("check-config", seconds=10).expect(78)
        assert re.search(said, p.out + p.err), (wrong[-40:], said, str(p))
        assert len(p.err) + len(p.out) < 20000


# ---- what a decision says ----

def test_no_line_is_left_out(t):
    """each decision shows every line of the profile: true, false, unknown or held back"""
    service = given(t)
    import_pair(t, {"entry_divergence_8h": "0.002"})
    want = ["DIVERGENCE_FLIPPED", "ERODED", "OLD", "THIN"]

    def lines(verdicts):
        t.run("run", "--once").expect(0)
        rows = t.run("explain", "1", "--json").expect(0).json()["lines"]
        own = [r for r in rows if r["label"] in want]
        assert [r["label"] for r in own] == want, rows
        assert [r["verdict"] for r in own] == verdicts, own
        assert all(r["text"] if "text" in r else r["line"] for r in own), own

    lines(["false", "false", "false", "false"])
    service.rates["lighter"]["BTC"] = Quote("null")
    lines(["unknown", "unknown", "false", "unknown"])
    service.rates["lighter"]["BTC"] = Quote("0.0012")
    lines(["true", "true", "false", "true"])
    # A rule that could never speak is refused or warned of, not left out.
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace(
        "age(168h)", "take_profit(1%)").replace("flip\n", "flip(-1)\n"))
    p = t.run("check-config")
    assert re.search("OLD.*(mark|price|pnl)", p.out + p.err), str(p)


def test_hash_and_version_with_every_decision(t):
    """every decision's poll carries the hash of its whole configuration and the version"""
    service = given(t)
    import_pair(t, {})
    t.run("run", "--once").expect(0)
    service.rates = Service({"lighter": {"BTC": "0.0012"},
                             "grvt": {"BTC": "0.0011"}}).rates
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("168h", "100h"))
    t.run("run", "--once").expect(0)
    version = t.run("version").out.split()[1]
    rows = rows_of(t, "SELECT d.id, p.config, p.version, c.text FROM decisions"
                   " d LEFT JOIN polls p ON p.seq = d.poll LEFT JOIN configs c"
                   " ON c.hash = p.config")
    assert rows and all(r[2] == version for r in rows), rows
    assert all("100h" in r[3] or r[1] == hashes(t)[0] for r in rows), rows
    assert hashes(t)[0] != hashes(t)[1]
    polls = t.run("export", "polls", "-o", "jsonl").expect(0).out
    shown = [json.loads(x) for x in polls.splitlines()]
    assert [(p["config"], p["version"]) for p in shown] == [
        (h, version) for h in hashes(t)], shown
    with contextlib.closing(sqlite3.connect(t.dir / "data/main.db")) as db:
        db.execute("PRAGMA foreign_keys = ON")
        with contextlib.suppress(sqlite3.IntegrityError):
            db.execute("DELETE FROM configs")
            assert False, "a configuration in use can be deleted"


if __name__ == "__main__":
    lib.main()
