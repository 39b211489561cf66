#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
The network faults, one test each. The pair on lighter must close, and does
as soon as its rates arrive; while the answer of lighter is faulty nothing
closes, the poll ends in its time, the reason is recorded and logged, and the
other pair goes on.
"""
import datetime
import email.utils
import gzip
import json
import socket
import sqlite3
import struct
import threading
import time

import lib
from service import Service
from sinks import Answer, free_port
from test_handoffs import Desk
from test_run import explained, import_pair, line, listed

RUN_ONCE = True		# a process of its own per poll, and much waiting
RATES = {"lighter": {"BTC": "0.0002"},
         "grvt": {"BTC": "0.0001", "ETH": "0.0001"}, "aster": {"ETH": "0.0002"}}
FAULTY = "/funding-rates/lighter"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BUDGET = 1.0		# seconds for all requests of a poll each 4 s


class Wire(Service):
    """wire[path prefix]: a function that has the connection to itself."""

    def __init__(self, rates):
        super().__init__(rates)
        self.wire = {}
        self.over = threading.Event()

    def close(self):
        self.over.set()
        super().close()

    def answer(self, handler):
        path = handler.path.removeprefix("/api/v1")
        for prefix, how in self.wire.items():
            if path.startswith(prefix):
                self.asked.append(path)
                handler.close_connection = True
                try:
                    how(self, handler)
                except OSError:		# the client had enough
                    pass
                return
        super().answer(handler)

    def hang(self):
        self.over.wait(30)


# status, action, and the divergence if the last poll knew it
STATE = """SELECT status, coalesce(action, 'hold'), iif(divergence_at = (SELECT
    max(at) FROM polls), divergence, NULL) FROM positions LEFT JOIN watches
    ON position = id ORDER BY id"""
BOOK = {}		# the imported pairs, made once


def given(t, more=""):
    service = Wire(RATES)
    t.config(service.url, "  main: {profile: conservative, mode: live, venues:"
             f" [{', '.join(RATES)}]}}\n", service=more)
    path = t.dir / "data/main.db"
    if "db" in BOOK:
        path.parent.mkdir(0o700)
        path.write_bytes(BOOK["db"])
        path.chmod(0o600)
        return service
    import_pair(t, {"entry_divergence_8h": "0.0001"},
                {"symbol": "ETH", "long_venue": "grvt",
                 "short_venue": "aster", "entry_divergence_8h": "0.0001"})
    BOOK["db"] = path.read_bytes()
    return service


def poll(t, code=0, **env):
    return t.run("run", "--once", "--every", "4s", env=env).expect(code)


def asked_of(t, sql):
    with sqlite3.connect(t.dir / "data/main.db") as db:
        return db.execute(sql).fetchall()


def took(t):
    return asked_of(t, "SELECT took_ms FROM polls ORDER BY seq DESC")[0][0] / 1000


def held(t, service, how, said, tries=4):
    """A poll with the fault."""
    service.wire = {FAULTY: how}
    service.asked.clear()
    p = poll(t)
    assert f'err="lighter rates: {said}' in p.err, (said, p.err)
    assert took(t) < BUDGET + 0.5 * lib.SLOW, took(t)
    asked = service.asked.count(FAULTY)
    assert 1 <= asked <= tries, asked	# no busy loop
    sick, well = asked_of(t, STATE)
    assert sick == ("open", "hold", None), sick
    assert well == ("open", "hold", "0.0003"), well	# per day: seen in this poll


def still_open(t, why="request failed"):
    assert {s for s, in asked_of(t, "SELECT status FROM positions")} == {"open"}
    flip = line(explained(t), "DIVERGENCE_FLIPPED")
    assert (flip["verdict"], flip["why"]) == ("unknown", why), flip


def closes(t, service, wire=None):
    """The next poll, without the fault: it alone held the close back."""
    still_open(t)
    service.wire = wire or {}
    poll(t)
    assert_closed(t)
    service.close()


def assert_closed(t):
    assert asked_of(t, "SELECT status, coalesce(reason, '') FROM positions "
                    "ORDER BY id") == [
        ("pending_close", "DIVERGENCE_FLIPPED"), ("open", "")]


def raw(data, then="close"):
    """Exactly these bytes, and how the connection ends."""
    def how(service, handler):
        handler.wfile.write(data)
        handler.wfile.flush()
        if then == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                          struct.pack("ii", 1, 0))
            handler.connection.close()
        elif then == "hang":
            service.hang()
    return how


def whole(service):
    return service.body(FAULTY).encode()


def length(n):
    return b"Content-Length: %d\r\n\r\n" % n


def status(code, *headers, body=b"{}", kind="application/json"):
    def how(_, handler):
        handler.wfile.write(
            f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nConnection: close"
            f"\r\n{''.join(h + chr(13) + chr(10) for h in headers)}".encode()
            + (length(len(body)) if code not in (204, 304) else b"\r\n")
            + body)
    return how


def test_n1_refused(t):
    """N-1 nobody listens: nothing closes, the poll says so and exits 5"""
    service = given(t)
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace(
        service.url, f"http://127.0.0.1:{free_port()}/api/v1"))
    p = poll(t, code=5)
    assert "cannot connect" in p.err, p.err
    t.config_file.write_text(text)
    closes(t, service)


def test_n2_black_hole(t):
    """N-2 connects vanish: the poll ends in time, nothing closes"""
    service = given(t)
    text = t.config_file.read_text()
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        waiting = [socket.socket() for _ in range(4)]	# its queue is full
        for s in waiting:
            s.setblocking(False)
            s.connect_ex(hole.getsockname())
        probe = socket.socket()
        probe.settimeout(0.2)
        if probe.connect_ex(hole.getsockname()) == 0:
            t.skip("this kernel lets a full queue connect")
        t.config_file.write_text(text.replace(
            service.url, f"http://127.0.0.1:{hole.getsockname()[1]}/api/v1"))
        p = poll(t, code=5)
        for s in (*waiting, probe):
            s.close()
    assert "before the deadline" in p.err or "timed out" in p.err, p.err
    assert 0.5 < took(t) < BUDGET + 0.5 * lib.SLOW, took(t)
    t.config_file.write_text(text)
    closes(t, service)


def test_n3_silence(t):
    """N-3 accepted, then silence: the poll ends in time, nothing closes"""
    service = given(t)
    held(t, service, raw(b"", "hang"), "")
    assert took(t) > 0.5
    closes(t, service)


def test_n4_drip(t):
    """N-4 a byte now and then: the poll ends in time, nothing closes"""
    def drip(service, handler):
        body = whole(service)
        handler.wfile.write(OK + length(len(body)))
        for i in range(len(body)):
            handler.wfile.write(body[i:i + 1])
            if service.over.wait(0.05):
                return

    service = given(t)
    held(t, service, drip, "")
    assert took(t) > 0.5
    closes(t, service)


def test_n5_reset(t):
    """N-5 reset in the middle of the body: nothing closes"""
    service = given(t)
    held(t, service, raw(OK + length(5000) + whole(service), "reset"),
         "connection reset")
    closes(t, service)


def test_n6_short_length(t):
    """N-6 less than announced, or announced less than sent: nothing closes"""
    service = given(t)
    body = whole(service)
    held(t, service, raw(OK + length(len(body) + 1) + body), "body cut short")
    held(t, service, raw(OK + length(len(body) - 1) + body), "$")
    closes(t, service)


def test_n7_no_length(t):
    """N-7 no length, closed early, no error on the wire: nothing closes"""
    service = given(t)
    body = whole(service)
    for cut in (1, len(body) // 2, len(body) - 1):
        held(t, service, raw(OK + b"\r\n" + body[:cut]), "$")
    closes(t, service, {FAULTY: raw(OK + b"\r\n" + body)})	# whole


def test_n8_cut_chunk(t):
    """N-8 a chunk is cut, its size is no number: nothing closes"""
    service = given(t)
    body = whole(service)
    head = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    held(t, service, raw(head + b"%x\r\n" % (len(body) + 9) + body),
         "body cut short")
    held(t, service, raw(head + b"%x\r\n" % len(body) + body + b"\r\n"),
         "body cut short")
    held(t, service, raw(head + b"zz\r\n" + body), "")
    closes(t, service)


def test_n9_endless_body(t):
    """N-9 a body without end: cut at the limit, nothing closes"""
    def endless(service, handler):
        handler.wfile.write(OK + b"\r\n" + whole(service)[:-1])
        while not service.over.is_set():
            handler.wfile.write(b" " * 65536)

    service = given(t)
    held(t, service, endless, "body larger than the limit")
    closes(t, service)


def test_n10_endless_headers(t):
    """N-10 headers without end, one header without end: nothing closes"""
    def headers(service, handler):
        handler.wfile.write(OK)
        while not service.over.is_set():
            handler.wfile.write(b"X: y\r\n" * 1000)

    def header(service, handler):
        handler.wfile.write(OK + b"X: ")
        while not service.over.is_set():
            handler.wfile.write(b"y" * 65536)

    service = given(t)
    held(t, service, headers, "headers larger than 64 KiB")
    held(t, service, header, "header too long")
    closes(t, service)


def test_n11_too_many_requests(t):
    """N-11 429 with Retry-After in both forms, 418: not before, no storm"""
    service = given(t)
    later = email.utils.formatdate(time.time() + 3600, usegmt=True)
    held(t, service, status(429, "Retry-After: 3600"), "HTTP 429", tries=1)
    held(t, service, status(429, f"Retry-After: {later}"), "HTTP 429", tries=1)
    held(t, service, status(418), "HTTP 418", tries=1)
    closes(t, service)


def test_n12_server_errors(t):
    """N-12 500, 502, 503 with a page: nothing closes"""
    service = given(t)
    for code in (500, 502, 503):
        held(t, service, status(code, body=b"<html>", kind="text/html"),
             f"HTTP {code}")
    closes(t, service)


def test_n13_a_page_instead(t):
    """N-13 200 with a page, with JSON of another type or none: nothing closes"""
    service = given(t)
    body = whole(service)
    held(t, service, status(200, body=b"<html>Log in", kind="text/html"),
         "not JSON: text/html", tries=1)
    held(t, service, status(200, body=b"<html>Log in"), "$", tries=1)
    held(t, service, status(200, body=body, kind="text/plain"),
         "not JSON: text/plain", tries=1)
    held(t, service, raw(b"HTTP/1.1 200 OK\r\n" + length(len(body)) + body),
         "not JSON: no content type", tries=1)
    held(t, service, status(511, body=b"<html>", kind="text/html"), "HTTP 511")
    closes(t, service)


def test_n14_encodings(t):
    """N-14 gzip bomb, damaged gzip, an encoding nobody asked: nothing closes"""
    service = given(t, "  gzip: true\n")
    body = gzip.compress(whole(service))
    bomb = gzip.compress(whole(service)[:-1] + b" " * (64 << 20))
    zipped = "Content-Encoding: gzip"
    held(t, service, status(200, zipped, body=bomb),
         "body larger than the limit", tries=1)
    held(t, service, status(200, zipped, body=body[:30] + b"x" + body[31:]),
         "")
    held(t, service, status(200, zipped, body=body[:-20]), "")
    held(t, service, status(200, "Content-Encoding: br", body=body), "")
    closes(t, service, {FAULTY: status(200, zipped, body=body)})	# whole


def test_n19_proxy_variables(t):
    """N-19 proxy variables of the environment are not looked at"""
    service = given(t)
    dead = f"http://127.0.0.1:{free_port()}"
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY",
             "HTTPS_PROXY", "ALL_PROXY")
    poll(t, **dict.fromkeys(names, dead))
    assert_closed(t)
    service.close()


def test_n20_nothing_inside(t):
    """N-20 204, 304 and 200 without a body: nothing closes"""
    service = given(t)
    held(t, service, status(204, body=b""), "HTTP 204", tries=1)
    held(t, service, status(304, body=b""), "HTTP 304", tries=1)
    held(t, service, status(200, body=b""), "$", tries=1)
    closes(t, service)


def test_n21_old_answers(t):
    """N-21 from a cache, twice, out of order: no new evidence, then stale"""
    def cached(body):
        return status(200, "Age: 900", "Date: Thu, 01 Jan 2026 00:00:00 GMT",
                      body=body)

    def verdict():
        assert all(r["status"] == "open" for r in listed(t)), listed(t)
        found = line(explained(t), "FLIPPED")
        return found["verdict"], found["why"]

    def bodies(age):
        service.now = lambda: start - datetime.timedelta(seconds=age)
        return {v: service.body(f"/funding-rates/{v}").encode()
                for v in ("lighter", "grvt")}

    service = given(t)
    t.config(service.url, "  main: {profile: twice, mode: live, venues: "
             f"[{', '.join(RATES)}]}}\n", more="profiles:\n  twice: "
             "{close: [FLIPPED: flip for 2 polls]}\n")
    start = service.now()
    stale, older, same = bodies(3600), bodies(30), bodies(0)
    poll(t)			# flipped, counted once
    for old in (same, older, same):
        service.wire = {f"/funding-rates/{v}": cached(b)
                        for v, b in old.items()}
        poll(t)
        assert verdict()[0] == "false", verdict()
    service.wire = {f"/funding-rates/{v}": cached(b)
                    for v, b in stale.items()}
    poll(t)
    assert verdict() == ("unknown", "stale"), verdict()
    bodies(-1)			# moved on by a second
    service.wire = {}
    poll(t)
    assert listed(t)[0]["reason"] == "FLIPPED", listed(t)
    service.close()


def test_n22_receivers(t):
    """N-22 a close is handed over again under one id; a slow one delays nothing"""
    desk = Desk(t, "webhook", source=False, close="secret: {env: CW_HOOK}, "
                f"url: 'http://127.0.0.1:{free_port()}/'")
    text = t.config_file.read_text()
    at = text.index("http://127.0.0.1:", text.index("CW_HOOK"))
    t.config_file.write_text(text[:at] + desk.hook.url + "/close"
                             + text[text.index("'", at):])
    import_pair(t, {"long_qty": "0.1", "short_qty": "0.1"})
    desk.once()
    desk.flip()
    desk.hook.answers = [Answer(0)] + [Answer(503)] * 5
    # Worked but lost, then hours of 503: it waits longer each time.
    for tries, pause in enumerate((5, 60, 300, 1800, 7200, 7200), 1):
        desk.once()
        (ms,), = desk.db("SELECT next_at - sent_at FROM handoffs")
        assert 0 <= ms - 1000 * pause < 1000 * lib.SLOW, (tries, ms)
        if pause > 5:
            desk.once()			# too soon
        assert len(desk.hook.requests) == tries, desk.hook.requests
        with sqlite3.connect(t.dir / "data/main.db") as db:
            db.execute("UPDATE handoffs SET next_at = 0")
    desk.hook.default = Answer(200, wait=2.5)
    m = desk.start("--every", "1s")
    t.wait(lambda: len(desk.hook.requests) == 7, "the slow receiver")
    since = m.mark()
    for _ in range(2):		# polls go on while it thinks
        m.wait_line('msg="poll"', since=since)
        since = m.mark()
    t.wait(lambda: desk.row()["state"] == "acknowledged", "its answer")
    assert m.stop() == 0
    keys = {r.headers["webhook-id"] for r in desk.hook.requests}
    assert keys == {desk.row()["key"]} and len(desk.hook.requests) == 7, keys
    assert desk.db("SELECT count(*) FROM decisions WHERE action = 'close'"
                   ) == [(1,)]
    assert {json.loads(r.body)["data"]["id"]
            for r in desk.hook.requests} == keys


if __name__ == "__main__":
    lib.main()
