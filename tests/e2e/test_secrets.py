#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Twelve secrets, in the environment, files, a credentials directory and URLs,
and receivers that echo them in their answers: none is in any output, log,
error, database or core. (lib.py looks for them in every other test as well.)
"""
import pathlib
import re
import signal

import lib
from control import Control, pair
from service import Service
from sinks import Answer, Mail, Sink
from test_control import FLIPPED, PROFILE

KEY = "whsec_plantedhookkeyplantedhookkeyAAAA"
OLD = "whsec_plantedolderplantedolderplantAAAA"[:6 + 32]
SECRETS = {
    "TG": "123456:planted-telegram", "HOOK": KEY, "OLD": OLD,
    "BEAT": "/ping-planted-uuid", "TOPIC": "planted-topic",
    "NTFY": "tk_planted_ntfy", "DISCORD": "/discord-planted-url",
    "SLACK": "/slack-planted-url", "PAGER": "planted-routing-key",
    "MAIL": "planted-mail-password", "CONTROL": "planted-control-key",
    "CLOSE": "whsec_plantedcloseplantedcloseplantAAA",
}


def echo(request):
    """The whole request comes back, in the body and in a header."""
    text = repr(request)
    return Answer(echo.status, text, [("X-Echo", text[:200].replace(
        "\r", "").replace("\n", ""))], kind="application/json")


def place(t, sink):
    """The references of the configuration, and the environment for them."""
    env, refs = {}, {}
    credentials = t.dir / "credentials"
    credentials.mkdir(exist_ok=True)
    for number, (name, value) in enumerate(SECRETS.items()):
        if value.startswith("/"):
            value = sink.url + value
        if number % 3 == 0:
            env[f"CW_{name}"], refs[name] = value, f"{{env: CW_{name}}}"
            continue
        path = (credentials if number % 3 == 1 else t.dir) / name.lower()
        path.write_text(value + "\n")
        path.chmod(0o600)
        refs[name] = (f"{{credential: {name.lower()}}}" if number % 3 == 1
                      else f"{{file: {path}}}")
    env["CREDENTIALS_DIRECTORY"] = str(credentials)
    return env, refs


def configure(t, service, control, sink, mail, refs):
    text = f"""\
sinks:
  tg: {{type: telegram, token: {refs['TG']}, chat_id: 7, api: '{sink.url}'}}
  hook: {{type: webhook, url: '{sink.url}/h', secret: {refs['HOOK']},
         old_secret: {refs['OLD']}}}
  beat: {{type: healthchecks, url: {refs['BEAT']}}}
  ntfy: {{type: ntfy, topic: {refs['TOPIC']}, token: {refs['NTFY']},
         server: '{sink.url}'}}
  discord: {{type: discord, url: {refs['DISCORD']}}}
  slack: {{type: slack, url: {refs['SLACK']}}}
  pager: {{type: pagerduty, routing_key: {refs['PAGER']}, api: '{sink.url}'}}
  mail: {{type: email, server: '{mail.url}', from: a@b, to: c@d, user: u,
         password: {refs['MAIL']}, insecure: true}}
"""
    t.config(service.url, f"""\
  main:
    profile: plain
    mode: live
    venues: [lighter, grvt]
    on_close: webhook
    close: {{url: '{sink.url}/close', secret: {refs['CLOSE']}}}
    positions: {{control_api: {{url: '{control.url}', account: main,
                key: {refs['CONTROL']}}}}}
    alerts: {{sinks: [tg, hook, beat, ntfy, discord, slack, pager, mail]}}
""", more=PROFILE + text)


def commands(t, env):
    """Everything that prints."""
    for words in ("check-config --print", "alerts list --json --all",
                  "handoffs list --all --json", "positions show 1 --json",
                  "positions verify 1", "explain 1 --json", "status",
                  "decisions list", "export positions", "export polls",
                  "report", "alerts test", "reference", "check-config -v"):
        t.run(*words.split(), env=env)


def test_twelve_planted_secrets(t):
    """twelve secrets and receivers that echo them: zero occurrences"""
    assert len(SECRETS) == 12
    assert all("planted" in s for s in SECRETS.values())
    sink, mail = Sink(), Mail()
    sink.answer = echo
    mail.refuse = "550 planted-mail-password planted"
    control = Control({"main": [pair("u-1", "BTC", "lighter", "grvt")]})
    service = Service(FLIPPED)
    env, refs = place(t, sink)
    configure(t, service, control, sink, mail, refs)
    for status in (200, 400, 401, 429, 500, 302):
        echo.status = status
        t.run("run", "--once", env=env).expect(0)
        commands(t, env)
    seen = " ".join(repr(r) for r in sink.requests)
    for name in ("TG", "TOPIC", "NTFY", "PAGER", "BEAT", "DISCORD", "SLACK"):
        assert SECRETS[name] in seen, f"{name} was never used"
    # One reference after the other cannot be read: the error has no value.
    for name in SECRETS:
        bad = {k: v for k, v in env.items() if k != f"CW_{name}"}
        for path in t.dir.rglob(name.lower()):
            path.chmod(0o644)
        t.run("run", "--once", env=bad).expect(78, err="secret (env|file|"
                                                       "credential) ")
        for path in t.dir.rglob(name.lower()):
            path.chmod(0o600)
    sink.close()
    mail.close()
    control.close()


def test_no_core_and_nothing_in_the_arguments(t):
    """a running monitor: no core limit, nothing in argv or of its children"""
    sink, mail = Sink(), Mail()
    control = Control({"main": []})
    service = Service(FLIPPED)
    env, refs = place(t, sink)
    configure(t, service, control, sink, mail, refs)
    m = t.monitor("main", env=env)
    m.wait_line('msg="poll"')
    proc = pathlib.Path(f"/proc/{m.pid}")
    if not proc.exists():
        t.skip("no /proc here")
    limits = (proc / "limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0", limits), limits
    assert b"planted" not in (proc / "cmdline").read_bytes()
    m.send(signal.SIGABRT)
    m.wait()
    assert not [p for p in t.dir.rglob("core*") if p.is_file()]


if __name__ == "__main__":
    lib.main()
