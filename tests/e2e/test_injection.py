#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
X-4: a service, a trading client, a file and a note that try to steer a
terminal, a log, a page, a message or a spreadsheet. Every output is looked
through: no control but line ends and tabs, nothing that turns the direction
of text, no markup, no formula, no line that is not ours.
"""
import base64
import csv
import io
import json
import os
import re
import sqlite3
import unicodedata

import lib
from control import KEY, Control, pair
from service import Service
from sinks import Answer, Mail, Sink
from test_control import FLIPPED, PROFILE, RATES
from test_run import import_pair

RUN_ONCE = True		# parsers meet worse under sanitizers elsewhere
ESC, RTL, C1 = "\x1b[2J\x1b]0;owned\x07", "\u202egnp.exe", "\u009b31m"
EVIL = [
    ESC, RTL, C1, "A\nlevel=error msg=\"forged\"", "A\rB", "%s%n%x%p",
    "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "A\0B",
    "<script>alert(1)</script>", "'; DROP TABLE positions; --",
    "\u2066x\u2069", "\u200f", "A" * 200, "\"quoted\"", "`id`", "$(id)",
    "\ud800", "A,B", "A B", "\ufeffA",
]
SAID = [s for s in EVIL if s != "\ud800"]	# that one spoils all of an answer
NOTE = f"=1+1 {ESC}{RTL}{C1} %s%n <b>&\"' \n level=error msg=\"forged\""
ALL = bool(os.environ.get("CW_ALL"))	# each text in each place; else in one
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e"
                      "\u2066-\u2069]")


def clean(text, where):
    """Nothing in it moves a cursor or turns the text around."""
    found = STEERING.search(text.replace("\r\n", "\n"))
    assert not found, (where, found, text[max(0, found.start() - 40):][:120])
    for c in text:
        assert unicodedata.category(c) not in ("Cs",), (where, c)


def log_lines(text, where):
    """Each line is one of ours, whole."""
    for line in text.splitlines():
        assert re.match(r"(<\d>)?time=\S+ level=\w+ msg=\"|\S+: |\S.*: warning|"
                        r"\s*$", line), (where, line)
        assert not line.startswith("level="), (where, line)


def evil_service():
    """Rates of BTC as they are, and every other text it can send, hostile."""
    # Of an answer most must be good, or nothing of it counts at all.
    service = Service({v: {**row, **{f"GOOD{i}": "0.0001" for i in range(60)}}
                       for v, row in RATES.items()})

    def rates(venue):
        good = Service.venue_rates(service, venue)
        more = ",".join(
            f'{json.dumps(s)}:{{"funding_rate":0.1,"next_funding_time":'
            f'{json.dumps(s)},"timestamp":"{service.stamp(5)}"}}'
            for s in SAID)
        return good.replace('"rates":{', f'"rates":{{{more},', 1)

    def dexes():
        rows = json.loads(Service.dexes(service))
        rows["dexes"] += [{"name": s, "display_name": s, "is_active": True,
                           "supported_symbols_count": 1} for s in SAID[:1]]
        return json.dumps(rows)

    def ranked():
        row = {"symbol": "x", "long_dex": "lighter", "short_dex": "grvt",
               "long_rate": 0.1, "short_rate": 0.2, "divergence": 0.1,
               "net_profit_percent": 0.1, "discovered_at": service.stamp(0)}
        rows = [dict(row, symbol=s) for s in SAID] + [
            dict(row, symbol="BTC", long_dex=s) for s in SAID]
        return json.dumps({"opportunities": rows, "total_count": len(rows),
                           "generated_at": service.stamp(0)})

    service.venue_rates, service.dexes, service.ranked = rates, dexes, ranked
    return service


COMMANDS = [
    "positions list", "positions list -o wide", "positions list --json",
    "positions list -o csv", "positions list -o tsv", "positions list --all",
    "positions show 1", "positions show 1 --json", "positions verify 1",
    "positions history 1", "explain 1", "explain 1 --json", "status",
    "status --json", "decisions list", "decisions list -o csv", "alerts list",
    "alerts list --all --json", "alerts list -o csv", "handoffs list --all",
    "opportunities", "opportunities -o csv", "opportunities --json", "report",
    "report --json", "report -o csv", "exposure", "rules list", "doctor",
    "check-config --print", "export positions -o jsonl", "export polls",
    "export decisions", "export ledger", "replay",
]


def look_through(t, env, commands=COMMANDS):
    for words in commands:
        p = t.run(*words.split(), env=env)
        assert p.code in (0, 1, 3, 5), p
        clean(p.out, words)
        clean(p.err, words)
        if "-o csv" in words:
            formulas(p.out, words)


def formulas(text, where):
    """A cell that a spreadsheet would run starts with its sign of a text."""
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            number = re.fullmatch(r"-?[0-9.]+(ms|s)?|[-+]?[0-9.]+%?|-", cell)
            assert number or cell[:1] not in ("=", "+", "-", "@"), (
                where, cell)


def test_names_of_the_service(t):
    """hostile names of symbols and venues, in every command's output"""
    service = evil_service()
    t.config(service.url, "  main: {profile: plain, mode: live, venues: "
             "[lighter, grvt]}\n",
             more=PROFILE)
    import_pair(t, {})
    p = t.run("run", "--once").expect(0)
    clean(p.err, "log")
    log_lines(p.err, "log")
    with sqlite3.connect(t.dir / "data/main.db") as db:
        names = {s for s, in db.execute("SELECT name FROM names")} if \
            db.execute("SELECT 1 FROM sqlite_master WHERE name = 'names'"
                       ).fetchone() else set()
    assert not [n for n in names if STEERING.search(n)], names
    look_through(t, {})
    html = t.dir / "report.html"
    t.run("report", "--html", html)
    if html.exists():
        clean(html.read_text(), "html")
        assert "<script>alert" not in html.read_text()
    service.close()


def test_texts_of_errors(t):
    """hostile content types, status lines and bodies, in log and alerts"""
    service = Service(RATES)
    service.server.handle_error = lambda *_: None	# clients that hang up
    t.config(service.url, "  main: {profile: plain, mode: live}\n",
             more=PROFILE)
    import_pair(t, {})
    for i, text in enumerate(EVIL):
        kind = text.encode("utf-8", "replace").replace(b"\r", b"").replace(
            b"\n", b"").replace(b"\0", b"").decode("utf-8", "replace")
        kind = kind.encode("latin-1", "replace").decode("latin-1")
        hows = ((200, "text/" + kind, "x"),
                (500, "application/json", json.dumps({"detail": text})),
                (200, "application/json", json.dumps({text: text})),
                (200, "application/json", json.dumps(
                        {"dex_name": text, "rates": text,
                         "updated_at": text})))
        for how in hows if ALL else [hows[i % len(hows)]]:
            service.override = {"/": how}
            p = t.run("run", "--once").expect(5)
            clean(p.err, (text, how))
            log_lines(p.err, (text, how))
    service.override = {}
    look_through(t, {}, ["alerts list --all", "status", "status --json",
                         "export polls", "doctor", "alerts list -o csv"])
    service.close()


def test_the_trading_client(t):
    """hostile ids, symbols and venues of the trading client"""
    service = Service(RATES)
    control = Control({"main": [pair("u-1", "BTC", "lighter", "grvt")]})
    env = {"CW_CONTROL": KEY}
    t.config(service.url, "  main: {profile: plain, mode: live, venues: "
             "[lighter, grvt], positions: {control_api: {account: main, key: "
             f"{{env: CW_CONTROL}}, url: '{control.url}'}}}}}}\n",
             more=PROFILE)
    t.run("run", "--once", env=env).expect(0)
    for i, text in enumerate(EVIL):
        books = ([pair(text, "BTC", "lighter", "grvt")],
                     [pair("u-2", text, "lighter", "grvt")],
                     [pair("u-3", "ETH", text, "grvt")])
        for rows in books if ALL else [books[i % 3]]:
            control.positions["main"] = rows + [
                pair("u-1", "BTC", "lighter", "grvt")]
            p = t.run("run", "--once", env=env)
            assert p.code == 0, p
            clean(p.err, text)
            log_lines(p.err, text)
    look_through(t, env)
    exported = t.run("export", "positions", env=env).expect(0)
    clean(exported.out, "export")
    formulas(exported.out, "export")
    control.close()
    service.close()


def test_a_note(t):
    """a hostile note is shown as what it is, and kept whole"""
    service = Service(RATES)
    t.config(service.url, "  main: {profile: plain, mode: live}\n",
             more=PROFILE)
    import_pair(t, {})
    t.run("run", "--once").expect(0)
    p = t.run("positions", "note", "1", NOTE)
    clean(p.out + p.err, "note")
    look_through(t, {})
    if p.code == 0:
        shown = json.dumps(t.run("positions", "show", "1", "--json").json())
        assert "=1+1" in shown and "u202e" in shown, shown
    service.close()


MESSAGES = """\
sinks:
  tg: {{type: telegram, token: {{env: T}}, chat_id: 7, api: '{u}'}}
  hook: {{type: webhook, url: '{u}/h', secret: {{env: K}}}}
  ntfy: {{type: ntfy, topic: {{env: T}}, server: '{u}'}}
  discord: {{type: discord, url: {{env: D}}}}
  slack: {{type: slack, url: {{env: D}}}}
  pager: {{type: pagerduty, routing_key: {{env: T}}, api: '{u}'}}
  am: {{type: alertmanager, url: '{u}'}}
  mail: {{type: email, server: '{m}', from: a@b, to: c@d, insecure: true}}
"""


def test_messages(t):
    """alerts to eight sinks about a failing hostile service"""
    sink, mail, service = Sink(), Mail(), Service(FLIPPED)
    sink.answer = lambda r: Answer(202 if "pager" in r.path or "enqueue" in
                                   r.path else 200, '{"ok":true}',
                                   kind="application/json")
    env = {"T": "1:x", "K": "whsec_" + base64.b64encode(b"k" * 24).decode(),
           "D": sink.url + "/d"}
    names = "tg, hook, ntfy, discord, slack, pager, am, mail"
    t.config(service.url, "  main: {profile: plain, mode: live, alerts: "
             f"{{sinks: [{names}]}}}}\n",
             more=PROFILE + MESSAGES.format(u=sink.url, m=mail.url))
    import_pair(t, {})
    t.run("run", "--once", env=env).expect(0)
    with sqlite3.connect(t.dir / "data/main.db") as db:
        told = db.execute("SELECT text FROM outbox").fetchall()
        assert told, "nothing was told"
        # As if everything above had let it through: the last line of defence.
        db.execute("UPDATE outbox SET text = ? || text || ?", (NOTE, NOTE))
        db.execute("UPDATE deliveries SET state = 'queued', next_at = 0, "
                   "tries = 0")
    sink.requests.clear()
    mail.mails.clear()
    t.run("run", "--once", env=env)
    paths = {r.path for r in sink.requests}
    assert len(paths) >= 5 and mail.mails, (paths, mail.mails)
    for r in sink.requests:
        for name, value in r.headers.items():
            clean(name + value, r)
        clean(r.body.decode(), r)
        # A program reads the webhook: to it JSON gives the text as it is.
        if r.path != "/h" and "json" in r.headers["content-type"]:
            for value in strings(json.loads(r.body)):
                clean(value, (r.path, value))
    for m in mail.mails:
        head, _, body = m.partition(b"\r\n\r\n")
        clean(head.decode("ascii"), "mail")
        assert b"forged" not in head.split(b"Subject:")[0]
        clean(base64.b64decode(body).decode(), "mail")
    for one in (sink, mail, service):
        one.close()


def strings(v):
    if isinstance(v, str):
        yield v
    elif isinstance(v, dict):
        for x in v.values():
            yield from strings(x)
    elif isinstance(v, list):
        for x in v:
            yield from strings(x)


if __name__ == "__main__":
    lib.main()
