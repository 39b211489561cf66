#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""backtest: exact money, nothing of the machine in the result, bad rows."""
import csv
import hashlib
import json
import os
import pty
import re
import subprocess
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

import lib

LONG_SANITIZED = True
getcontext().prec = 60
HEADER = ("ts_utc_ms,venue,symbol,interval_s,funding_rate,mark_price,"
          "open_interest_usd\n")
T0, HOUR = 1767225600000, 3600000
UNIT = Decimal(1).scaleb(-18)
RECORDED = "data/settlements_2025-08_2026-05.csv"


def ms(text):
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int(at.timestamp() * 1000)


def rows_of(path):
    """(time on its grid, venue, contract, rate) of each settlement."""
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            at, every = int(row["ts_utc_ms"]), int(row["interval_s"]) * 1000
            late = at % every
            yield (at - late if late <= 60000 else at, row["venue"],
                   row["symbol"], Decimal(row["funding_rate"]))


def waves(t, name="waves.csv", hours=400, coins=("BTC", "ETH", "SOL"),
          venues=("a", "b", "c"), first=0):
    """Rates that come and go, the same in every run of this test."""
    path = t.dir / name
    seed = 20261120
    with path.open("w") as f:
        f.write(HEADER)
        for h in range(first, first + hours):
            for v, venue in enumerate(venues):
                every = (1, 4, 8)[v % 3]
                if h % every:
                    continue
                for coin in coins:
                    seed = (seed * 1103515245 + 12345) % 2 ** 31
                    rate = (seed % 2001 - 900) * every
                    f.write(f"{T0 + h * HOUR + v * 7},{venue},{coin}USDT,"
                            f"{every * 3600},{Decimal(rate).scaleb(-7)},,\n")
    return path


def backtest(t, *args, **how):
    return t.run("backtest", *args, config=False, **how)


def played(t, *args):
    """The result; the same in the order of the profiles' names."""
    result = backtest(t, *args, "--json").expect().json()
    return result, {run["name"]: run for run in result["runs"]}


# ---- money ----

# what to play, and the contracts that this means
PAIRS = [
    ("BTC:hyperliquid:binance:10000",
     ("hyperliquid", "BTC"), ("binance", "BTCUSDT")),
    ("ETH:bybit:hyperliquid:1234.56789",
     ("bybit", "ETHUSDT"), ("hyperliquid", "ETH")),
    ("SOL:binance:bybit:7777.7",
     ("binance", "SOLUSDT"), ("bybit", "SOLUSDT")),
    # bybit changes from 4 h to 8 h in between
    ("TSLA:bybit:hyperliquid-xyz:0.123456789012345678",
     ("bybit", "TSLAUSDT"), ("hyperliquid-xyz", "xyz:TSLA")),
]


def owed(rows, legs, size, opened, until):
    """Sum and number of the ledger's rows, each rounded once."""
    total, n = Decimal(0), 0
    for at, venue, contract, rate in rows:
        for side, leg in zip((1, -1), legs):
            if leg == (venue, contract) and opened < at <= until:
                total += (-side * size * rate).quantize(UNIT, ROUND_HALF_EVEN)
                n += 1
    return total, n


def test_ledger(t):
    """the ledger of four real pairs equals Python's decimal, digit by digit"""
    path = t.shared(RECORDED)
    args = [a for pair in PAIRS for a in ("--pair", pair[0])]
    _, runs = played(t, "--csv", path, *args)
    run, rows = runs["hold"], list(rows_of(path))
    assert len(run["trades"]) == len(PAIRS)
    for text, *legs in PAIRS:
        trade = next(x for x in run["trades"]
                     if x["symbol"] == text.split(":")[0])
        want, n = owed(rows, legs, Decimal(trade["size_usd"]),
                       ms(trade["opened_at"]), ms(run["until"]))
        assert Decimal(trade["funding_usd"]) == want, (text, trade, want)
        assert trade["settlements"] == n > 1000, (text, n)
        assert trade["settlements_unknown"] == 0
        assert trade["hold_through_funding_usd"] == trade["funding_usd"]
    assert run["net_usd"] == run["hold_through"]["net_usd"]


def test_every_trade(t):
    """every trade of a real run, exits and holding on, equals decimal"""
    path = t.shared(RECORDED)
    _, runs = played(t, "--csv", path, "--profile", "steady",
                     "--since", "2026-05-01", "--until", "2026-05-20")
    run, rows = runs["steady"], list(rows_of(path))
    legs_of = {}
    for _, venue, contract, _ in rows:
        base = contract.split(":")[-1]
        for tail in ("USDT", "PERP", "USDC"):
            base = base.removesuffix(tail)
        if not contract.endswith(("PERP", "USDC")):
            legs_of[venue, base] = venue, contract
    assert len(run["trades"]) > 20
    net = Decimal(0)
    for x in run["trades"]:
        legs = [legs_of[x[side], x["symbol"]] for side in ("long", "short")]
        size, opened = Decimal(x["size_usd"]), ms(x["opened_at"])
        until = ms(run["until"])
        closed = ms(x["closed_at"]) if x["closed_at"] else until
        assert owed(rows, legs, size, opened, closed) == (
            Decimal(x["funding_usd"]), x["settlements"]), x
        held, _ = owed(rows, legs, size, opened, until)
        assert Decimal(x["hold_through_funding_usd"]) == held, x
        net += Decimal(x["funding_usd"]) - 8
        week = closed + 7 * 24 * HOUR
        if x["closed_at"] and week <= until:
            assert Decimal(x["gave_up_after_exit_usd"]) == owed(
                rows, legs, size, closed, week)[0], x
        else:
            assert x["gave_up_after_exit_usd"] is None, x
    assert Decimal(run["net_usd"]) == net


def funding(t, path, pair):
    _, runs = played(t, "--csv", path, "--pair", pair)
    return Decimal(runs["hold"]["trades"][0]["funding_usd"])


def test_metamorphic(t):
    """swapped legs change the sign exactly, size scales the money"""
    path = waves(t)
    one = funding(t, path, "BTC:a:c:1234.5678")
    assert one != 0
    assert funding(t, path, "BTC:c:a:1234.5678") == -one
    assert funding(t, path, "BTC:a:c:12345678") == one * 10000


def test_a_set_reaches_the_profiles_that_call_the_rule(t):
    """a profile that does not call it runs once, as it is"""
    _, runs = played(t, "--csv", waves(t), "--profile", "steady,conservative",
                     "--set", "erosion.keep=0.2,0.6")
    assert sorted(runs) == ["conservative erosion.keep=0.2",
                            "conservative erosion.keep=0.6", "steady"], runs


# ---- the same input, the same bytes ----

def digest(result):
    return hashlib.sha256(result.expect().out.encode()).hexdigest()


def test_same_bytes(t):
    """the result depends on the input and on nothing else"""
    one = waves(t)
    two = waves(t, "two.csv", venues=("d", "e"))
    more = ("--folds", "3", "--set", "erosion.keep=0.2,0.6", "--profile",
            "steady,conservative,aggressive")
    for form in ((), ("--json",), ("-o", "csv")):
        first = backtest(t, "--csv", one, two, *more, "--jobs", 1, *form)
        want = digest(first)
        for again in (
                ("--csv", one, "--csv", two, "--jobs", 1),
                ("--csv", one, two, "--jobs", 2),
                (two, one, "--jobs", 5), ("--csv", two, one)):
            assert digest(backtest(t, *again, *more, *form)) == want, again
        assert str(t.dir) not in first.out
    # neither a configuration nor the hour of the day is looked at
    t.config_file.write_text("not: [yaml")
    assert digest(backtest(t, one, two, *more, "-o", "csv",
                           env={"TZ": "Asia/Tokyo"})) == want


# ---- bad rows ----

GOOD = f"{T0},a,BTCUSDT,3600,0.0001,,\n"
NEXT = f"{T0 + HOUR},a,BTCUSDT,3600,0.0001,,\n"
BAD = [
    ("rate", f"{T0},a,ETHUSDT,3600,much,,", 30, "no rate"),
    ("backwards", f"{T0 - 1},a,ETHUSDT,3600,0,,", 1, "back in time"),
    ("duplicate", f"{T0 + 7},a,BTCUSDT,3600,0.0002,,", 1, "second settlement"),
    ("interval", f"{T0},a,ETHUSDT,7000,0,,", 25, "does not divide a day"),
    ("columns", f"{T0},a,ETHUSDT,3600,0,", 1, "6 column"),
    ("time", "2026-01-01,a,ETHUSDT,3600,0,,", 1, "no time"),
    ("quoted", f"{T0},\"a\",ETHUSDT,3600,0,,", 15, "without quotes"),
    ("nul_byte", f"{T0},a,ETH\0,3600,0,,", 20, "NUL"),
    ("too_long", f"{T0},a,ETHUSDT,3600,0.{'0' * 600},,", 512, "longer than"),
]


def test_bad_rows(t):
    """a bad row is refused with its place, or left out and counted"""
    path = t.dir / "bad.csv"
    for kind, line, column, why in BAD:
        path.write_text(HEADER + GOOD + line + "\n" + NEXT)
        backtest(t, "--csv", path, "--json").expect(
            1, err=rf"bad\.csv:3:{column}: .*{why}", out=r"\A\Z")
        result, _ = played(t, "--csv", path, "--skip-bad")
        skipped = result["data"]["skipped"]
        assert {k for k, n in skipped.items() if n} == {kind}, (kind, skipped)
        assert skipped[kind] == 1 and result["data"]["settlements"] == 2
        backtest(t, "--csv", path, "--skip-bad").expect(
            out=rf"Bad rows left out: {kind} 1\.")
    path.write_text(HEADER + GOOD + BAD[0][1] + "\n" + BAD[1][1] + "\n" + NEXT)
    backtest(t, path, "--skip-bad").expect(
        out=r"Bad rows left out: rate 1, backwards 1\.")
    path.write_text(HEADER + GOOD + NEXT)
    backtest(t, path, "--skip-bad").expect(out=r"Bad rows left out: none\.")
    path.write_text("a,b\n")
    backtest(t, path, "--skip-bad").expect(1, err=r"bad\.csv:1:1: the first")
    path.write_text(HEADER)
    backtest(t, path).expect(1, err="no settlements")
    backtest(t, t.dir / "none.csv").expect(1, err="none.csv: No such file")


def test_rounded(t):
    """rates beyond 18 decimals are rounded half-even and counted"""
    path = t.dir / "long.csv"
    with path.open("w") as f:
        f.write(HEADER)
        for h in range(5):
            f.write(f"{T0 + h * HOUR},a,BTC,3600,0,,\n"
                    f"{T0 + h * HOUR},b,BTC,3600,0.0000000000000000005,,\n"
                    f"{T0 + h * HOUR},c,BTC,3600,0.0000000000000000015,,\n")
    result, runs = played(t, path, "--pair", "BTC:a:c:1", "--pair",
                          "BTC:a:b:1")
    assert result["data"]["rounded"] == 10
    assert [x["funding_usd"] for x in runs["hold"]["trades"]] == [
        "0.000000000000000008", "0"]


# ---- sets and folds ----

def test_sets(t):
    """--set replaces the argument in every line that calls the rule"""
    path = waves(t)
    _, runs = played(t, path, "--profile", "conservative,aggressive",
                     "--set", "erosion.keep=0.1,0.9", "--set", "age.limit=9h")
    assert sorted(runs) == [
        f"{p} erosion.keep={k} age.limit=9h"
        for p in ("aggressive", "conservative") for k in ("0.1", "0.9")]
    assert [r["net_usd"] for r in runs.values()] == sorted(
        (r["net_usd"] for r in runs.values()), key=Decimal, reverse=True)
    for keep in ("0.1", "0.9"):
        t.config(accounts="  p: {profile: steady, mode: dry-run}\n", more=f"""\
profiles:
  mine:
    close:
      - DIVERGENCE_FLIPPED: flip
      - SEVERE_EROSION: erosion({keep})
      - PROFIT_EROSION: erosion({keep})
      - BETTER_OPPORTUNITY: better_opportunity(0.002)
      - WEEKLY_REBALANCE: age(9h)
""")
        mine = t.run("backtest", path, "--profile", "mine", "--json").expect()
        mine, same = mine.json()["runs"][0], runs[
            f"conservative erosion.keep={keep} age.limit=9h"]
        assert mine["trades"] == same["trades"] and len(mine["trades"]) > 5
    for run in runs.values():
        assert run["hold_through"]["opened"] == run["opened"]


def test_folds(t):
    """a fold is judged on what its choice has not seen"""
    path = waves(t, hours=600)
    args = ("--profile", "steady,aggressive,hold", "--costs", "1bps")
    result, _ = played(t, path, *args, "--folds", 4)
    walk = result["walk_forward"]
    folds, names = walk["folds"], [s["name"] for s in walk["folds"][0]["sets"]]
    since, until = (ms(result["runs"][0][k]) for k in ("since", "until"))
    first = ms(folds[0]["since"])
    seen = played(t, path, *args, "--until", folds[0]["since"])[1]
    before = {n: Decimal(seen[n]["net_usd"]) for n in names}
    total = held = Decimal(0)
    for i, fold in enumerate(folds):
        assert fold["fold"] == i + 1
        assert abs(ms(fold["until"]) - ms(fold["since"])
                   - (until - since) / 5) < 2 * HOUR
        best = max(names, key=lambda n: before[n])
        assert fold["chosen"] == best, (fold, before)
        assert Decimal(fold["in_sample_net_usd"]) == before[best]
        alone = played(t, path, *args, "--since", fold["since"],
                       "--until", fold["until"])[1]
        for s in fold["sets"]:
            assert s["net_usd"] == alone[s["name"]]["net_usd"], s
            assert s["hold_through_net_usd"] == alone[s["name"]][
                "hold_through"]["net_usd"], s
            before[s["name"]] += Decimal(s["net_usd"])
        assert fold["net_usd"] == alone[best]["net_usd"]
        total += Decimal(fold["net_usd"])
        held += Decimal(fold["hold_through_net_usd"])
    assert Decimal(walk["net_usd"]) == total
    assert Decimal(walk["hold_through_net_usd"]) == held
    assert first > since and ms(folds[-1]["until"]) == until
    backtest(t, path, *args, "--folds", 4).expect(
        out="WALK-FORWARD: 5 segments")


# ---- what is asked ----

HUNDREDTHS = ",".join(f"0.{n:02}" for n in range(1, 61))
SET_OF = ["erosion.keep=1", "age.limit=1h", "oi_imbalance.high=2",
          "oi_imbalance.low=0.5", "min_hold.time=1h", "flip.margin=0",
          "better_opportunity.min_improvement=1", "stale_data.time=1h",
          "funding_window.before=1h"]
REFUSED = [
    (2, ["--set", "erosio.keep=1"], 'no rule "erosio", did you mean "erosion"'),
    (2, ["--set", "erosion.kep=1"], 'no "kep", did you mean "keep"'),
    (2, ["--set", "erosion.x=1"], "it has: keep"),
    (2, ["--set", "erosion.kepp=1"], 'no "kepp", did you mean "keep"'),
    (2, ["--set", "oi_imbalance.zzz=1"], "it has: high, low"),
    (2, ["--set", "qqqqqqqq.keep=1"], "see carrywatch rules list"),
    (2, ["--set", "q" * 80 + ".keep=1"], 'no rule "q{60}";'),
    (2, ["--set", "erosion." + "q" * 80 + "=1"], 'has no "q{60}";'),
    (2, ["--set", "erosion=1"], "write RULE.PARAM=V,V"),
    (2, ["--set", "erosion.keep"], "write RULE.PARAM=V,V"),
    (2, ["--set", "erosion.keep=" + ",".join(["0.1"] * 65)],
     "more than 64 values of keep"),
    (2, [a for n in range(9) for a in ("--set", SET_OF[n])],
     "more than 8 --set"),
    (2, ["--profile", "conservative", "--set", "erosion.keep=" + HUNDREDTHS,
         "--set", "age.limit=" + ",".join(f"{n}h" for n in range(1, 41)),
         "--set", "flip.margin=0,1%"],
     "more than 2000 runs: give fewer values"),
    (2, ["--set", "erosion.keep="], "write values"),
    (2, ["--set", "erosion.keep=much"], "not valid"),
    (2, ["--set", "erosion.keep=0", "--set", "erosion.keep=1"], "twice"),
    (2, ["--profile", "steady", "--set", "erosion.keep=0.3"],
     "no line of these profiles calls erosion"),
    (3, ["--profile", "stedy"], 'did you mean "steady"'),
    (2, ["--profile", "steady,steady"], "twice"),
    (2, ["--profile", ""], "write a name"),
    (2, ["--entry", "min_profi=1"], 'did you mean "min_profit"'),
    (2, ["--entry", "min_profit=5x"], "min_profit: .* is not a share"),
    (2, ["--entry", "min_profit"], "write KEY=VALUE"),
    (2, ["--entry", "min_profit={a: b}"], "write KEY=VALUE"),
    (2, ["--entry", "a{b=1"], "write KEY=VALUE"),
    (2, ["--entry", "x" * 80], '"x{60}": write KEY=VALUE'),
    (2, ["--entry", "size_pct=" + "1" * 5000], "--entry: too long"),
    (2, ["--costs", "1" * 5000], "--costs: too long"),
    (2, ["--costs", "11%"], "too large"),
    (2, ["--costs", "8bps, x: y"], "write a share"),
    (2, ["--every", "7h"], "divides a day"),
    (2, ["--every", "500ms"], "divides a day"),
    (2, ["--every", "soon"], '"soon": write a time'),
    (2, ["--folds", "0"], "from 1 to 24"),
    (2, ["--folds", "25"], "from 1 to 24"),
    (2, ["--folds", ""], "from 1 to 24"),
    (2, ["--jobs", "x"], "from 1 to 64"),
    (2, ["--capital", "-1"], "above 0"),
    (2, ["--capital", "much" * 20], '"(much){10}": write an amount above 0'),
    (2, ["--since", "2027-01-01"], "the settlements are from 2026-01-01"),
    (3, ["--pair", "BTC:a:x"], "no settlements of BTC on x"),
    (2, ["--pair", "BTC:a:a"], "two venues that differ"),
    (2, ["--pair", "BTC:a"], "write COIN:LONG:SHORT"),
    (2, ["--pair", ":a:b"], "write COIN:LONG:SHORT"),
    (2, ["--pair", "BTC::b"], "write COIN:LONG:SHORT"),
    (2, ["--pair", "BTC:a:"], "write COIN:LONG:SHORT"),
    (2, ["--pair", "BTC:a:b:0"], "above 0"),
    (2, ["--pair", "BTC:a:b:9" + "0" * 19], "--pair: size out of range"),
    (2, ["--entry", "size_usd=1000000001"], "too large: at most 1000000000"),
    (2, ["--pair", "BTC:a:b:1:2"], "write COIN:LONG:SHORT"),
    (2, ["--csv", "x"] * 65, "--csv: more than 64"),
    (2, ["--csv", "x"] * 60 + ["y"] * 10, "more than 64 files"),
    (1, ["--html", "none/page.html"], "cannot write none/page.html.part: No"),
    (1, ["--html", "none/page.html", "--json"], "cannot write none/page"),
    (1, ["--html", "."], r"cannot write \.: "),
    (2, ["--html", "x" * 5000], "--html: name too long"),
]


def test_refused(t):
    """what cannot be meant is refused, with what to write"""
    path = waves(t, hours=20)
    for code, args, why in REFUSED:
        backtest(t, path, *args).expect(code, err=why, out=r"\A\Z")
    backtest(t).expect(2, err="Write --csv FILE")
    assert [p.name for p in t.dir.iterdir()] == ["waves.csv"]


def test_what_a_configuration_brings_is_refused_too(t):
    """profiles beyond number, lines beyond length, and -c that is not there"""
    path = waves(t, hours=20)
    line = " or ".join(["erosion(0.1)"] * 12)
    t.config(accounts="  p: {profile: steady, mode: dry-run}\n",
             more="profiles:\n" + "".join(
                 f"  p{n}:\n    close:\n      - LONG: {line}\n"
                 for n in range(17)))
    t.run("backtest", path, "--profile",
          ",".join(f"p{n}" for n in range(17))).expect(
        2, err="more than 16 profiles")
    t.run("backtest", path, "--profile", "p1", "--set",
          "erosion.keep=0.123456789012345678").expect(
        2, err="--set: LONG gets too long")
    t.config_file.unlink()
    backtest(t, path, "-c", t.config_file).expect(
        78, err="carrywatch.yaml: No such file")


def test_money_beyond_all_measure(t):
    """what no number holds is refused, by whichever thread meets it first"""
    path = t.dir / "rich.csv"
    with path.open("w") as f:
        f.write(HEADER)
        for h in range(5):
            rate = "0.9" if h > 1 else "0.0003"
            f.write(f"{T0 + h * HOUR},a,BTCUSDT,3600,0.0001,,\n"
                    f"{T0 + h * HOUR},b,BTCUSDT,3600,{rate},,\n")
    for jobs in (1, 4):
        backtest(t, path, "--pair", "BTC:a:b:1" + "0" * 20, "--capital", "1",
                 "--profile", "hold,steady", "--jobs", jobs).expect(
            1, err="funding is out of range", out=r"\A\Z")


def test_policy(t):
    """the entry policy, as printed, is what is kept to"""
    path = waves(t)
    result, runs = played(t, path, "--profile", "hold", "--entry",
                          "size_usd=500,max_positions=2")
    assert result["settings"]["entry"] == (
        "min_profit=0.01%,cooldown=24h,max_break_even=3d,"
        "size_usd=500,max_positions=2")
    run = runs["hold"]
    assert run["capital_usd"] == "2000" and run["opened"] == 2
    assert {x["size_usd"] for x in run["trades"]} == {"500"}
    assert run["net_usd"] == run["hold_through"]["net_usd"]
    result, runs = played(t, path, "--entry", "min_profit=50%")
    assert all(r["opened"] == 0 for r in runs.values()) and len(runs) == 4
    _, runs = played(t, path, "--profile", "hold", "--capital", "777")
    assert runs["hold"]["capital_usd"] == "777"
    # every key given, so none is the built-in one; a share of the capital
    given = ("min_profit=0.02%,max_positions=3,cooldown=1h,max_break_even=2d,"
             "size_pct=10%,capital_usd=40000,prioritize_venues=c+a")
    result, runs = played(t, path, "--profile", "hold", "--entry", given)
    assert result["settings"]["entry"] == given
    assert runs["hold"]["capital_usd"] == "24000", runs["hold"]["capital_usd"]
    assert {x["size_usd"] for x in runs["hold"]["trades"]} == {"4000"}
    # a pair has no size of its own where the policy's is a share
    _, runs = played(t, path, "--pair", "BTC:a:b", "--entry", given)
    assert runs["hold"]["trades"][0]["size_usd"] == "10000"


def test_rhythm_and_time(t):
    """how often it polls is told; time before the settlements is none"""
    path = waves(t, hours=30)
    result, runs = played(t, path, "--every", "30m", "--profile", "steady",
                          "--since", "2025-01-01")
    assert result["settings"]["every_s"] == 1800
    assert runs["steady"]["since"] == "2026-01-01T00:00:00Z"
    r = backtest(t, path, "--every", "30m", "--profile", "steady",
                 "--verbose").expect(0, out="A poll every 30m; costs: 8 bps")
    # 29 hours from the first settlement to the last, twice an hour
    assert re.search(r"^58 polls, \d+ positions evaluated$", r.err, re.M), r
    assert "polls" not in backtest(t, path, "-q").expect().err


def test_the_contract_that_plays(t):
    """of several of one coin on a venue always the same one plays"""
    path = t.dir / "several.csv"
    with path.open("w") as f:
        f.write(HEADER)
        for h in range(3):
            for contract, rate in (("BTCUSDC", "0.0002"), ("BTCPERP", "0.0001"),
                                   ("BTCUSD", "0.0004")):
                f.write(f"{T0 + h * HOUR},a,{contract},3600,{rate},,\n")
            f.write(f"{T0 + h * HOUR},b,BTCUSDT,3600,0.001,,\n")
    result, runs = played(t, path, "--pair", "BTC:a:b:10000")
    assert (result["data"]["contracts"], result["data"]["played"]) == (4, 2)
    x = runs["hold"]["trades"][0]
    # BTCPERP, the first by name: twice 10 USD less 1
    assert x["funding_usd"] == "18", x


def test_fees(t):
    """-c brings the venues' own fees; without it nothing of them counts"""
    path = waves(t)
    t.config(more="""\
costs: {model: fees}
venues:
  a: {pays_every: 1h, taker_fee: 1bps, slippage: 2bps}
  b: {pays_every: 4h, taker_fee: 5bps, slippage: 0bps}
""")
    run = t.run("backtest", path, "--pair", "BTC:a:b:10000",
                "--json").expect().json()["runs"][0]
    x = run["trades"][0]
    assert (x["fees_usd"], x["slippage_usd"], x["exit_usd"]) == ("6", "2", "8")
    _, runs = played(t, path, "--pair", "BTC:a:b:10000", "--costs", "20bps")
    x = runs["hold"]["trades"][0]
    assert (x["fees_usd"], x["exit_usd"]) == ("10", "10")


def test_forms(t):
    """rows, a page with pictures, and formulas"""
    path = waves(t)
    out = backtest(t, path, "-o", "csv").expect().out
    rows = list(csv.DictReader(out.splitlines()))
    nets = [Decimal(r["net_usd"]) for r in rows]
    assert len(rows) == 4 and nets == sorted(nets, reverse=True)
    page = t.dir / "page.html"
    backtest(t, path, "--profile", "steady", "--html", page,
             "--json").expect()
    text = page.read_text()
    assert "<svg" in text and str(t.dir) not in text
    again = t.dir / "again.html"
    backtest(t, path, "--profile", "steady", "--html", again).expect()
    assert again.read_text() == text
    backtest(t, "--explain-metrics").expect(out="net_usd|net")
    both = backtest(t, path, "--profile", "steady", "--explain-metrics")
    both.expect(out="rho_k = rho_1\\^k")
    assert "EXIT REASON" in both.out
    assert "rho_k" not in backtest(t, path, "--profile", "steady", "-o", "csv",
                                   "--explain-metrics").expect().out
    for form in (("-o", "csv"), ("-o", "jsonl")):
        assert "WALK-FORWARD" not in backtest(
            t, path, "--folds", "2", *form).expect().out
    backtest(t, path, "--folds", "2", "-o", "table").expect(out="WALK-FORWARD")


# ---- the process ----

def test_progress(t):
    """a bar with the time left, for a terminal only"""
    path = waves(t, hours=3000)
    argv = [t.binary("carrywatch"), "backtest", str(path), "--json"]
    plain = t.command(*argv).expect()
    assert plain.err == ""
    out, seen = at_terminal(t, argv)
    assert out == plain.out
    assert b" %" in seen and b"[" in seen, seen
    assert at_terminal(t, [*argv, "-q"]) == (plain.out, b"")


def at_terminal(t, argv):
    """What goes to stdout, and what a person sees of stderr."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=theirs,
                          env=t.env(), cwd=t.dir) as p:
        os.close(theirs)
        out, seen = p.stdout.read().decode(), b""
        try:
            while chunk := os.read(ours, 4096):
                seen += chunk
        except OSError:		# Linux: the other end is closed
            pass
    os.close(ours)
    return out, seen


def peak_kb(t, path):
    argv = [t.binary("carrywatch"), "backtest", str(path), "--pair",
            "BTC:a:b", "--jobs", "1", "-o", "csv"]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL,
                          env=t.env()) as p:
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    assert p.returncode == 0
    return usage.ru_maxrss


def test_memory(t):
    """memory does not grow with the file"""
    if "san" in lib.BUILD.name:
        t.skip("sanitizers keep what is freed")
    small = peak_kb(t, waves(t, "small.csv", 500))
    large = peak_kb(t, waves(t, "large.csv", 20000))
    assert (t.dir / "large.csv").stat().st_size > 3e6
    # 800 midnights, and the noise of an allocator
    assert large - small < 1500, (small, large)


if __name__ == "__main__":
    lib.main()
