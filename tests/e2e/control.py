# SPDX-License-Identifier: MIT
"""
The trading client's control API for tests, written from its description:
positions, balances and closes of one account, and every fault it can have.

    c = Control({"main": [pair("u1", "BTC", "lighter", "grvt")]})
    c.positions["main"]		what is held; change it at will
    c.errors["grvt"] = "down"	/balances says so for that exchange
    c.fault = "..."		for the next requests, see below; None: none
    c.closes			bodies of the close calls, (id, body)
    c.on_close			a function (id, body) -> what happens, default
				"close": work it, then answer success

What a close may do: "close", "defer" (success, but nothing happens), "wide",
"wide once" (until it is confirmed), "refuse" (403), "500", "503", "lost" (it
is worked, the answer never comes), "ignored" (no answer, nothing worked),
"slow" (worked and answered late; self.late seconds).

Faults of reads: "500", "503", "html", "cut", "lost", "vanished" (the account
is not in the answer), "no accounts", "no legs", "401", "403", "malformed".
"""
import http.server
import json
import socket
import threading
import time

KEY = "planted-control-key"


def leg(venue, side, quantity, mark="100.5", liquidation="50"):
    return {"dex": venue.upper(), "side": side, "quantity": float(quantity),
            "entry_price": 100.0, "mark_price": float(mark),
            "unrealized_pnl": 0.1, "funding_accrued": 0.25,
            "funding_apy": 1.0, "exposure_usd": 1000.0, "leverage": 2.0,
            "liquidation_price": float(liquidation)}


def pair(ident, symbol, long, short, size=1000.0, quantity="10",
         divergence=0.0001):
    return {"id": ident, "symbol": symbol, "long_dex": long,
            "short_dex": short, "size_usd": size, "age_hours": 30.0,
            "entry_divergence": divergence, "entry_divergence_apy": 10.95,
            "current_divergence": None, "current_divergence_apy": None,
            "profit_erosion_ratio": 1.0, "profit_erosion_pct": None,
            "net_pnl_usd": None, "cumulative_funding": 0,
            "legs": [leg(long, "long", quantity),
                     leg(short, "short", quantity, liquidation="150")],
            "opened_at": "2026-01-01T00:00:00", "last_check": None,
            "status": "open", "rebalance_pending": False,
            "rebalance_reason": None}


class Control:
    def __init__(self, positions=None):
        self.positions = positions or {"main": []}
        self.errors, self.fault, self.closes = {}, None, []
        self.on_close = lambda ident, body: "close"
        self.late, self.working, self.overlaps = 0.5, set(), []
        self.asked = []
        self.lock = threading.RLock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):		# pylint: disable=invalid-name
                outer.get(self)

            def do_POST(self):		# pylint: disable=invalid-name
                outer.post(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- answers ----

    @staticmethod
    def send(h, status, body, kind="application/json", cut=False):
        data = body if isinstance(body, bytes) else (
            body if isinstance(body, str) else json.dumps(body)).encode()
        h.send_response(status)
        h.send_header("content-type", kind)
        h.send_header("content-length", str(len(data)))
        h.end_headers()
        h.wfile.write(data[:len(data) // 2] if cut else data)
        if cut:
            h.close_connection = True

    @staticmethod
    def drop(h):
        h.close_connection = True
        h.connection.shutdown(socket.SHUT_RDWR)

    def allowed(self, h):
        given = h.headers.get("authorization", "").removeprefix("Bearer ") \
            or h.headers.get("x-api-key", "")
        if not given or self.fault == "401":
            self.send(h, 401, {"detail": "Missing API key. ..."})
        elif given != KEY:
            self.send(h, 401, {"detail": "Invalid or expired API key"})
        else:
            return True
        return False

    def get(self, h):
        with self.lock:
            self.asked.append(h.path)
            path, _, query = h.path.partition("?")
            if path == "/health":
                return self.send(h, 200, {"status": "ok"})
            if not self.allowed(h):
                return None
            return self.read(h, path, query.removeprefix("account_name="))

    def read(self, h, path, name):
        fault = self.fault
        if fault in ("500", "503"):
            return self.send(h, int(fault), {"detail": "no"})
        if fault == "403" or name not in self.positions:
            return self.send(h, 403, {"detail": f"Account '{name}' not found "
                                                "or not accessible"})
        if fault == "html":
            return self.send(h, 200, "<html>", "text/html")
        if fault == "lost":
            return self.drop(h)
        if path == "/api/v1/positions":
            return self.send(h, 200, self.book(name), cut=fault == "cut")
        if path == "/api/v1/balances":
            return self.send(h, 200, self.wallets(name))
        return self.send(h, 404, {"detail": "Not Found"})

    def book(self, name):
        rows = json.loads(json.dumps(self.positions[name]))
        for row in rows:
            if self.fault == "no legs":
                row["legs"] = []
            if self.fault == "malformed":
                row["size_usd"] = "much"
        account = {"account_name": name, "account_id": "a1",
                   "strategy": "funding_arbitrage", "positions": rows}
        if self.fault == "vanished":
            account["account_name"] = "other"
        accounts = [] if self.fault == "no accounts" else [account]
        return {"accounts": accounts, "user": "u", "is_admin": False}

    def wallets(self, name):
        venues = sorted({row[k] for row in self.positions[name]
                         for k in ("long_dex", "short_dex")})
        return {"accounts": [{
            "account_name": name, "account_id": "a1", "balances": [
                {"exchange": v, "error": self.errors.get(v),
                 "balance": None if v in self.errors else 500.25}
                for v in venues]}], "user": "u", "is_admin": False}

    # ---- closes ----

    def find(self, ident):
        for name, rows in self.positions.items():
            for row in rows:
                if row["id"] == ident:
                    return name, row
        return None, None

    def work(self, ident):
        name, row = self.find(ident)
        if row:
            self.positions[name].remove(row)

    def post(self, h):
        body = json.loads(h.rfile.read(int(h.headers["content-length"])))
        with self.lock:
            if not self.allowed(h):
                return None
            ident = h.path.split("/")[-2]
            if ident in self.working:
                self.overlaps.append(ident)
            self.closes.append((ident, body))
            how = self.on_close(ident, body)
            _, row = self.find(ident)
        return self.end(h, ident, row, body, how)

    def end(self, h, ident, row, body, how):
        success = {"success": True, "position_id": ident, "account_name":
                   "main", "order_type": body["order_type"], "message": "ok"}
        if how in ("500", "503"):
            return self.send(h, int(how), {
                "detail": "Error closing position: x" if how == "500" else
                "No strategy running"})
        if how == "ignored":
            return self.drop(h)
        if row is None or how == "refuse":
            return self.send(h, 403, {"detail": "Position not found or "
                                                "already closed"})
        if body["order_type"] not in ("market", "limit"):
            return self.send(h, 400, {"detail": "order_type"})
        if how == "wide" or (how == "wide once" and
                             not body["confirm_wide_spread"]):
            return self.send(h, 200, {
                "success": False, "wide_spread_warning": True,
                "spread_pct": 2.5, "bid": 99.0, "ask": 101.5,
                "exchange": row["short_dex"], "symbol": row["symbol"],
                "message": "spread"})
        if how == "defer":
            return self.send(h, 200, success)
        if how == "slow":
            self.working.add(ident)
            time.sleep(self.late)
            self.working.discard(ident)
        with self.lock:
            self.work(ident)
        if how == "lost":
            return self.drop(h)
        return self.send(h, 200, success)
