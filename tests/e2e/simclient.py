# SPDX-License-Identifier: MIT
"""Asking a running ratesim, for the tests of ratesim itself."""
import datetime
import http.client
import json
import re
import socket
import time
from decimal import Decimal

import lib

SEED = 20261120
NOON = "2026-11-20T12:00:00Z"


def utc(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def stamp(offset=0.0):
    """Wall time as --clock wants it."""
    at = datetime.datetime.fromtimestamp(time.time() + offset,
                                         datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def clock(origin=NOON, speed=1):
    return "--clock", f"{origin},{stamp()},{speed}"


def connect(sim, seconds=20):
    return http.client.HTTPConnection("127.0.0.1", sim.port,
                                      timeout=seconds * lib.SLOW)


def fetch(sim, path, method="GET"):
    """Status, headers and body of a path below /api/v1 (or //path)."""
    c = connect(sim)
    try:
        c.request(method, path[1:] if path.startswith("//")
                  else "/api/v1" + path)
        r = c.getresponse()
        return r.status, dict(r.getheaders()), r.read()
    finally:
        c.close()


def answer(sim, path):
    """The parsed body of a 200; numbers as they are written."""
    status, headers, body = fetch(sim, path)
    assert status == 200, (path, status, body[:300])
    assert headers["content-type"] == "application/json", headers
    return json.loads(body)


def exact(sim, path):
    return json.loads(fetch(sim, path)[2], parse_float=Decimal)


def refused(sim, path, status, detail):
    got = fetch(sim, path)
    assert got[0] == status, (path, got)
    assert json.loads(got[2])["detail"] == detail, (path, got)


def capture(t, name):
    data = t.shared(f"service/captures/{name}.http").read_bytes()
    head, body = data.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), head.decode(), body


def alike(mine, theirs, where):
    """Same keys in the same order and same types; null matches any."""
    if mine is None or theirs is None:
        return
    assert type(mine) is type(theirs), (where, mine, theirs)
    if isinstance(mine, dict):
        assert list(mine) == list(theirs), (where, list(mine), list(theirs))
        for k in mine:
            alike(mine[k], theirs[k], f"{where}.{k}")
    elif isinstance(mine, list) and mine and theirs:
        for m in mine:
            alike(m, theirs[0], f"{where}[]")
    elif isinstance(mine, str) and re.match(r"20\d\d-", theirs):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?",
                            mine), (where, mine)


def raw(sim, request, seconds=20):
    """All bytes the service sends back until it closes."""
    with socket.create_connection(("127.0.0.1", sim.port),
                                  timeout=seconds * lib.SLOW) as s:
        s.sendall(request)
        parts = []
        while True:
            part = s.recv(65536)
            if not part:
                return b"".join(parts)
            parts.append(part)
