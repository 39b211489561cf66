# SPDX-License-Identifier: MIT
"""
Receivers of alerts and hand-offs for tests: an HTTP server that keeps every
request byte for byte and answers as the test says, and a small SMTP server.
"""
import http.server
import socket
import socketserver
import threading
import time


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path = method, path
        self.headers, self.body = headers, body		# lower case names

    def __repr__(self):
        return f"{self.method} {self.path} {self.headers} {self.body!r}"


class Answer:
    """status 0: the connection is closed without an answer (lost)."""

    def __init__(self, status=200, body="", headers=(), wait=0, kind=None):
        self.status, self.body = status, body
        self.headers, self.wait, self.kind = headers, wait, kind


class Sink:
    """answers: what the next requests get, then `default` for the others;
    `answer` may be set to a function of the request instead."""

    def __init__(self):
        self.requests, self.answers = [], []
        self.connections = 0
        self.default = Answer()
        self.answer = None
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_it(self):
                size = int(self.headers.get("content-length", 0))
                request = Request(
                    self.command, self.path,
                    {k.lower(): v for k, v in self.headers.items()},
                    self.rfile.read(size))
                outer.reply(self, outer.next_answer(request))

            do_GET = do_POST = handle_it	# pylint: disable=invalid-name

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def process_request(self, *connection):
                outer.connections += 1
                super().process_request(*connection)

            def handle_error(self, *_):		# a client that went away
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def next_answer(self, request):
        with self.lock:
            self.requests.append(request)
            if self.answer:
                return self.answer(request)
            return self.answers.pop(0) if self.answers else self.default

    @staticmethod
    def reply(handler, answer):
        time.sleep(answer.wait)
        if not answer.status:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        data = answer.body.encode() if isinstance(answer.body, str) else \
            answer.body
        handler.send_response(answer.status)
        for name, value in answer.headers:
            handler.send_header(name, value)
        if answer.kind:
            handler.send_header("content-type", answer.kind)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def free_port():
    """A port nobody listens on (a moment ago)."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Mail(socketserver.ThreadingTCPServer):
    """SMTP as far as a client without TLS needs it; `refuse` is a reply to
    DATA such as "550 no"."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        self.mails, self.said, self.refuse = [], [], None
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                outer.talk(self)

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,),
                         daemon=True).start()
        self.url = f"smtp://127.0.0.1:{self.server_address[1]}"

    def talk(self, h):
        def say(text):
            h.wfile.write(text.encode() + b"\r\n")
        say("220 test")
        for line in h.rfile:
            word = line.decode().strip()
            self.said.append(word)
            if word.upper().startswith("EHLO"):
                say("250 test")
            elif word.upper() == "DATA":
                if self.refuse:
                    say(self.refuse)
                    continue
                say("354 go on")
                self.mails.append(self.mail(h))
                say("250 queued")
            elif word.upper() == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    @staticmethod
    def mail(h):
        lines = []
        for line in h.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return b"".join(lines)

    def close(self):
        self.shutdown()
        self.server_close()
