#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
N-17: servers whose TLS is wrong in one way each, before the funding service,
the trading client, a webhook that takes closes and a sink. Nothing is read
from them and nothing is sent to them, the pair is held, and the words say what
is wrong; with the good certificate in its place all goes on.
"""
import json
import re
import signal
import socket
import sqlite3
import ssl

import lib
from control import KEY, Control, pair
from service import Service
from sinks import Sink
from test_control import FLIPPED, PROFILE, RATES
from test_sinks import KEY as HOOK_KEY
from tls import FUTURE, LONG_AGO, PAST, Authority, Tls, secure

RUN_ONCE = True		# the programs are the same; handshakes are slow there
PATIENT = PROFILE.replace("poll_interval: 1s", "poll_interval: 40s")


class Desk:
    """Everything a live account talks to, each behind the same TLS."""

    def __init__(self, t, network=None):
        self.t, self.ca = t, Authority(t)
        self.good = self.ca.issue("good")
        self.tls = Tls(self.good)		# service and trading client
        self.out = Tls(self.good)		# webhook and sink
        self.control = Control({"main": [pair("u-1", "BTC", "lighter",
                                              "grvt")]})
        self.service, self.hook, self.phone = Service(RATES), Sink(), Sink()
        for one, tls in ((self.service, self.tls), (self.control, self.tls),
                         (self.hook, self.out), (self.phone, self.out)):
            one.drop = secure(one.server, tls)
            one.url = one.url.replace("http:", "https:")
        self.env = {"CW_CONTROL": KEY, "CW_HOOK": HOOK_KEY, "CW_TOKEN": "1:x"}
        self.configure(f"{{ca_file: {self.ca.file}}}"
                       if network is None else network)

    def configure(self, network):
        self.t.config(
            self.service.url,
            "  main: {profile: plain, mode: live, venues: [lighter, grvt], "
            "positions: {control_api: {account: main, key: {env: CW_CONTROL}"
            f", url: '{self.control.url}'}}}}, on_close: webhook, close: "
            f"{{url: '{self.hook.url}', secret: {{env: CW_HOOK}}}}, "
            "alerts: {sinks: [phone]}}\n",
            more=PATIENT + f"network: {network}\nsinks:\n  phone: {{type: "
            "telegram, token: {env: CW_TOKEN}, chat_id: 7, api: "
            f"'{self.phone.url}'}}\n")

    def once(self, code=0):
        return self.t.run("run", "--once", env=self.env).expect(code)

    def row(self):
        row, = self.t.run("positions", "list", "--json").json()
        return row

    def db(self, sql):
        with sqlite3.connect(self.t.dir / "data/main.db") as db:
            return db.execute(sql).fetchall()

    def flip(self):
        self.service.rates = Service(FLIPPED).rates

    def close(self):
        for one in (self.service, self.control, self.hook, self.phone):
            one.close()


def begin(t):
    """A pair that is watched over good TLS; then the rates turn."""
    desk = Desk(t)
    desk.once()
    assert desk.row()["action"] == "hold", desk.row()
    desk.flip()
    return desk


def said(desk, tables=("handoffs", "deliveries")):
    """What the database keeps of failed requests."""
    found = []
    for table in tables:
        for row in desk.db(f"SELECT * FROM {table}"):
            found += [s for s in row if isinstance(s, str)]
    return "\n".join(found)


def refused(t, words, change):
    """`change(desk, tls)` makes a Tls bad; all four clients refuse it."""
    desk = begin(t)
    asked, books = len(desk.service.asked), len(desk.control.asked)
    change(desk, desk.tls)
    p = desk.once(5)
    assert re.search(words, p.err), p
    assert re.search("trading client: " + words, p.err), p
    assert len(desk.service.asked) == asked, desk.service.asked
    assert len(desk.control.asked) == books, desk.control.asked
    assert desk.row()["action"] == "hold", desk.row()
    assert desk.hook.requests == []
    # Rates arrive again, the close is decided; who shall hear of it is bad.
    desk.tls.use(desk.good)
    change(desk, desk.out)
    phoned = len(desk.phone.requests)
    desk.once()
    assert desk.row()["action"] == "close", desk.row()
    assert desk.hook.requests == [] and len(desk.phone.requests) == phoned
    assert len(re.findall(words, said(desk, ["handoffs"]))) > 0, said(desk)
    p = t.run("alerts", "test", env=desk.env).expect(1)
    assert re.search("FAILED: .*" + words, p.out), p
    # The good one again: what waited goes out, once.
    desk.out.use(desk.good)
    desk.db("UPDATE handoffs SET next_at = 0")
    desk.once()
    assert len(desk.hook.requests) == 1, desk.hook.requests
    assert json.loads(desk.hook.requests[0].body)["type"] == "position.close"
    t.run("alerts", "test", env=desk.env).expect(0)
    desk.close()


def test_good_certificate(t):
    """a certificate of the authority in network.ca_file: all four are used"""
    desk = begin(t)
    desk.once()
    assert desk.row()["action"] == "close"
    assert len(desk.hook.requests) == 1 and desk.phone.requests
    assert desk.control.asked and desk.service.asked
    desk.close()


def test_expired(t):
    """an expired certificate is refused by every client"""
    refused(t, "TLS: the certificate has expired", lambda d, tls: tls.use(
        d.ca.issue(f"old{id(tls)}", since=LONG_AGO, until=PAST)))


def test_not_yet_valid(t):
    """a certificate of the future is refused by every client"""
    refused(t, "TLS: the certificate is not valid yet", lambda d, tls: tls.use(
        d.ca.issue(f"new{id(tls)}", since=FUTURE)))


def test_wrong_host(t):
    """a certificate for another host is refused by every client"""
    refused(t, "TLS: the certificate is for another host",
            lambda d, tls: tls.use(d.ca.issue(
                f"other{id(tls)}", hosts="DNS:rates.example,IP:127.0.0.2")))


def test_self_signed(t):
    """a self-signed certificate is refused by every client"""
    refused(t, "TLS: the certificate is self-signed",
            lambda d, tls: tls.use(d.ca.self_signed(f"self{id(tls)}")))


def test_unknown_authority(t):
    """a certificate of an unknown authority is refused by every client"""
    refused(t, "TLS: the certificate's authority is not known",
            lambda d, tls: tls.use(Authority(t, f"ca{id(tls)}").issue("x")))


def test_weak_key(t):
    """a certificate with a key of 1024 bits is refused by every client"""
    refused(t, "TLS: the certificate's key is too weak",
            lambda d, tls: tls.use(
                d.ca.issue(f"weak{id(tls)}", bits=1024),
                ciphers="DEFAULT@SECLEVEL=0"))


def test_old_protocol(t):
    """a server that speaks TLS 1.1 at best is refused by every client"""
    refused(t, "TLS: the server offers only an old TLS",
            lambda d, tls: tls.use(d.good, most=ssl.TLSVersion.TLSv1_1,
                                   ciphers="DEFAULT@SECLEVEL=0"))


def test_null_cipher(t):
    """a server that offers no encryption is refused by every client"""
    refused(t, "TLS: no safe TLS cipher in common",
            lambda d, tls: tls.use(d.good, most=ssl.TLSVersion.TLSv1_2,
                                   ciphers="NULL-SHA256:@SECLEVEL=0"))


def test_truncated(t):
    """a body cut short, without TLS's own end, is no body"""
    desk = begin(t)
    handler = desk.service.server.RequestHandlerClass

    def cut(h):
        body = desk.service.body(h.path.removeprefix("/api/v1").split("?")[0])
        body = body[:len(body) // 2]
        h.send_response(200)		# no length: only the end says it
        h.send_header("content-type", "application/json")
        h.send_header("connection", "close")
        h.end_headers()
        h.wfile.write(body.encode())
        h.close_connection = True
        h.connection.shutdown(socket.SHUT_RDWR)

    whole, handler.do_GET = handler.do_GET, cut
    p = desk.once(5)
    assert re.search('msg="service trouble" .*err="', p.err), p
    assert desk.row()["action"] == "hold"
    handler.do_GET = whole
    desk.once()
    assert desk.row()["action"] == "close"
    desk.close()


def test_rotated_between_polls(t):
    """a running monitor: good, then a bad certificate, then a new good one"""
    desk = begin(t)
    m = t.monitor("main", env=desk.env)

    def poll(pattern):
        mark = m.mark()
        m.send(signal.SIGUSR1)
        return m.wait_line(pattern, since=mark)

    m.wait_line('msg="poll" .*result=ok')
    assert desk.row()["status"] == "pending_close"
    t.wait(lambda: desk.hook.requests, "the close at the receiver")
    desk.tls.use(desk.ca.issue("stale", until=PAST))
    # Connections that are open stay good; the next ones are not.
    desk.service.drop()
    desk.control.drop()
    poll('msg="service trouble" .*the certificate has expired')
    desk.tls.use(desk.ca.issue("moved", hosts="DNS:rates.example"))
    poll('msg="service trouble" .*the certificate is for another host')
    asked = len(desk.service.asked)
    desk.tls.use(desk.ca.issue("renewed"))
    poll('msg="poll" .*result=ok')
    assert len(desk.service.asked) > asked
    assert m.stop() == 0
    assert len(desk.hook.requests) == 1, desk.hook.requests
    desk.close()


def test_system_store(t):
    """without ca_file the system's authorities count, the test's do not"""
    desk = Desk(t, network="{}")
    p = desk.once(5)
    assert "TLS: the certificate's authority is not known" in p.err, p
    desk.configure(f"{{ca_file: {desk.ca.file}}}")
    desk.once()
    desk.ca.file.chmod(0o666)
    desk.once(78).expect(78, err="ca_file: .* can be written by others")
    desk.close()


if __name__ == "__main__":
    lib.main()
