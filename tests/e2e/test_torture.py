#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
kill -9 during polls, hand-offs and acknowledgements, with a receiver that
loses one answer in five and answers late one time in ten: every committed
close arrives, none under two ids, none is sent to the trading client while a
sent one may be working. 100 kills (CW_KILLS); the seed is printed.
"""
import collections
import json
import os
import random
import signal
import sqlite3
import time

import lib
from control import pair
from sinks import Answer
from test_handoffs import Desk
from test_run import import_pair

LONG_SANITIZED = True
KILLS = int(os.environ.get("CW_KILLS", "100"))
SEED = int(os.environ.get("CW_SEED", "0")) or random.SystemRandom().randrange(
    1, 1 << 31)
MANY = "max_at_once: 1000, max_share: 100%"
OPEN = 4				# pairs that are there at any time


def seeded(salt):
    print(f"#! seed {SEED} (CW_SEED), {KILLS} kills (CW_KILLS)", flush=True)
    return random.Random(f"{SEED} {salt}")


def kill_again_and_again(t, desk, rng, kills, between):
    """
    Start, kill at a random moment; how far each one came. A busy machine gets
    less done between two kills: it gets more of them, up to thrice as many.
    """
    desk.service.server.handle_error = lambda *_: None	# of the killed
    last = collections.Counter()
    for number in range(kills * 3):
        if number >= kills and len(desk.rows()) > kills / 20:
            break
        between(number)
        m = desk.start()
        if rng.random() < 0.8:
            m.wait_line('msg="(started|poll)"')
        time.sleep(rng.choice((0.02, 0.06, 0.2, 0.5)) * rng.random()
                   * min(lib.SLOW, 2))
        m.send(signal.SIGKILL)
        m.wait()
        words = [x.split('msg="')[1].split('"')[0]
                 for x in m.text("err").splitlines() if 'msg="' in x]
        last[words[-1] if words else "nothing"] += 1
    print(f"# {sum(last.values())} kills, last words {dict(last)}")


def test_the_trading_client(t):
    """kills with the trading client: none lost, none doubled"""
    rng = seeded("control")
    desk = Desk(t, pairs=[], close=MANY)
    made = []

    def refill(_):
        held = desk.control.positions["main"]
        while len(held) < OPEN:
            made.append(f"u-{len(made)}")
            held.append(pair(made[-1], "BTC", "lighter", "grvt"))

    def answer(_ident, _body):
        chance = rng.random()
        if chance < 0.2:
            return "lost" if rng.random() < 0.7 else "ignored"
        return "slow" if chance < 0.3 else "close"

    desk.control.on_close, desk.control.late = answer, 0.6
    desk.phone.answer = lambda _: Answer(0 if rng.random() < 0.2 else 200)
    desk.flip()
    kill_again_and_again(t, desk, rng, KILLS, refill)
    desk.control.on_close = lambda ident, body: "close"
    m = desk.start()
    t.wait(lambda: desk.rows() and not desk.control.positions["main"],
           "the last closes", 90)
    t.wait(lambda: {r["state"] for r in desk.rows()} == {"confirmed"},
           "their confirmation", 60)
    assert m.stop() == 0
    check_closes(desk, made)
    desk.phone.answer = None
    empty_outbox(desk)
    check_messages(desk)


def check_closes(desk, made):
    rows = desk.rows()
    assert not desk.control.overlaps, desk.control.overlaps
    sent = collections.Counter(ident for ident, _ in desk.control.closes)
    again = sum(n > 1 for n in sent.values())
    print(f"# {len(rows)} closes decided, {len(desk.control.closes)} sent, "
          f"{again} of them again after they had settled")
    assert len(rows) == len({r["key"] for r in rows}) == len(
        {r["position"] for r in rows})
    known = dict(desk.db("SELECT id, external_id FROM positions"))
    for r in rows:
        assert sent[known[r["position"]]] >= 1, r
    assert set(known.values()) <= set(made)
    assert len(rows) > KILLS / 20


def waiting(desk):
    return desk.db("SELECT count(*) FROM deliveries WHERE state IN "
                   "('queued', 'sent')")[0][0]


def empty_outbox(desk):
    """One poll after the other, without the pauses between tries."""
    for _ in range(waiting(desk) + 20):	# each sends one at least
        with sqlite3.connect(desk.t.dir / "data/main.db") as db:
            db.execute("UPDATE deliveries SET next_at = 0 "
                       "WHERE state = 'queued'")
        desk.once()
        if not waiting(desk):
            return
    raise AssertionError(f"{waiting(desk)} messages stay")


def check_messages(desk):
    """Each message that was not replaced was delivered, under one id."""
    left = desk.db("SELECT state, count(*) FROM deliveries GROUP BY state")
    assert set(dict(left)) <= {"delivered", "dropped"}, left
    titles = collections.Counter(json.loads(r.body)["text"].split("\n")[0]
                                 for r in desk.phone.requests)
    closes = [x for x in titles if x.startswith("<b>CLOSE main/")]
    assert len(closes) >= len(desk.rows()) * 0.9, titles


def test_a_webhook(t):
    """kills with a webhook: each close arrives under one id"""
    rng = seeded("webhook")
    desk = Desk(t, "webhook", source=False,
                close=f"{MANY}, secret: {{env: CW_HOOK}}, url: 'http://x'")
    text = t.config_file.read_text()
    t.config_file.write_text(text.replace("http://x", desk.hook.url))
    desk.flip()

    def more(number):
        if number % 5 == 0:
            import_pair(t, {"external_id": f"h-{number}"})

    def answer(_request):
        chance = rng.random()
        return Answer(0 if chance < 0.2 else 503 if chance < 0.3 else 204,
                      wait=0.3 if rng.random() < 0.1 else 0)

    desk.hook.answer = answer
    kill_again_and_again(t, desk, rng, KILLS // 4, more)
    desk.hook.answer = lambda _: Answer(204)
    m = desk.start()

    def all_taken():
        with_db = desk.db("SELECT count(*) FROM handoffs WHERE state <> "
                          "'acknowledged'")
        return with_db == [(0,)]
    # What waits for its next try in an hour is asked to go now.
    for row in desk.rows():
        if row["state"] == "queued":
            t.run("handoffs", "retry", row["id"], "-y")
    t.wait(all_taken, "the last ones", 40)
    assert m.stop() == 0
    seen = collections.defaultdict(set)
    for r in desk.hook.requests:
        body = json.loads(r.body)["data"]
        assert body["id"] == r.headers["webhook-id"]
        seen[body["position"]].add(body["id"])
    decided = {r["position"]: r["key"] for r in desk.rows()}
    assert {p: {k} for p, k in decided.items()} == dict(seen)
    print(f"# {len(decided)} closes, {len(desk.hook.requests)} messages")


if __name__ == "__main__":
    lib.main()
