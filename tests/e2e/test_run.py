#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `run` promises, on real sockets and files, one poll at a time."""
import datetime
import json
import os
import signal
import sqlite3

import lib
from service import Quote, Service

PROFILES = """\
profiles:
  third:
    close:
      - EROSION: erosion(0.3)
  twice:
    close:
      - DIVERGENCE_FLIPPED: flip for 3 polls
  all:
    close:
      - DIVERGENCE_FLIPPED: flip
      - EROSION: erosion(0.5)
      - BETTER_OPPORTUNITY: better_opportunity(0.0005)
  money:
    close:
      - THIN: carry_below(10.95%)
    alert:
      - PRICED: take_profit(1%)
      - LOST: stop_loss(0.04%, pnl=carry)
      - LATE: break_even_beyond(32h, cost=exit)
      - COVERED: fees_covered
"""


def given(t, rates, profile="conservative", mode="live", account="", more=""):
    """A service with these rates and an account `main` that reads it."""
    service = Service(rates)
    t.service = service
    t.config(service.url, f"  main: {{profile: {profile}, mode: {mode}, "
             f"venues: [{', '.join(rates)}]{account}}}\n",
             more=PROFILES + more)
    return service


def import_pair(t, *rows, code=0):
    """Rows: dicts with what differs from a plain BTC pair."""
    opened = datetime.datetime.now(datetime.timezone.utc)
    opened -= datetime.timedelta(hours=30)
    plain = {"symbol": "BTC", "long_venue": "lighter", "short_venue": "grvt",
             "size_usd": "20000", "opened_at": opened.isoformat(),
             "entry_divergence_8h": "0.001"}
    path = t.dir / "pairs.jsonl"
    path.write_text("".join(json.dumps({**plain, **r}) + "\n" for r in rows))
    return t.run("positions", "import", path).expect(code)


def poll(t, code=0):
    return t.run("run", "--once").expect(code)


def listed(t):
    return t.run("positions", "list", "--json").expect(0).json()


def only(t):
    rows = listed(t)
    assert len(rows) == 1, rows
    return rows[0]


def explained(t, number=1):
    return t.run("explain", number, "--json").expect(0).json()


def line(explanation, label):
    rows = [r for r in explanation["lines"] if r["label"] == label]
    assert len(rows) == 1, explanation
    return rows[0]


def test_erosion_is_exact_at_its_limit(t):
    """entry 0.001, now 0.0003, erosion(0.3): hold; 1e-12 less: close"""
    service = given(t, {"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.0003"}},
                    "third")
    import_pair(t, {})
    poll(t)
    row = only(t)
    assert (row["action"], row["status"]) == ("hold", "open"), row
    assert row["remaining_ratio"] == "0.3", row
    service.rates["grvt"]["BTC"] = Quote("0.000299999999")
    poll(t)
    row = only(t)
    assert row["action"] == "close" and row["reason"] == "EROSION", row
    assert row["status"] == "pending_close", row
    assert row["divergence_8h"] == "0.000299999999", row


def test_exponent_rates_are_exact(t):
    given(t, {"lighter": {"BTC": "3.5e-05"}, "grvt": {"BTC": "2.55e-4"}})
    import_pair(t, {"entry_divergence_8h": "2.85e-4"})
    poll(t)
    row = only(t)
    assert row["long"]["rate_8h"] == "0.000035", row
    assert row["divergence_8h"] == "0.00022", row
    assert row["remaining_ratio"] == "0.771929824561403509", row


def test_a_flip_closes_at_the_next_poll_whatever_compare_says(t):
    service = given(t, {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0002"}})
    service.override["/funding-rates/compare"] = (
        200, "application/json", '{"divergence":0.0001}')
    import_pair(t, {"entry_divergence_8h": "0.0001"})
    poll(t)
    assert only(t)["action"] == "hold"
    service.rates["grvt"]["BTC"] = Quote("0.00005")
    poll(t)
    row = only(t)
    assert row["reason"] == "DIVERGENCE_FLIPPED", row
    assert row["divergence_8h"] == "-0.00005", row
    assert not [p for p in service.asked if "compare" in p]
    text = t.run("decisions", "list", "--json").expect(0).json()
    assert [d["label"] for d in text] == ["DIVERGENCE_FLIPPED"], text


HEALTHY = {"lighter": {"BTC": "0.0001", "ETH": "0.0001"},
           "grvt": {"BTC": "0.0002", "ETH": "0.0002"},
           "aster": {"ETH": "0.0001"}, "paradex": {"ETH": "0.0002"}}

TROUBLES = [
    # how the lighter answer goes wrong, the reason that is recorded
    ("500", (500, "application/json", '{"detail":"down"}'), "request failed"),
    ("HTML with 200", (200, "text/html", "<html>hello</html>"),
     "request failed"),
    ("HTML called JSON", (200, "application/json", "<html>hello</html>"),
     "request failed"),
    ("a truncated body", (200, "application/json",
                          '{"dex_name":"lighter","rates":{"BTC":{"fun'),
     "request failed"),
    ("404", (404, "application/json", '{"detail":"Not Found"}'),
     "request failed"),
    ("an empty answer", (200, "application/json",
                         '{"dex_name":"lighter","rates":{}}'),
     "symbol not in the answer"),
    ("a null rate", Quote("null"), "null in the answer"),
    ("a NaN rate", Quote("NaN"), "request failed"),
    ("a rate as text", Quote('"0.0001"'), "malformed in the answer"),
    ("a 3-day-old rate", Quote("0.5e-1", age=3 * 86400), "stale"),
    ("a rate from 8 h ahead", Quote("0.5e-1", age=-8 * 3600),
     "timestamp in the future"),
    ("an absurd rate", Quote("0.06"), "beyond max_abs_rate"),
    ("19 decimals", Quote("0.0100000000000000001"), "more than 18 decimals"),
]


def test_trouble_never_closes_and_is_recorded_with_its_reason(t):
    """each kind of bad answer: no close, UNKNOWN with its reason, others go on"""
    service = given(t, HEALTHY)
    import_pair(t, {"entry_divergence_8h": "0.0001"},
                {"symbol": "ETH", "long_venue": "aster",
                 "short_venue": "paradex", "entry_divergence_8h": "0.0001"})
    for name, how, reason in TROUBLES:
        service.override.clear()
        service.rates["lighter"]["BTC"] = Quote("0.0001")
        if isinstance(how, Quote):
            service.rates["lighter"]["BTC"] = how
        else:
            service.override["/funding-rates/lighter"] = how
        poll(t)
        sick, well = listed(t)
        assert sick["status"] == "open" and sick["action"] != "close", (name, sick)
        assert well["divergence_8h"] == "0.0001", (name, well)
        assert well["action"] == "hold", (name, well)
        flip = line(explained(t), "DIVERGENCE_FLIPPED")
        assert flip["verdict"] == "unknown", (name, flip)
        assert flip["why"] == reason, (name, flip)
    decisions = t.run("decisions", "list", "--json").expect(0).json()
    assert not [d for d in decisions if d["action"] == "close"], decisions


def test_an_empty_list_beside_failures_closes_nothing(t):
    service = given(t, HEALTHY, "all")
    import_pair(t, {})
    service.override["/funding-rates"] = (500, "application/json", "{}")
    poll(t, code=5)
    row = only(t)
    assert row["status"] == "open" and row["action"] == "hold", row
    for label in ("DIVERGENCE_FLIPPED", "EROSION", "BETTER_OPPORTUNITY"):
        assert line(explained(t), label)["verdict"] == "unknown"


def test_a_failed_ranked_list_alone_changes_nothing(t):
    service = given(t, HEALTHY)
    service.override["/opportunities"] = (500, "application/json", "{}")
    import_pair(t, {"entry_divergence_8h": "0.0001"})
    poll(t)
    assert only(t)["divergence_8h"] == "0.0001"


def test_service_down_is_exit_5_and_the_list_still_prints(t):
    t.config("http://127.0.0.1:9/api/v1",
             "  main: {profile: steady, mode: live, venues: [lighter, grvt]}\n")
    import_pair(t, {})
    poll(t, code=5)
    assert only(t)["divergence_8h"] is None
    assert t.run("positions", "list").expect(0).out


def test_a_missing_symbol_is_no_flip_and_s_is_not_sol(t):
    given(t, {"lighter": {"S": "0.0001", "SOL": "0.0001"},
              "grvt": {"SOL": "-0.003", "BTCDOM": "-0.003"}}, "all")
    import_pair(t, {"symbol": "S"}, {"symbol": "BTC"})
    poll(t)
    for row in listed(t):
        assert row["status"] == "open" and row["divergence_8h"] is None, row
    assert line(explained(t, 1), "DIVERGENCE_FLIPPED")["missing"] == "short_rate" \
        or line(explained(t, 1), "DIVERGENCE_FLIPPED")["missing"] == "divergence"


def test_the_held_pair_and_stale_rates_are_no_better_opportunity(t):
    service = given(t, {"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.001"},
                        "aster": {"BTC": Quote("0.04", age=4000)}}, "all")
    service.opportunities = [("BTC", "lighter", "grvt"),
                             ("BTC", "lighter", "aster")]
    import_pair(t, {})
    poll(t)
    assert only(t)["action"] == "hold", only(t)
    better = line(explained(t), "BETTER_OPPORTUNITY")
    assert better["verdict"] in ("false",), better
    service.rates["aster"]["BTC"] = Quote("0.04")
    poll(t)
    row = only(t)
    assert row["reason"] == "BETTER_OPPORTUNITY", row
    text = t.run("decisions", "list", "--json").expect(0).json()[0]["text"]
    assert "aster" in text and "USD" in text, text


def test_money_and_carry_decide_a_live_poll(t):
    """10.95 % APR is not below 10.95 %; 1e-12 less is, and lines say why"""
    service = given(t, {"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.0001"}},
                    "money")
    now = datetime.datetime.now(datetime.timezone.utc)
    import_pair(t, {"fees_usd": "0", "opened_at": now.isoformat()})
    poll(t)
    assert only(t)["action"] == "alert", only(t)
    e = explained(t)
    assert line(e, "THIN")["verdict"] == "false", e
    priced = line(e, "PRICED")
    assert priced["verdict"] == "unknown", priced
    assert priced["missing"] == "price_pnl", priced
    # nothing paid, 4 bp of 20,000 USD to leave: exactly the loss asked for
    lost = line(e, "LOST")
    assert lost["verdict"] == "true", lost
    names = {i["name"]: i["value"] for i in lost["inputs"]}
    assert "price_pnl" not in names and names["exit_cost"] == "8", names
    # four payments of 1 bp from grvt's next 8 h on: within 32 h
    assert line(e, "LATE")["verdict"] == "false", e
    assert line(e, "COVERED")["verdict"] == "false", e
    service.rates["grvt"]["BTC"] = Quote("0.000099999999")
    poll(t)
    assert only(t)["reason"] == "THIN", only(t)
    # a fifth payment is needed now
    assert line(explained(t), "LATE")["verdict"] == "true", explained(t)


def test_erosion_without_a_positive_entry_is_unknown_and_says_so(t):
    given(t, {"lighter": {"BTC": "0"}, "grvt": {"BTC": "0.0001"}}, "third")
    import_pair(t, {"entry_divergence_8h": "0"},
                {"entry_divergence_8h": "-0.0001"})
    poll(t)
    for row in listed(t):
        assert row["action"] == "hold" and row["remaining_ratio"] is None, row
        erosion = line(explained(t, row["id"]), "EROSION")
        assert erosion["verdict"] == "unknown", erosion
        assert erosion["missing"] == "entry_divergence", erosion
        assert erosion["why"] == "not above zero", erosion


def test_requests_do_not_grow_with_positions(t):
    rates = {v: {"BTC": "0.0001", "ETH": "0.0001"}
             for v in ("lighter", "grvt", "aster", "paradex")}
    service = given(t, rates)
    poll(t)
    few = len(service.asked)
    assert few <= 2 * len(rates) + 2, service.asked
    import_pair(t, *[{"symbol": s, "long_venue": a, "short_venue": b}
                     for s in ("BTC", "ETH") for a in rates for b in rates
                     if a != b for _ in range(20)])
    service.asked.clear()
    poll(t)
    assert len(service.asked) == few, service.asked
    assert len(listed(t)) == 480


def test_polls_that_count_survive_restarts(t):
    """for 3 polls: counts go on over processes, without new data they stand"""
    service = given(t, {"lighter": {"BTC": "0.0002"}, "grvt": {"BTC": "0.0001"}},
                    "twice")
    import_pair(t, {})
    start = datetime.datetime.now(datetime.timezone.utc)

    def at(seconds):
        service.now = lambda: start + datetime.timedelta(seconds=seconds)

    actions = []
    for seconds in (0, 0, 1, 1, 2):
        at(seconds)
        poll(t)
        actions.append(only(t)["action"])
    assert actions == ["hold", "hold", "hold", "hold", "close"], actions


def test_a_second_monitor_is_told_the_first_ones_pid(t):
    given(t, HEALTHY)
    first = t.monitor("main")
    first.wait_line("msg=\"?poll")
    second = t.run("run", "-a", "main").expect(4, err=str(first.pid))
    assert "lock" in second.err or "monitor" in second.err
    assert first.stop() == 0


def test_a_live_database_is_refused_in_dry_run(t):
    service = given(t, HEALTHY)
    poll(t)
    live = t.dir / "data" / "main.db"
    assert live.exists()
    os.rename(live, t.dir / "data" / "main.dry-run.db")
    t.config(service.url, "  main: {profile: steady, mode: dry-run}\n")
    t.run("run", "--once").expect(6, err="live")
    t.config(service.url, "  other: {profile: steady, mode: live}\n")
    os.rename(t.dir / "data" / "main.dry-run.db", t.dir / "data" / "other.db")
    t.run("run", "--once").expect(6, err="main")


def test_signals_poll_now_reload_and_stop(t):
    given(t, HEALTHY)
    # Ignored by whoever started it, and heard all the same.
    m = t.start("sh", "-c", "trap '' INT HUP TERM; exec \"$@\"", "sh",
                t.binary("carrywatch"), "-c", t.config_file, "run", "-a", "main")
    m.wait_line(r"seq=1\b")
    m.send(signal.SIGUSR1)
    m.wait_line(r"seq=2\b")
    good = t.config_file.read_text()
    t.config_file.write_text(good.replace("conservative", "conservativ"))
    m.send(signal.SIGHUP)
    m.wait_line("old configuration kept.*did you mean")
    for old, new, why in (
            ("  main:", "  other:", "account main is gone; stop its monitor"),
            ("mode: live", "mode: dry-run", "needs a restart"),
            ("/data}", "/elsewhere}", "mode or directory of account main")):
        t.config_file.write_text(good.replace(old, new))
        m.send(signal.SIGHUP)
        m.wait_line(f"old configuration kept.*{t.config_file}.*{why}")
    t.config_file.write_text(good.replace("conservative", "textbook"))
    m.send(signal.SIGHUP)
    m.wait_line("configuration reloaded")
    m.send(signal.SIGUSR1)
    m.wait_line(r"seq=3\b")
    assert m.stop(signal.SIGINT) == 0


def test_reload_shows_in_explain_which_rules_decided(t):
    """explain shows the rules that were in force, not today's"""
    service = given(t, HEALTHY)
    import_pair(t, {"entry_divergence_8h": "0.0001"})
    poll(t)
    t.config(service.url, "  main: {profile: third, mode: live}\n",
             more=PROFILES)
    labels = [r["label"] for r in explained(t)["lines"]]
    assert "DIVERGENCE_FLIPPED" in labels and "EROSION" not in labels, labels


def test_a_feed_that_is_reset_or_stands_still_only_tells(t):
    """ten rates of a venue turning to 0 at once, or one frozen: told once"""
    coins = [f"C{i}" for i in range(12)]
    service = given(t, {"lighter": dict.fromkeys(coins, "0.0001"),
                        "grvt": dict.fromkeys(coins, "0.0002"),
                        "aster": dict.fromkeys(coins, "0.0001")}, "third")
    import_pair(t, {"symbol": "C0", "entry_divergence_8h": "0.0001"})
    m = t.monitor("main")

    def next_poll(number, **rates):
        for venue, how in rates.items():
            for coin in coins[:how.pop("n", 12)]:
                service.rates[venue][coin] = Quote(**how)
        m.send(signal.SIGUSR1)
        m.wait_line(rf"seq={number}\b")

    m.wait_line(r"seq=1\b")
    next_poll(2, aster={"rate": "0", "n": 9})
    next_poll(3, lighter={"rate": "0"})
    m.wait_line("lighter: 12 rates turned to 0 at once")
    next_poll(4, grvt={"rate": "0.0002", "age": 900})
    m.wait_line("grvt: answers, but none of its rates is fresh")
    next_poll(5)
    next_poll(6, grvt={"rate": "0.0002"})
    m.wait_line("grvt: rates are fresh again")
    assert m.stop() == 0
    text = m.text("err")
    assert text.count("turned to 0") == 1, text
    assert text.count("none of its rates is fresh") == 1, text
    assert only(t)["status"] == "open", only(t)


def test_a_failed_poll_hides_no_feed_that_went_bad(t):
    """rates that fail for two polls, then all zero or frozen: told even so"""
    coins = [f"C{i}" for i in range(12)]
    service = given(t, {v: dict.fromkeys(coins, "0.0001")
                        for v in ("lighter", "grvt", "aster")}, "third")
    m = t.monitor("main")

    def next_poll(number):
        m.send(signal.SIGUSR1)
        m.wait_line(rf"seq={number}\b")

    m.wait_line(r"seq=1\b")
    service.override["/funding-rates/"] = (500, "application/json", "{}")
    next_poll(2)
    next_poll(3)
    service.override.clear()
    for coin in coins:
        service.rates["lighter"][coin] = Quote("0")
        service.rates["grvt"][coin] = Quote("0.0001", age=900)
    next_poll(4)
    m.wait_line("lighter: 12 rates turned to 0 at once")
    m.wait_line("grvt: answers, but none of its rates is fresh")
    next_poll(5)
    assert m.stop() == 0
    text = m.text("err")
    assert text.count("turned to 0") == 1, text
    assert text.count("none of its rates is fresh") == 1, text
    assert "fresh again" not in text, text	# aster never was anything else


def test_where_the_ranked_list_speaks_of_other_rates_it_is_logged(t):
    service = given(t, {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0002"},
                        "aster": {"BTC": Quote("0.009", age=9000)}})
    service.opportunities = [("BTC", "lighter", "grvt"),
                             ("BTC", "lighter", "aster")]
    poll(t).expect(0, err="ranked_otherwise=1 first=BTC")


def test_dry_run_closes_and_opens_at_modelled_cost(t):
    service = given(t, {"lighter": {"BTC": "0.0002", "ETH": "0"},
                        "grvt": {"BTC": "0.0001", "ETH": "0.001"}},
                    mode="dry-run", account=", entry: {min_profit: 0.0005, "
                    "max_positions: 3, size_usd: 1000 USD}")
    service.opportunities = [("ETH", "lighter", "grvt"),
                             ("BTC", "grvt", "lighter")]
    import_pair(t, {})
    poll(t)
    rows = {r["symbol"]: r for r in listed(t)}
    assert rows["BTC"]["status"] == "closed", rows
    assert rows["BTC"]["reason"] == "DIVERGENCE_FLIPPED", rows
    assert rows["BTC"]["fees_usd"] == "8", rows["BTC"]	# half of 8 bps of 20,000
    assert rows["ETH"]["status"] == "open", rows
    assert rows["ETH"]["fees_usd"] == "0.4", rows["ETH"]
    assert rows["ETH"]["entry_divergence_8h"] == "0.001", rows["ETH"]
    assert rows["ETH"]["divergence_8h"] == "0.001", rows["ETH"]
    assert rows["ETH"]["checked_at"] is None, rows["ETH"]	# not judged yet


def test_a_long_cooldown_is_kept_beyond_the_week_a_close_is_followed(t):
    """cooldown 30d: 29 days after the close nothing is opened, after 31 it is"""
    service = given(t, {"lighter": {"BTC": "0.0002"}, "grvt": {"BTC": "0.0001"}},
                    mode="dry-run", account=", entry: {min_profit: 0.0005, "
                    "max_positions: 3, size_usd: 1000 USD, cooldown: 30d}")
    service.opportunities = [("BTC", "lighter", "grvt")]
    now = datetime.datetime.now(datetime.timezone.utc)

    def poll_after(days):
        shift = datetime.timedelta(days=days - 29)
        service.now = lambda: datetime.datetime.now(
            datetime.timezone.utc) + shift
        t.run("run", "--once", "--clock", f"{(now + shift).isoformat()},"
              f"{now.isoformat()},1").expect(0)
        return [r["status"] for r in listed(t)]

    import_pair(t, {"opened_at": (now - datetime.timedelta(40)).isoformat()})
    assert poll_after(0) == ["closed"]
    service.rates["grvt"]["BTC"] = Quote("0.002")
    assert poll_after(29) == []
    assert "closed a short time ago" in t.run("opportunities").expect(0).out
    assert poll_after(31) == ["open"]


def test_open_takes_the_entry_from_a_poll_or_the_service(t):
    service = given(t, {"lighter": {"BTC": "0.0001"}, "grvt": {"BTC": "0.0004"}},
                    "third")
    pair = ("positions", "open", "--symbol", "btc", "--long", "lighter",
            "--short", "grvt", "--size", "1000")
    t.run(*pair).expect(0, out="from the service now")
    row = only(t)
    assert row["entry_divergence_8h"] == "0.0003", row
    poll(t)
    service.override["/"] = (500, "application/json", "{}")
    t.run(*pair).expect(0, out="from a poll")
    t.run(*pair, "--opened-at", "3h").expect(0, out="unknown",
                                             err="give --entry-divergence")
    service.override.clear()
    service.rates["grvt"]["BTC"] = Quote("0.0009", age=4000)	# stale
    t.run("positions", "open", "--symbol", "ETH", "--long", "lighter",
          "--short", "grvt", "--size", "1000").expect(0, out="unknown")
    assert [r["entry_divergence_8h"] for r in listed(t)] == [
        "0.0003", "0.0003", None, None]


def test_live_entries_are_only_suggested(t):
    service = given(t, HEALTHY, account=", entry: {min_profit: 0.00005, "
                    "max_positions: 3, size_usd: 1000 USD}")
    service.opportunities = [("BTC", "lighter", "grvt")]
    m = poll(t)
    assert listed(t) == []
    assert "BTC" in m.err, m.err


def same_in(t, env, *args):
    """It says the same there; asked again when an age grew meanwhile."""
    for _ in range(5):
        plain, there, again = (t.run(*args, env=e).out for e in (
            None, env, None))
        if plain == again:
            assert there == plain, (there, plain)
            return
    raise AssertionError(f"{args} never says the same twice")


def test_zone_and_locale_of_the_host_change_nothing(t):
    given(t, HEALTHY)
    import_pair(t, {"entry_divergence_8h": "0.0001"})
    poll(t)
    strange = {"TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8"}
    same_in(t, strange, "positions", "list", "--json")
    same_in(t, strange, "explain", "1")
    t.run("run", "--once", env=strange).expect(0, err=r"time=20\d\d-.*Z ")
    same_in(t, strange, "positions", "show", "1")


def test_another_interval_is_recorded_as_the_one_in_force(t):
    given(t, HEALTHY)
    import_pair(t, {"entry_divergence_8h": "0.0001"})
    t.run("run", "--once", "--every", "15m").expect(0)
    assert only(t)["divergence_8h"] == "0.0001"
    assert len(explained(t)["lines"]) == 7, explained(t)
    t.run("run", "--once", "--every", "24h").expect(0)
    assert only(t)["divergence_8h"] == "0.0001"
    for wrong in ("15", "0s", "2d"):
        t.run("run", "--once", "--every", wrong).expect(2, err="--every")


def test_a_market_clock_is_for_dry_run_only(t):
    given(t, HEALTHY)
    clock = "2026-11-20T00:00:00Z,2026-11-20T21:00:00Z,900"
    t.run("run", "--once", "--clock", clock).expect(2, err="dry-run")
    given(t, HEALTHY, mode="dry-run")
    t.run("run", "--once", "--clock", "now,2").expect(2, err="ORIGIN,START")


def test_a_live_pair_nobody_confirmed_is_asked_about_once_a_day(t):
    service = given(t, HEALTHY)
    import_pair(t, {"entry_divergence_8h": "0.0001"})
    poll(t)
    path = next((t.dir / "data").glob("*.db"))
    with sqlite3.connect(path) as db:	# the day is over right after that poll
        db.execute("UPDATE positions SET confirmed_at = (SELECT max(at) FROM "
                   "polls) - 86400000 + 1, version = version + 1")
    assert "not confirmed" in poll(t).err
    row = only(t)
    assert row["action"] == "hold" and row["status"] == "open", row
    assert "not confirmed" not in poll(t).err
    events = [k for k, in rows_of(t, "SELECT kind FROM events")]
    assert events.count("unconfirmed") == 1, events
    assert service.asked


def rows_of(t, query):
    path = next((t.dir / "data").glob("*.db"))
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute(query).fetchall()


def test_a_poll_is_one_row_and_evidence_stays_small(t):
    given(t, HEALTHY)
    import_pair(t, *[{"entry_divergence_8h": "0.0001"} for _ in range(30)])
    for _ in range(5):
        poll(t)
    assert rows_of(t, "SELECT count(*), max(seq) FROM polls") == [(5, 5)]
    sizes = [n for n, in rows_of(t, "SELECT length(data) FROM evidence")]
    assert len(sizes) == 5 and max(sizes[1:]) < 30 * 55, sizes


def test_a_vanished_database_is_not_made_up(t):
    given(t, HEALTHY)
    t.run("positions", "show", "1").expect(3)
    t.run("explain", "1").expect(3)


if __name__ == "__main__":
    lib.main()
