#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Every sink against a receiver written from its documentation: the request byte
for byte, each documented failure; signatures against Python's own.
"""
import base64
import email
import hashlib
import hmac
import json
import os
import random
import re
import signal
import socket
import stat

import lib
from sinks import Answer, Mail, Sink, free_port
from test_oracle import oracle

SEED = int(os.environ.get("CW_SEED", "0")) or random.SystemRandom().randrange(
    1, 1 << 31)
TOKEN = "123456:AAH-planted_Token"
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()


class Post:
    """The program post.c against a receiver of this test."""

    def __init__(self, t):
        self.t, self.program = t, oracle(t, "post", ("-lcurl", "-lcrypto"))

    def __call__(self, kind, *args, code=None, **how):
        p = self.t.command(self.program, kind, *args, **how)
        match = re.match(r"(\w+) wait=(\d+) sent=(\d) why=(.*)\n", p.out)
        assert match or code == 2, p
        assert TOKEN not in p.out + p.err and KEY not in p.out + p.err, p
        if code is not None:
            p.expect(code)
        return (match[1], int(match[2]), match[3] == "1", match[4]) if match \
            else p.err


def sent(sink):
    assert len(sink.requests) == 1, sink.requests
    return sink.requests.pop()


def check_json(request, want):
    assert request.headers["content-type"] == "application/json", request
    assert json.loads(request.body) == want, request.body


DATA = {"id": "main-1042", "kind": "close", "severity": "critical",
        "resolved": False, "account": "main", "position": 11, "symbol": "FET",
        "rule": "DIVERGENCE_FLIPPED", "fingerprint": "main/11/close",
        "title": "CLOSE main/11 FET DIVERGENCE_FLIPPED",
        "text": "now -1.80 USD/8h", "since": "2026-11-25T20:00:00Z",
        "simulated": False}


def test_telegram(t):
    """telegram: the request as documented, its failures, the token hidden"""
    post, sink = Post(t), Sink()
    args = (f"token={TOKEN}", "chat_id=-1001234567890", f"api={sink.url}")
    sink.default = Answer(200, '{"ok":true,"result":{"message_id":1}}')
    assert post("telegram", *args, "thread=7", "alert.text=a < b & c")[0] == \
        "delivered"
    r = sent(sink)
    assert (r.method, r.path) == ("POST", f"/bot{TOKEN}/sendMessage"), r
    assert r.headers["user-agent"] == "carrywatch/test"
    check_json(r, {
        "chat_id": -1001234567890, "parse_mode": "HTML",
        "text": "<b>CLOSE main/11 FET DIVERGENCE_FLIPPED</b>\n"
                "a &lt; b &amp; c",
        "link_preview_options": {"is_disabled": True},
        "disable_notification": False, "message_thread_id": 7})
    post("telegram", f"token={TOKEN}", "chat_id=@mine", f"api={sink.url}",
         "alert.silent=1")
    body = json.loads(sent(sink).body)
    assert body["chat_id"] == "@mine" and body["disable_notification"] is True
    long = "&" * 3000 + "\U0001f600" * 3000
    post("telegram", *args, f"alert.text={long}")
    text = json.loads(sent(sink).body)["text"]
    seen = text.replace("&amp;", "&")
    assert len(seen) <= 4096 and text.endswith("\U0001f600\u2026"), text[-9:]
    for answer, want in (
            (Answer(429, '{"ok":false,"error_code":429,"parameters":'
                         '{"retry_after":17}}'), ("retry", 17)),
            (Answer(429, "busy", [("Retry-After", "31")]), ("retry", 31)),
            (Answer(500, "x"), ("retry", 0)), (Answer(0), ("retry", 0)),
            (Answer(400, '{"ok":false,"description":"bad"}'), ("dead", 0)),
            (Answer(401, TOKEN), ("dead", 0)),
            (Answer(302, "", [("Location", sink.url)]), ("dead", 0))):
        sink.answers = [answer]
        got = post("telegram", *args)
        assert got[:2] == want and got[2], (got, want)
        sent(sink)			# redirects are not followed
    sink.answers = [Answer(400, '{"ok":false,"parameters":'
                           '{"migrate_to_chat_id":-100999}}')]
    got = post("telegram", *args)
    assert got[0] == "dead" and "chat_id: -100999" in got[3], got
    assert "no bot token" in post("telegram", "token=1/../2:x", "chat_id=1",
                                  code=2)
    sink.close()


def test_webhook(t):
    """webhook: Standard Webhooks headers, two keys, 410"""
    post, sink = Post(t), Sink()
    args = (f"url={sink.url}/hook", f"secret={KEY}")
    assert post("webhook", *args)[0] == "delivered"
    r = sent(sink)
    assert (r.method, r.path) == ("POST", "/hook")
    check_json(r, {"type": "alert.close", "timestamp": "2026-11-25T20:01:00Z",
                   "data": DATA})
    assert r.headers["webhook-id"] == "msg_main-1042"
    assert r.headers["webhook-timestamp"] == "1795636861"
    assert r.headers["webhook-signature"] == signature(
        KEY, "msg_main-1042", 1795636861, r.body)
    post("webhook", *args, f"old_secret={OLD}")
    r = sent(sink)
    assert r.headers["webhook-signature"] == " ".join(
        signature(k, "msg_main-1042", 1795636861, r.body)
        for k in (KEY, OLD))
    for status, want in ((204, "delivered"), (410, "gone"), (301, "dead"),
                         (404, "dead"), (408, "retry"), (425, "retry"),
                         (503, "retry")):
        sink.answers = [Answer(status)]
        assert post("webhook", *args)[0] == want, status
    for bad in ("whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_" + base64.b64encode(b"x" * 65).decode(),
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*"):
        wrong = post("webhook", f"url={sink.url}", f"secret={bad}", code=2)
        assert "signing key" in wrong and bad not in wrong, wrong
    sink.close()


def test_the_others(t):
    """ntfy, discord, slack, pagerduty, alertmanager, healthchecks"""
    post, sink = Post(t), Sink()
    assert post("ntfy", "topic=long-secret", "token=tk_1",
                f"server={sink.url}",
                "alert.title=a\nX-Evil: b\xe9")[0] == "delivered"
    r = sent(sink)
    assert (r.method, r.path, r.body) == ("POST", "/long-secret",
                                          b"now -1.80 USD/8h")
    assert r.headers["title"] == "a?X-Evil: b??" and "x-evil" not in r.headers
    assert r.headers["priority"] == "5"
    assert r.headers["authorization"] == "Bearer tk_1"
    post("discord", f"url={sink.url}/api/webhooks/1/x")
    r = sent(sink)
    assert r.path == "/api/webhooks/1/x?wait=true"
    check_json(r, {"content": DATA["title"] + "\n" + DATA["text"],
                   "allowed_mentions": {"parse": []}})
    sink.answers = [Answer(429, '{"retry_after":64.57,"global":false}')]
    assert post("discord", f"url={sink.url}/x")[:2] == ("retry", 65)
    sent(sink)
    post("slack", f"url={sink.url}/services/T/B/x", "alert.text=a<b")
    check_json(sent(sink), {"text": f"*{DATA['title']}*\na&lt;b"})
    sink.answers = [Answer(404, "no_service")]
    assert post("slack", f"url={sink.url}/x")[3] == "HTTP 404: no_service"
    sent(sink)
    sink.default = Answer(202, '{"status":"success"}')
    post("pagerduty", f"routing_key={'r' * 32}", f"api={sink.url}")
    r = sent(sink)
    assert r.path == "/v2/enqueue"
    check_json(r, {
        "routing_key": "r" * 32, "event_action": "trigger",
        "dedup_key": "carrywatch/main/11/close", "client": "carrywatch",
        "payload": {"summary": DATA["title"] + "\n" + DATA["text"],
                    "source": "main", "severity": "critical",
                    "timestamp": "2026-11-25T20:00:00Z", "component": "FET",
                    "group": "main", "class": "close",
                    "custom_details": DATA}})
    post("pagerduty", "routing_key=r", f"api={sink.url}", "alert.resolved=1")
    assert json.loads(sent(sink).body)["event_action"] == "resolve"
    sink.default = Answer(200)
    post("alertmanager", f"url={sink.url}", "alert.resolved=1")
    r = sent(sink)
    assert r.path == "/api/v2/alerts"
    check_json(r, [{
        "labels": {"alertname": "Carrywatch", "kind": "close",
                   "account": "main", "position": "11",
                   "rule": "DIVERGENCE_FLIPPED", "severity": "critical"},
        "annotations": {"summary": DATA["title"],
                        "description": DATA["text"]},
        "startsAt": "2026-11-25T20:00:00Z",
        "endsAt": "2026-11-25T20:01:00Z"}])
    post("healthchecks", f"url={sink.url}/uuid", "alert.severity=0")
    r = sent(sink)
    assert (r.method, r.path) == ("GET", "/uuid")
    post("healthchecks", f"url={sink.url}/uuid", "alert.severity=2")
    assert sent(sink).path == "/uuid/fail"
    sink.close()


def test_mail(t):
    """email: one mail, ASCII headers, base64 body, 4yz and 5yz"""
    post, server = Post(t), Mail()
    args = (f"server={server.url}", "from=cw@example.org", "insecure=true",
            "to=a@example.org, b@example.org")
    text = "now \u22121.80 USD\n" + "x" * 3000
    assert post("email", *args, f"alert.text={text}",
                "alert.title=CLOSE\r\nBcc: z")[0] == "delivered"
    raw = server.mails.pop()
    assert max(len(x) for x in raw.split(b"\r\n")) < 998
    mail = email.message_from_bytes(raw)
    assert mail["Subject"] == "CLOSE??Bcc: z" and mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Wed, 25 Nov 2026 20:01:01 +0000", mail["Date"]
    assert mail["Message-ID"] == "<main-1042@carrywatch>"
    assert mail.get_payload(decode=True).decode() == \
        "CLOSE?\nBcc: z\n" + text
    assert [s for s in server.said if s.startswith("RCPT")] == [
        "RCPT TO:<a@example.org>", "RCPT TO:<b@example.org>"]
    server.refuse = "550 no such user"
    assert post("email", *args)[0] == "dead"
    server.refuse = "451 later"
    assert post("email", *args)[0] == "retry"
    server.refuse, server.said = None, []
    got = post("email", f"server={server.url}", "from=a@b", "to=c@d",
               "user=me", f"password={TOKEN}")
    assert got == ("retry", 0, False, "the mail server offers no TLS; write "
                   "smtps:// where it does, or insecure: true"), got
    assert not server.mails and not re.search(		# nobody listens in
        "MAIL|RCPT|AUTH", " ".join(server.said)), server.said
    server.close()


def script(t, text):
    path = t.dir / "hook"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(stat.S_IRWXU)
    return path


def test_a_slash_behind_an_address(t):
    """the path that is added begins with one slash, not two"""
    post, sink = Post(t), Sink()
    post("alertmanager", f"url={sink.url}/at/")
    assert sent(sink).path == "/at/api/v2/alerts"
    post("ntfy", "topic=x", f"server={sink.url}/at/")
    assert sent(sink).path == "/at/x"
    post("telegram", f"token={TOKEN}", "chat_id=7", f"api={sink.url}/at/")
    assert sent(sink).path == f"/at/bot{TOKEN}/sendMessage"
    post("pagerduty", "routing_key=x", f"api={sink.url}/at/")
    assert sent(sink).path == "/at/v2/enqueue"


def test_exec(t):
    """exec: JSON on stdin, a clean environment, its status, its time"""
    post = Post(t)
    hook = script(t, 'cat > "$0.in"; env > "$0.env"; ps -o pgid= $$ 2>&1 '
                     '> "$0.pg"; exit 0\n')
    assert post("exec", f"program={hook}",
                env={"LEAK": "planted"})[0] == "delivered"
    assert json.loads((t.dir / "hook.in").read_text()) == DATA
    env = dict(x.split("=", 1) for x in
               (t.dir / "hook.env").read_text().splitlines() if "=" in x)
    assert "LEAK" not in env and "HOME" not in env, env
    assert env["CARRYWATCH_EVENT"] == "close"
    assert env["CARRYWATCH_STATE"] == "firing"
    assert env["CARRYWATCH_POSITION"] == "11"
    assert env["CARRYWATCH_RULE"] == "DIVERGENCE_FLIPPED"
    hook = script(t, "exit 3\n")
    assert post("exec", f"program={hook}")[3] == "exit status 3"
    hook = script(t, "exec <&-; exit 0\n")	# it need not read
    assert post("exec", f"program={hook}",
                f"alert.text={'x' * 100000}")[0] == "delivered"
    hook = script(t, "sleep 600 & sleep 600\n")
    got = post("exec", f"program={hook}", env={"POST_TIMEOUT_MS": "300"})
    assert got[0] == "retry" and "too long" in got[3], got
    t.wait(lambda: not t.still_running(), "the group to end")
    assert "cannot be run" in post("exec", f"program={t.dir}/absent",
                                 code=2)
    assert "cannot be run" in post("exec", "program=relative", code=2)


def test_exec_whose_end_is_nobodys(t):
    """SIGCHLD ignored: the end of the program is seen, how is unknown"""
    post, hook = Post(t), script(t, "exit 0\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        got = post("exec", f"program={hook}")
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    assert got[0] == "retry" and got[2] and "unknown" in got[3], got


def silent_port(t):
    """Takes connections and never says a word."""
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(4)
    return s, s.getsockname()[1]


def test_what_certainly_did_not_arrive(t):
    """a refused connection is told from a lost answer"""
    post, sink = Post(t), Sink()
    got = post("webhook", f"url=http://127.0.0.1:{free_port()}/",
               f"secret={KEY}")
    assert got[:3] == ("retry", 0, False), got
    s, port = silent_port(t)
    got = post("webhook", f"url=http://127.0.0.1:{port}/", f"secret={KEY}",
               env={"POST_TIMEOUT_MS": "400"})
    assert got[:3] == ("retry", 0, True) and got[3] == "timed out", got
    s.close()
    sink.answers = [Answer(200, b"x" * (1 << 20))]	# more than is kept
    assert post("webhook", f"url={sink.url}", f"secret={KEY}")[0] == \
        "delivered"
    assert "can be read and changed" in post(
        "webhook", "url=http://192.0.2.1/", f"secret={KEY}", code=2)
    sink.close()


# ---- signatures ----

def signature(key, ident, seconds, body):
    raw = base64.b64decode(key.removeprefix("whsec_"))
    mac = hmac.new(raw, f"{ident}.{seconds}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


def test_the_known_vector(t):
    """the published vector"""
    p = t.command(oracle(t, "post", ("-lcurl", "-lcrypto")), "sign", KEY,
                  stdin="msg_p5jXN8AQM9LWM0D4loKWxJek 1614265330 x"
                  + b'{"test": 2432232314}'.hex() + "\n").expect(0)
    assert p.out == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\n", p.out


def test_a_thousand_messages(t):
    """1,000 random messages: our signatures are Python's, and the reverse"""
    print(f"# seed {SEED} (CW_SEED)", flush=True)
    rng = random.Random(SEED)
    program = oracle(t, "post", ("-lcurl", "-lcrypto"))
    key = "whsec_" + base64.b64encode(rng.randbytes(rng.randrange(24, 65))
                                      ).decode()
    rows = [(f"msg_{rng.randrange(1 << 60):x}", rng.randrange(1 << 32),
             rng.randbytes(rng.randrange(0, 900))) for _ in range(1000)]
    p = t.command(program, "sign", key, stdin="".join(
        f"{i} {s} x{b.hex()}\n" for i, s, b in rows)).expect(0)
    want = [signature(key, *r) for r in rows]
    assert p.out.splitlines() == want
    now = 1795636861
    lines, expected = [], []
    for number, (ident, _, body) in enumerate(rows):
        at = now + rng.choice((0, -300, 300, -299))
        good = signature(key, ident, at, body)
        kind = number % 5
        if kind == 1:			# forged
            body = body + b"x"
        elif kind == 2:			# 301 s old
            at -= 301 + at - now
            good = signature(key, ident, at, body)
        elif kind == 3:			# another key, and then ours
            good = signature(OLD, ident, at, body) + " " + good
        elif kind == 4:			# another key
            good = signature(OLD, ident, at, body)
        lines.append(f"{ident} {at} x{body.hex()} {good}\n")
        expected.append(("ok", "no signature by this key",
                         "the time is more than 300 s away", "ok",
                         "no signature by this key")[kind])
    p = t.command(program, "verify", key, now, stdin="".join(lines)).expect(0)
    assert p.out.splitlines() == expected


# ---- the reference receiver ----

def test_the_reference_receiver(t):
    """it takes ours once, and refuses what is forged, replayed or old"""
    post = Post(t)
    keys = t.dir / "keys"
    keys.write_text(f"{KEY}\n{OLD}\n")
    keys.chmod(0o600)
    receiver = t.start("python3", lib.ROOT / "tools/webhook-receiver",
                       "--port", 0, "--keys", keys, "--now", "1795636900")
    port = receiver.wait_line(r"listening on http://127\.0\.0\.1:(\d+)")[1]
    url = f"url=http://127.0.0.1:{port}/"
    assert post("webhook", url, f"secret={KEY}")[0] == "delivered"
    receiver.wait_line(r"^new msg_main-1042 alert\.close")
    assert post("webhook", url, f"secret={OLD}")[0] == "delivered"
    receiver.wait_line(r"^duplicate msg_main-1042")
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    assert post("webhook", url, f"secret={other}")[0] == "dead"
    receiver.wait_line("^refused no signature by a known key")
    changed_over(t, post, other)
    for ident, shift, forge, want in (
            ("a", 0, False, 204), ("b", -301, False, 400),
            ("c", 301, False, 400), ("d", -300, False, 204),
            ("e", 0, True, 401)):
        assert raw_post(int(port), ident, 1795636900 + shift, forge) == want, \
            ident


def changed_over(t, post, other):
    """Signed with both keys it is taken by whoever knows only the old one."""
    keys = t.dir / "old"
    keys.write_text(f"{OLD}\n")
    keys.chmod(0o600)
    receiver = t.start("python3", lib.ROOT / "tools/webhook-receiver",
                       "--port", 0, "--keys", keys, "--now", "1795636900")
    port = receiver.wait_line(r"listening on http://127\.0\.0\.1:(\d+)")[1]
    url = f"url=http://127.0.0.1:{port}/"
    for secrets, want in (((KEY,), "HTTP 401"), ((KEY, other), "HTTP 401"),
                          ((KEY, OLD), "")):
        names = ("secret", "old_secret")
        got = post("webhook", url, *map("=".join, zip(names, secrets)))
        assert (got[0], got[3][:8]) == (
            "dead" if want else "delivered", want), (secrets, got)
    receiver.wait_line(r"^new msg_main-1042 alert\.close")


def raw_post(port, ident, at, forge):
    body = b'{"type":"x"}'
    sig = signature(KEY, ident, at, body + (b" " if forge else b""))
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nwebhook-id: {ident}\r\n"
                  f"webhook-timestamp: {at}\r\nwebhook-signature: {sig}\r\n"
                  f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                  .encode() + body)
        return int(s.recv(100).split()[1])


if __name__ == "__main__":
    lib.main()
