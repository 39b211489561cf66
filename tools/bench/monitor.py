# SPDX-License-Identifier: MIT
"""The whole program as a process: an account, its monitor, what answers it."""
import datetime
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse

from figures import BUILD

PAIRS = 100
CONFIG = """\
version: 1
service:
  url: {url}
storage:
  directory: {directory}
{more}accounts:
  main: {{profile: {profile}, mode: live, on_close: none{account}}}
"""


class Answers(http.server.BaseHTTPRequestHandler):
    """Sends the files that `bench bodies` wrote: about 1 MB a poll."""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    directory = None
    delay = 0

    def do_GET(self):
        time.sleep(self.delay)
        path = urllib.parse.urlsplit(self.path).path
        name = path.removeprefix("/api/v1/").replace("/", " ")
        file = self.directory / name
        body = file.read_bytes() if file.is_file() else b"{}"
        try:
            self.send_response(200 if file.is_file() else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True	# nobody waits any more

    def log_message(self, *_):
        pass


class Hook(http.server.BaseHTTPRequestHandler):
    """Notes when a POST begins to arrive."""
    came = None

    def do_POST(self):
        self.came.append(time.monotonic_ns())
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        pass			# a client that hung up


def serve(handler, **members):
    server = Quiet(("127.0.0.1", 0), type("Handler", (handler,), members))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


class Ratesim:
    def __enter__(self):
        self.process = subprocess.Popen(
            [str(BUILD / "ratesim"), "--seed", "1"], text=True,
            stderr=subprocess.STDOUT, stdout=subprocess.PIPE)
        said = self.process.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", said)
        if not url:
            sys.exit(f"bench: ratesim said: {said}")
        self.url = url[0] + "/api/v1"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def cpu_ns(pid):
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def smaps(pid):
    """KB by name."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {m[1]: int(m[2])
            for m in re.finditer(r"^(\w+): +(\d+) kB", text, re.M)}


def switches(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return sum(int(n) for n in
               re.findall(r"^\w*voluntary_ctxt_switches:\s+(\d+)", text, re.M))


class Monitor:
    """A running one; its log is read line by line, with the time of each."""
    POLL = re.compile(r"\bpoll\b.*\bseq=.*\brequests=(\d+)")

    def __init__(self, argv, env):
        self.begun = time.monotonic_ns()
        self.process = subprocess.Popen(argv, env=env, text=True,
                                        stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        self.pid = self.process.pid
        self.polls = []		# (when its line came, requests)
        self.ended = False
        self.more = threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stderr:
            found = self.POLL.search(line)
            if found:
                with self.more:
                    self.polls.append((time.monotonic_ns(), int(found[1])))
                    self.more.notify_all()
        with self.more:
            self.ended = True
            self.more.notify_all()

    def wait(self, polls, seconds=120):
        with self.more:
            self.more.wait_for(lambda: self.ended or
                               len(self.polls) >= polls, seconds)
            if len(self.polls) < polls:
                sys.exit("bench: the monitor ended early, or polls no more")

    def ask(self):
        self.process.send_signal(signal.SIGUSR1)

    def poll(self, n=1):
        for _ in range(n):
            self.rest()
            self.ask()
            self.wait(len(self.polls) + 1)

    def rest(self):
        """Until it waits again: signals before that would be one."""
        stat = pathlib.Path(f"/proc/{self.pid}/stat")
        before, still = -1, 0
        for _ in range(2000):
            state = stat.read_text().rpartition(") ")[2][0]
            now = cpu_ns(self.pid)
            still = still + 1 if state == "S" and now == before else 0
            if still == 3:
                return
            before = now
            time.sleep(0.001)

    def settle(self):
        """Until nothing woke it for three seconds: the first backup is made."""
        before, since = switches(self.pid), time.monotonic()
        for _ in range(300):
            time.sleep(0.1)
            now = switches(self.pid)
            if now != before:
                before, since = now, time.monotonic()
            if time.monotonic() - since > 3:
                return

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait()


class Account:
    """A directory with a configuration and imported pairs."""

    def __init__(self, directory, url, pairs, profile="steady", more="",
                 account=""):
        directory.mkdir()
        self.database = directory / "main.db"
        config = directory / "carrywatch.yaml"
        config.write_text(CONFIG.format(
            url=url, directory=directory, profile=profile, more=more,
            account=account))
        config.chmod(0o600)
        self.env = dict(os.environ, CARRYWATCH_CONFIG=str(config))
        file = directory / "pairs.jsonl"
        file.write_text("".join(json.dumps(p) + "\n" for p in pairs))
        self.call("positions", "import", file)

    def argv(self, *args):
        return [str(BUILD / "carrywatch"), *map(str, args)]

    def call(self, *args):
        done = subprocess.run(self.argv(*args), env=self.env, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode != 0:
            sys.exit(f"bench: {' '.join(map(str, args))}: exit code "
                     f"{done.returncode}\n{done.stdout}")

    def timed(self, *args):
        start = time.monotonic_ns()
        self.call(*args)
        return time.monotonic_ns() - start

    def start(self, *args):
        return Monitor(self.argv("run", *args), self.env)


def pairs_of(symbols, long_venue, short_venue, n=PAIRS):
    opened = datetime.datetime.now(datetime.timezone.utc)
    opened -= datetime.timedelta(hours=30)
    return [{"symbol": symbols[i % len(symbols)], "long_venue": long_venue,
             "short_venue": short_venue, "size_usd": "20000",
             "opened_at": opened.isoformat(), "external_id": f"bench-{i}",
             "entry_divergence_8h": "0.0001"} for i in range(n)]


MANY = [f"C{i:03}" for i in range(PAIRS)]	# symbols of `bench bodies`
FEW = ["BTC", "ETH", "SOL"]			# of ratesim
