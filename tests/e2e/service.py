# SPDX-License-Identifier: MIT
"""
A funding-rate service whose every answer the test sets: rates as number
texts, timestamps as ages. It answers the routes the monitor uses in the
shapes of the real one, on a free loopback port, and remembers what was asked.
"""
import datetime
import http.server
import json
import threading

UTC = datetime.timezone.utc


def naive(t):
    return t.astimezone(UTC).replace(tzinfo=None).isoformat()


class Quote:
    def __init__(self, rate, age=5, next_funding=None, oi="1000000",
                 volume="5000000"):
        self.rate, self.age, self.next = rate, age, next_funding
        self.oi, self.volume = oi, volume


class Service:
    """rates[venue][symbol] = Quote; override[path prefix] = (status, type, body)."""

    def __init__(self, rates):
        self.rates = {v: {s: q if isinstance(q, Quote) else Quote(q)
                          for s, q in row.items()} for v, row in rates.items()}
        self.inactive = set()
        self.opportunities = []
        self.override = {}
        self.asked = []
        self.now = lambda: datetime.datetime.now(UTC)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):		# pylint: disable=invalid-name
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/api/v1"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler):
        path = handler.path.removeprefix("/api/v1")
        self.asked.append(path)
        status, kind, body = 200, "application/json", None
        for prefix, how in self.override.items():
            if path.startswith(prefix):
                status, kind, body = how
        if body is None:
            body = self.body(path.split("?")[0])
        if body is None:
            status, body = 404, '{"detail":"Not Found"}'
        data = body if isinstance(body, bytes) else body.encode()
        handler.send_response(status)
        handler.send_header("content-type", kind)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def body(self, path):
        if path == "/dexes":
            return self.dexes()
        if path == "/opportunities":
            return self.ranked()
        if path.startswith("/funding-rates/"):
            return self.venue_rates(path.removeprefix("/funding-rates/"))
        if path.startswith("/dexes/") and path.endswith("/symbols"):
            return self.symbols(path.split("/")[2])
        return None

    def dexes(self):
        rows = [{"name": v, "display_name": v.title(), "is_active": True,
                 "supported_symbols_count": len(r)}
                for v, r in self.rates.items() if v not in self.inactive]
        return json.dumps({"dexes": rows, "count": len(rows)})

    def stamp(self, age):
        return naive(self.now() - datetime.timedelta(seconds=age))

    def venue_rates(self, venue):
        if venue not in self.rates:
            return None
        rows = []
        for symbol, q in self.rates[venue].items():
            next_funding = "null" if q.next is None else json.dumps(
                naive(self.now() + datetime.timedelta(seconds=q.next)))
            rows.append(
                f'"{symbol}":{{"funding_rate":{q.rate},'
                f'"annualized_rate":0.1,"next_funding_time":{next_funding},'
                f'"timestamp":"{self.stamp(q.age)}"}}')
        return (f'{{"dex_name":"{venue}","rates":{{{",".join(rows)}}},'
                f'"updated_at":"{self.stamp(5)}"}}')

    def symbols(self, venue):
        if venue not in self.rates:
            return None
        rows = [f'{{"symbol":"{s}","dex_symbol_format":"{s}","is_active":true,'
                f'"min_order_size":null,"volume_24h":{q.volume},'
                f'"open_interest_usd":{q.oi},"spread_bps":2,'
                f'"last_updated":"{self.stamp(5)}"}}'
                for s, q in self.rates[venue].items()]
        return (f'{{"dex_name":"{venue}","symbols":[{",".join(rows)}],'
                f'"count":{len(rows)}}}')

    def ranked(self):
        """opportunities: (symbol, long venue, short venue)."""
        rows = []
        for symbol, long, short in self.opportunities:
            a, b = self.rates[long][symbol], self.rates[short][symbol]
            rows.append(
                f'{{"symbol":"{symbol}","long_dex":"{long}",'
                f'"short_dex":"{short}","long_rate":{a.rate},'
                f'"short_rate":{b.rate},'
                f'"divergence":{float(b.rate) - float(a.rate)!r},'
                f'"estimated_fees":0.0,'
                f'"net_profit_percent":{float(b.rate) - float(a.rate)!r},'
                f'"long_dex_volume_24h":{a.volume},'
                f'"short_dex_volume_24h":{b.volume},'
                f'"min_volume_24h":{a.volume},'
                f'"long_dex_oi_usd":{a.oi},"short_dex_oi_usd":{b.oi},'
                f'"min_oi_usd":{a.oi},"max_oi_usd":{b.oi},'
                f'"discovered_at":"{self.stamp(0)}"}}')
        return (f'{{"opportunities":[{",".join(rows)}],'
                f'"total_count":{len(rows)},"filters_applied":{{}},'
                f'"generated_at":"{self.stamp(0)}"}}')
