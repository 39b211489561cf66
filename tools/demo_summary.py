# SPDX-License-Identifier: MIT
"""
What a run earned, straight from its database and exact: the pairs, the cash
of their settlements, their fees, and beside it the same pairs never closed.
"""
import collections
import sqlite3
from decimal import Decimal, localcontext


def read(path):
    """Positions and settlements as rows of (column: value)."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as db:
        db.row_factory = sqlite3.Row
        return (db.execute("SELECT * FROM positions ORDER BY id").fetchall(),
                db.execute("SELECT * FROM settlements").fetchall(),
                db.execute("SELECT count(*), min(at), max(at) FROM polls")
                .fetchone())


def known(text):
    return text is not None and not text.startswith("?")


def totals(path):
    """The numbers of the summary by name."""
    positions, settlements, polls = read(path)
    with localcontext() as context:
        context.prec = 60
        booked = [s for s in settlements if not s["hypothetical"]]
        t = {
            "polls": polls[0], "from": polls[1], "until": polls[2],
            "opened": len(positions),
            "closed": collections.Counter(
                p["reason"] for p in positions if p["status"] == "closed"),
            "unknown": sum(not known(s["amount_usd"]) for s in booked),
            "before": sum(not known(s["amount_usd"]) and s["at"] < polls[1]
                          for s in booked) if polls[1] else 0,
            "settlements": len(booked),
            "funding": sum((Decimal(s["amount_usd"]) for s in booked
                            if known(s["amount_usd"])), Decimal(0)),
            "held_funding": sum((Decimal(s["amount_usd"]) for s in settlements
                                 if known(s["amount_usd"])), Decimal(0)),
            "fees": sum((Decimal(p["fees_usd"]) for p in positions),
                        Decimal(0)),
        }
    return t


def not_counted(t):
    """Why some settlements are in no sum."""
    before, rest = t["before"], t["unknown"] - t["before"]
    lines = []
    if before:
        lines += [f"{before} of {t['settlements']} settlements were before the "
                  "first poll, when nobody watched: unknown,",
                  "not counted, until positions funding import says what they "
                  "paid."]
    if rest:
        lines.append(f"{rest} of {t['settlements']} settlements fell into "
                     "times without data: unknown, not counted.")
    return lines


def summary(path):
    """Lines for people."""
    t = totals(path)
    hours = ((t["until"] or 0) - (t["from"] or 0)) / 3600000
    closed = ", ".join(f"{n} {r}" for r, n in t["closed"].most_common())
    still = t["opened"] - sum(t["closed"].values())
    row = "  {:<14}{:>12}{:>12}{:>12}"
    lines = [
        f"{t['polls']} polls over {hours:.1f} market hours; {t['opened']} "
        f"pair{'' if t['opened'] == 1 else 's'} opened, {sum(t['closed'].values())} closed"
        + (f": {closed}" if closed else "")
        + (f"; {still} still open" if still else ""), "",
        row.format("USD", "funding", "fees", "net"),
        row.format("as decided", f"{t['funding']:+.2f}", f"{-t['fees']:+.2f}",
                   f"{t['funding'] - t['fees']:+.2f}"),
        row.format("hold-through", f"{t['held_funding']:+.2f}",
                   f"{-t['fees']:+.2f}",
                   f"{t['held_funding'] - t['fees']:+.2f}"), "",
        "Net: price not included. Hold-through: the same pairs at the same costs, "
        "held on for up to", "7 days after each close."]
    lines += not_counted(t)
    return lines
