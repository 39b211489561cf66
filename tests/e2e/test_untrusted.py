#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What comes from outside: names of coins and people's notes, arguments,
environment variables, libraries. CW_RUNS and CW_SEED for more of the arguments.
"""
import os
import random
import re
import shutil
import sqlite3

import lib
from service import Service
from test_run import PROFILES, import_pair

LONG_SANITIZED = True
SEED = int(os.environ.get("CW_SEED", "0")) or random.SystemRandom().randrange(
    1, 1 << 31)
RUNS = int(os.environ.get("CW_RUNS", "40" if lib.SLOW > 1 else "150"))
CODES = (0, 1, 2, 3, 4, 5, 6, 10, 11, 78)	# those of the documentation
RATES = {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0011"}}

EVIL = ("'; DROP TABLE positions; --", '"; DELETE FROM polls; --',
        "x') OR 1=1 --%s%n", "BTC\\")


def dump(t):
    with sqlite3.connect(t.dir / "data/main.db") as db:
        return list(db.iterdump())


def tables(t):
    return [x for x in dump(t) if x.startswith("CREATE")]


def test_sql_in_names(t):
    """SQL in symbols, labels, notes, ids and filters is text or refused, never run"""
    service = Service(RATES)
    t.config(service.url, "  main: {profile: third, mode: live, venues: "
             "[lighter, grvt]}\n", more=PROFILES)
    import_pair(t, {})
    before = tables(t)
    for number, evil in enumerate(EVIL):
        service.rates["lighter"] = {"BTC": service.rates["lighter"]["BTC"],
                                    evil.replace('"', '\\"').replace(
                                        "\\'", "'"): service.rates["grvt"][
                                            "BTC"]}
        t.run("run", "--once")
        import_pair(t, {"symbol": evil}, code=1)
        import_pair(t, {"long_venue": evil}, code=1)
        t.run("positions", "open", "--symbol", evil, "--long", "lighter",
              "--short", "grvt", "--size", "1000").expect(2)
        import_pair(t, {"external_id": evil})
        t.run("positions", "note", "1", evil).expect(0)
        t.run("positions", "list", "-a", evil)
        t.run("positions", "close", number + 2, "-y", "--note", evil,
              "--reason", "X" + evil)
        t.run("decisions", "list", "--since", evil).expect(2)
        t.run("alerts", "ack", evil)
        t.run("handoffs", "retry", evil)
        t.run("explain", evil)
    assert tables(t) == before
    with sqlite3.connect(t.dir / "data/main.db") as db:
        assert [x for x, in db.execute(
            "SELECT external_id FROM positions WHERE id > 1 ORDER BY id")
        ] == list(EVIL)
        notes = [x for x, in db.execute("SELECT note FROM events WHERE kind = "
                                        "'note' ORDER BY id")]
        assert notes == list(EVIL), notes
    t.run("db", "check").expect(0)


# ---- arguments and environment ----

HOSTILE = ("", "-", "--", "---", "-1", "0", "1", "7", "\x1b[2J\x07", "%n%s%x",
           "9" * 400, "9223372036854775808", "-9223372036854775809", "NaN",
           "1e999", "0x10", "1h", "-1h", "99999999999d", "main", "all", "a,b",
           "name", "-name", "json", "BTC", "BTC:lighter:grvt", "erosion.keep=0",
           "=", "a=b=c", "\u202e", "\udcff\udcfe", "x" * 5000, "steady",
           "2026-02-30T00:00:00Z", "2026-11-20T00:00:00Z,x,1", "pairs.jsonl",
           "tiny.csv", "carrywatch.yaml", ".", "nothing-here", *EVIL)
PLAIN = {	# what the help calls it: values that may do
    "TIME": ("1h", "7d", "2026-11-20T00:00:00Z"), "FORMAT": ("json", "csv"),
    "NAME": ("main", "steady", "erosion"), "ID": ("1", "2"), "N": ("1", "3"),
    "FILE": ("tiny.csv", "pairs.jsonl"), "USD": ("1000", "0.5"),
    "RATE": ("0.001", "-1e-5"), "COINS": ("0.1",), "UNIT": ("apr", "1h"),
    "VENUE": ("lighter", "grvt"), "COIN": ("BTC",), "SHARE": ("8bps",),
    "A,B": ("id", "steady,hold"), "COLUMN": ("id", "-id"), "TEXT": ("x",),
    "WHAT": ("all", "1"), "SINK": ("hook",), "A": ("steady",),
    "B": ("aggressive",), "COMMAND": ("run",), "LABEL": ("FLIPPED",),
}
VARIABLES = ("CARRYWATCH_CONFIG", "HOME", "NO_COLOR", "TERM", "TZ", "LC_ALL",
             "LANG", "JOURNAL_STREAM", "NOTIFY_SOCKET", "WATCHDOG_USEC",
             "WATCHDOG_PID", "CREDENTIALS_DIRECTORY", "http_proxy",
             "https_proxy", "ALL_PROXY", "SSL_CERT_FILE", "COLUMNS", "PAGER",
             "LINES", "CW_SECRET", "TMPDIR", "SQLITE_TMPDIR", "CURL_HOME")


def vocabulary(t):
    """Command -> (names of its arguments, option -> name of its value or "")."""
    manual = t.run("manual").out.replace("\\-", "-")
    found = {}
    for section in manual.split('.SS "')[1:]:
        title = section.split('"')[0].split()
        words = [w for w in title if w.islower()]
        options = dict(re.findall(r"\\fB(--[a-z-]+)\\fR(?: \\fI([^\\]*))?",
                                  section))
        options.pop("--watch", None)		# it would never end
        found[" ".join(words)] = ([w.strip("[].") for w in title
                                   if not w.islower()], options)
    assert len(found) > 40 and "--once" in found["run"][1], found
    return found


def value(rng, name):
    if rng.random() < 0.25:
        return rng.choice(HOSTILE)
    return rng.choice(PLAIN.get(name.split("|")[0], ("1", "0.5", "all")))


def arguments(rng, found):
    """Mostly a command as it should be, with something wrong in it."""
    command = rng.choice(sorted(found))
    places, options = found[command]
    words = command.split()
    for name in places:
        words.append(value(rng, name))
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        if rng.random() < 0.1:
            options = found[rng.choice(sorted(found))][1]
        option = rng.choice(sorted(options) or ["--json"])
        name = options.get(option, "")
        words.append(option + "=" + value(rng, name)
                     if name and rng.random() < 0.5 else option)
        if name and "=" not in words[-1]:
            words.append(value(rng, name))
    if rng.random() < 0.1:
        words.append(rng.choice(HOSTILE))
    if rng.random() < 0.05:
        rng.shuffle(words)
    if "run" in words:
        words += ["--once", "-a", "main"]
    return words


def environment(rng, t):
    env = {"CW_SECRET": "planted-secret-of-the-fuzzer"}
    for name in rng.sample(VARIABLES, rng.randrange(4)):
        value = rng.choice(HOSTILE).replace("\0", "")
        if name == "HOME":		# else it might write somewhere
            value = rng.choice((str(t.dir / "home"), "\udcff", "relative"))
        if name == "CW_SECRET":
            value = rng.choice(("", "planted" + value))
        env[name] = value
    return env


def try_one(t, rng, words):
    named = rng.random() < 0.8
    env = environment(rng, t)
    if not named:
        env.setdefault("CARRYWATCH_CONFIG", str(t.config_file))
        env["CARRYWATCH_CONFIG"] = env["CARRYWATCH_CONFIG"] or "."
    p = t.run(*words, env=env, config=named, stdin=rng.choice(HOSTILE[:20]))
    assert p.code in CODES, (words, env, str(p))
    shown = p.out + p.err
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", shown), (
        words, env, shown[:2000])
    if p.code not in (0, 1, 3, 10, 11):
        assert p.err or words[:1] == ["check"], (words, env, str(p))
    return p.code


def test_fuzzed_arguments_and_environment(t):
    """fuzzed arguments and variables: no crash, a documented code, no secret, no escape"""
    print(f"# seed {SEED} (CW_SEED), {RUNS} runs (CW_RUNS)", flush=True)
    rng = random.Random(SEED)
    t.config("http://127.0.0.1:9/api/v1", "  main: {profile: steady, mode: "
             "live, venues: [lighter, grvt], alerts: {sinks: [hook]}}\n",
             more="sinks:\n  hook: {type: webhook, url: 'http://127.0.0.1:9/',"
             " secret: {env: CW_SECRET}}\n")
    import_pair(t, {}, {"symbol": "ETH"})
    t.run("run", "--once", env={"CW_SECRET": "planted-secret"}).expect(5)
    (t.dir / "tiny.csv").write_text("exchange,symbol,funding_time,rate\n")
    found = vocabulary(t)
    codes = {}
    for _ in range(RUNS):
        code = try_one(t, rng, arguments(rng, found))
        codes[code] = codes.get(code, 0) + 1
    print(f"# codes {dict(sorted(codes.items()))}")
    assert codes.get(2) and codes.get(0), codes
    t.run("db", "check").expect(0)


# ---- libraries ----

def needed(t, name):
    reader = shutil.which("readelf")
    if not reader:
        t.skip("no readelf here")
    p = t.command(reader, "-d", t.binary(name), env={"LC_ALL": "C"}).expect(0)
    return set(re.findall(r"\(NEEDED\).*\[(lib\w+?)[-.]", p.out))


def test_what_is_linked(t):
    """the money path links curl, SQLite, OpenSSL and libyaml alone; no WAL, loopback only"""
    ours = {"libcurl", "libsqlite3", "libcrypto", "libyaml"}
    system = {"libc", "libm", "libpthread", "libgcc_s", "libasan", "libubsan",
              "libdl", "librt"}
    assert ours <= needed(t, "carrywatch") <= ours | system, needed(
        t, "carrywatch")
    assert "libwebsockets" in needed(t, "ratesim")
    # The bug of SQLite's WAL before 3.51.3 has no WAL to be in.
    t.config("http://127.0.0.1:9/api/v1")
    t.run("run", "--once", "-a", "main").expect(5)
    path = t.dir / "data/main.db"
    assert path.read_bytes()[18:20] == b"\1\1"
    sim = t.ratesim("--seed", "1")
    with open(f"/proc/{sim.process.pid}/net/tcp", encoding="ascii") as f:
        mine = [x.split()[1] for x in f if f":{sim.port:04X} " in x.upper()]
    assert f"0100007F:{sim.port:04X}" in mine, mine
    assert f"00000000:{sim.port:04X}" not in mine, mine


if __name__ == "__main__":
    lib.main()
