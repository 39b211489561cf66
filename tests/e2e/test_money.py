#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Money as a trader sees it: exit prices, what venues really paid, and the
arithmetic from the ledger to net, in text and in JSON."""
import contextlib
import datetime
import json
import sqlite3
from decimal import Decimal

import lib
from service import Service

ACCOUNTS = """\
  main: {profile: conservative, mode: live, venues: [lighter, grvt]}
"""
HOUR = 3600000


@contextlib.contextmanager
def database(t):
    db = sqlite3.connect(t.dir / "data" / "main.db", timeout=10,
                         isolation_level=None)
    try:
        yield db
    finally:
        db.close()


def query(t, sql, *args):
    with database(t) as db:
        return db.execute(sql, args).fetchall()


def opened(t, *more, ago="75h"):
    """A pair of 20000 USD and what it is called."""
    if not t.config_file.exists():
        t.config(accounts=ACCOUNTS)
    t.run("positions", "open", "--symbol", "BTC", "--long", "lighter",
          "--short", "grvt", "--size", "20000", "--entry-divergence",
          "0.000285", "--opened-at", ago, *more).expect()
    return query(t, "SELECT max(id) FROM positions")[0][0]


def settle(t, position, side, at, expected, **more):
    """A row of the ledger, as a poll books it."""
    row = dict(position=position, side=side, at=at, rate_8h="0.0001",
               pays_every_s=28800 if side == "short" else 3600,
               base="entry notional", amount_usd=expected, late=0,
               hypothetical=0)
    row.update(more)
    with database(t) as db:
        db.execute(f"INSERT INTO settlements ({', '.join(row)}) VALUES"
                   f" ({', '.join('?' * len(row))})", list(row.values()))


def shown(t, position=1):
    return t.run("positions", "show", position, "--json").expect().json()


def stamp(ms):
    return datetime.datetime.fromtimestamp(
        ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[
            :-3] + "Z"


def last_grid(every=8 * HOUR):
    """The newest settlement time of that rhythm that has passed."""
    now = int(datetime.datetime.now().timestamp() * 1000)
    return now - now % every


# ---- exit prices ----

def test_a_close_keeps_its_exit_prices_and_a_reopen_takes_all_back(t):
    opened(t, "--long-qty", "0.2", "--short-qty", "0.2", "--long-price",
           "100000", "--short-price", "100100")
    at = last_grid()
    t.run("positions", "close", "1", "-y", "--long-price", "101000",
          "--short-price", "101050").expect()
    assert query(t, "SELECT long_exit_price, short_exit_price"
                 " FROM positions") == [("101000", "101050")]
    # Booked by a poll after the close: had it been kept.
    settle(t, 1, "short", at, "2", hypothetical=1)
    settle(t, 1, "long", at, "-0.5", hypothetical=1)
    t.run("positions", "reopen", "1").expect()
    assert query(t, "SELECT long_exit_price, short_exit_price"
                 " FROM positions") == [(None, None)]
    assert query(t, "SELECT DISTINCT hypothetical FROM settlements") == [(0,)]
    assert query(t, "SELECT settled_usd, settlements, unknown"
                 " FROM funding") == [("1.5", 2, 0)]
    assert shown(t)["funding_usd"] == "1.5"


def test_exit_prices_come_in_twos_and_above_zero(t):
    opened(t)
    for more, says in ((("--long-price", "1"), "--short-price is missing"),
                       (("--long-price", "0", "--short-price", "1"),
                        "--long-price: .*above zero"),
                       (("--long-price", "1", "--short-price", "x"),
                        '--short-price "x"')):
        t.run("positions", "close", "1", "-y", *more).expect(
            2, r"\A\Z", says)
    assert query(t, "SELECT status FROM positions") == [("open",)]


if __name__ == "__main__":
    lib.main()
