# SPDX-License-Identifier: MIT
"""
The picture of tools/demo: a caption for what the market is doing, the list
as `positions list` draws it, the latest decisions. Off a terminal: plain
lines, each caption once.
"""
import datetime
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
import textwrap
from decimal import Decimal

BOLD, DIM, PLAIN = "\033[1m", "\033[2m", "\033[0m"


def usd(text):
    return f"{Decimal(text):+.2f} USD"


# ---- captions: (from hour, to hour, function of the demo -> text or None) ----

def opening(demo):
    return ("Six pairs were imported. The demo's profile has more exits than "
            "steady, so that each is seen. Rates are per 8 h; KEPT is what is "
            "left of the divergence at entry.")


def settlement(demo):
    rows = demo.query(
        "SELECT s.at, p.symbol, s.side, s.amount_usd, s.pays_every_s FROM "
        "settlements s JOIN positions p ON p.id = s.position WHERE "
        "s.amount_usd NOT LIKE '?%' AND NOT s.hypothetical ORDER BY s.at DESC, p.symbol LIMIT 3")
    if not rows:
        return None
    told = ", ".join(f"{s} {side} {usd(a)}" for _, s, side, a, _ in rows)
    return (f"{clock(rows[0][0])} settlement booked, each leg with its sign: "
            f"{told}. Nothing is booked pro rata.")


def flip(demo):
    row = demo.position("ETH")
    ours = row and row["divergence_8h"]
    if not ours or Decimal(ours) >= 0:
        return None
    compare = demo.get("/funding-rates/compare?symbol=ETH&dex1=hyperliquid"
                       "&dex2=aster")
    return (f"ETH flipped: our signed divergence is {ours}, while the service's "
            f"/compare says {compare['divergence']} (it drops the sign). The "
            "profile alerts now and closes if it stays so for 8 h.")


def fault(demo):
    unknown = [r["symbol"] for r in demo.ask("positions", "list")
               if r["divergence_8h"] is None]
    if not unknown:
        return None
    return ("The service answers 500 for rates and an empty list with 200. "
            f"{len(unknown)} pairs are UNKNOWN (~ marks old numbers): "
            f"nothing closes on that.")


def recovery(demo):
    row = demo.position("ETH")
    if not row or row["divergence_8h"] is None:
        return None
    line, _ = demo.line_of(row, "DIVERGENCE_FLIPPED")
    streak = ((line or {}).get("streaks") or [{}])[0]
    since = streak.get("since")
    return ("The service is back. ETH's streak went on over the gap: negative "
            f"since {since[11:16] if since else '?'}, "
            f"{row['age_hours']} h old; no pair was closed.")


def flip_closed(demo):
    row = demo.position("ETH")
    if not row or row["status"] != "closed":
        return None
    return ("ETH was negative for 8 h at every known poll: closed, "
            f"{row['reason']}, by simulated fills; funding {usd(row['funding_usd'])}, "
            f"fees {row['fees_usd']} USD.")


def better(demo):
    row = demo.position("SOL")
    if not row:
        return None
    line, explained = demo.line_of(row, "BETTER_OPPORTUNITY")
    inputs = {i["name"]: i["value"] for r in explained["lines"]
              for i in r["inputs"]}
    new, now, cost = (inputs.get(k) for k in (
        "alternative_divergence", "divergence", "alternative_cost"))
    if None in (line, new, now, cost) or row["status"] == "closed":
        return better_taken(row)
    size = Decimal(row["size_usd"])
    gain = (Decimal(new) - Decimal(now)) * size
    need = Decimal("0.002") * size
    net = gain - Decimal(cost) * size
    verdict = "refused" if net <= need else "worth it, once it lasts 1 h"
    return (f"A better pair for SOL: ({new} - {now}) a day x {size:f} USD = "
            f"{gain:.2f}, less cost {Decimal(cost) * size:.2f} = {net:.2f} USD a "
            f"day; needed: more than {need:.2f}. So: {verdict}.")


def better_taken(row):
    if row["status"] != "closed":
        return None
    return (f"SOL changed to the better pair: closed with {row['reason']}; the "
            "entry policy opens what the market offers now.")


def spike(demo):
    row = demo.position("XRP")
    if not row or not row["divergence_8h"]:
        return None
    if Decimal(row["divergence_8h"]) >= 0:
        return None
    return (f"A spike: XRP pays, {row['divergence_8h']} per 8 h. conservative "
            "closes on any flip; this one only alerts and holds: "
            f"action {row['action']}, status {row['status']}.")


def spike_over(demo):
    row = demo.position("XRP")
    if not row or row["status"] != "open" or not row["divergence_8h"]:
        return None
    return (f"The spike is over after 50 minutes: XRP earns {row['divergence_8h']} "
            "per 8 h again and was never closed. Round trip saved: "
            f"{Decimal(row['size_usd']) * Decimal('0.0008'):.2f} USD.")


def age(demo):
    row = demo.position("LINK")
    if not row or row["status"] != "closed":
        return None
    return (f"LINK is a week old: closed with {row['reason']} after "
            f"{row['age_hours']} h; funding {usd(row['funding_usd'])}.")


def killed(demo):
    if "while" not in demo.killed:
        return None
    before, now = demo.killed["before"], demo.counts()
    doubled = demo.query("SELECT count(*) - count(DISTINCT position || side || at)"
                         " FROM settlements")[0][0]
    return (f"The monitor (pid {demo.killed['pid']}) was killed with -9 at poll "
            f"{before[0]} and started again: poll {now[0]}, {before[1]} to "
            f"{now[1]} positions, {before[2]} to {now[2]} decisions, {doubled} "
            "settlements booked twice.")


def tail(demo):
    return ("The last hours: hourly, 4 h and 8 h venues settle on their own "
            "schedules; NEXT shows the coming cash flow with its sign.")


SCENES = [
    (0, 1, opening), (1, 2.2, settlement), (2.2, 5, flip), (5, 7, fault),
    (7, 8, recovery), (8, 10, settlement), (10, 11.6, flip_closed),
    (11.6, 17, better), (18, 19, age), (19, 20, spike), (20, 22.5, spike_over),
    (22.5, 23, settlement), (23, 26, killed), (26, 31, tail),
]


def clock(ms):
    t = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return t.strftime("%H:%M")


class Screen:
    def __init__(self, hours, speed):
        self.tty = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self.color = self.tty and not os.environ.get("NO_COLOR")
        self.hours, self.speed = hours, speed
        self.told, self.decided, self.caption = set(), set(), ""
        self.open = False

    def scene(self, demo):
        at = demo.hours()
        for first, last, function in SCENES:
            if first <= at < last:
                text = function(demo)
                if text:
                    return (first, function.__name__), text
        return None, ""

    def draw(self, demo):
        key, text = self.scene(demo)
        self.caption = text or self.caption
        if self.tty:
            self.picture(demo)
        else:
            self.lines(demo, key, text)

    def note(self, demo, text):
        if self.tty:
            self.caption = f"The monitor is killed: {text} ..."
            self.picture(demo)
        else:
            print(f"[{self.when(demo)}] the monitor is killed: {text}",
                  flush=True)

    def when(self, demo):
        at = min(demo.hours(), self.hours)
        return f"{int(at):02d}:{int(at * 60) % 60:02d}"

    # ---- plain ----

    def lines(self, demo, key, text):
        if key and key not in self.told:
            self.told.add(key)
            print(f"[{self.when(demo)}] {text}", flush=True)
        for d in reversed(demo.ask("decisions", "list", "--limit", "8")):
            if d["id"] not in self.decided:
                self.decided.add(d["id"])
                print(f"[{self.when(demo)}]   #{d['position']} "
                      f"{d['before']} -> {d['action']}: {d['text']}", flush=True)

    # ---- drawn ----

    def picture(self, demo):
        size = shutil.get_terminal_size((100, 30))
        width = min(size.columns, 160)
        head = (f"carrywatch demo   market time +{self.when(demo)} of "
                f"{self.hours}:00   poll {demo.seen}   simulated, dry-run, "
                "profile demo")
        out = [self.bold(head[:width]), ""]
        wrapped = textwrap.wrap(self.caption, width - 2)[:4]
        out += [" " + self.bold(s) for s in wrapped] + [""] * (5 - len(wrapped))
        out += self.table(demo, width)
        out += ["", self.dim("Latest decisions")]
        room = max(3, size.lines - len(out) - 2)
        for d in demo.ask("decisions", "list", "--limit", str(min(8, room))):
            out.append(f" {d['at'][11:16]}  #{d['position']:<3}{d['text']}"
                       [:width])
        if not self.open:
            sys.stdout.write("\033[?25l\033[2J")
            self.open = True
        text = "".join(s + "\033[K\n" for s in out[:size.lines - 1])
        sys.stdout.write("\033[H" + text + "\033[J")
        sys.stdout.flush()

    def table(self, demo, width):
        """positions list as a person sees it on a terminal of this width."""
        argv = [*demo.command, "positions", "list"]
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 50, width, 0, 0))
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=slave,
                              stderr=subprocess.DEVNULL) as p:
            os.close(slave)
            data = b""
            while True:
                try:
                    got = os.read(master, 65536)
                except OSError:
                    break
                if not got:
                    break
                data += got
            p.wait()
        os.close(master)
        return data.decode(errors="replace").replace("\r", "").rstrip().split("\n")

    def bold(self, s):
        return f"{BOLD}{s}{PLAIN}" if self.color else s

    def dim(self, s):
        return f"{DIM}{s}{PLAIN}" if self.color else s

    def end(self):
        if self.open:
            sys.stdout.write("\033[?25h\n")
            self.open = False
        sys.stdout.flush()
