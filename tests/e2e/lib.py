# SPDX-License-Identifier: MIT
"""
End-to-end tests: run the real programs, print TAP. A test is a function
test_NAME(t) in a file test_*.py that ends with lib.main(); its name, or the
first line of its doc string, is the sentence printed. `test_x.py -l` lists,
`test_x.py WORD...` runs the tests whose name contains a word.

Binaries come from $CW_BUILD (default build), shared data from $CW_SHARED
(default ../shared). Each test gets a directory of its own, and whatever it
started is ended with it; nothing else is touched.
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = (ROOT / os.environ.get("CW_BUILD", "build")).resolve()
SHARED = (ROOT / os.environ.get("CW_SHARED", "../shared")).resolve()
SLOW = 4 if "san" in BUILD.name else 1		# sanitizers are slow
SECRET = b"planted"	# part of every secret of the tests, nowhere else
COMPLAINTS = re.compile(
    r"(ERROR: (Address|Leak)Sanitizer|runtime error:|Assertion .* failed)")
LISTENING = re.compile(r"^ratesim: listening on (http://127\.0\.0\.1:(\d+)\S*)")

ACCOUNTS = """\
  paper: {profile: steady, mode: dry-run}
  main: {profile: conservative, mode: live, on_close: none}
"""


class Skip(Exception):
    """Something the test needs is absent."""


class Result:
    """What a finished command left behind."""

    def __init__(self, argv, code, out, err):
        self.argv, self.code, self.out, self.err = argv, code, out, err

    def json(self):
        return json.loads(self.out)

    def expect(self, code=0, out=None, err=None):
        """Check the exit code and that the texts match; returns itself."""
        for what, pattern, text in (("stdout", out, self.out),
                                    ("stderr", err, self.err)):
            if pattern is not None and not re.search(pattern, text, re.M):
                raise AssertionError(f"no {pattern!r} in {what}\n{self}")
        if self.code != code:
            raise AssertionError(f"exit code {self.code}, not {code}\n{self}")
        return self

    def __str__(self):
        return (f"$ {' '.join(self.argv)}\nexit {self.code}\n"
                f"--- stdout\n{self.out[-3000:]}\n--- stderr\n{self.err[-3000:]}")


class Process:
    """A program in the background; its lines are collected as they come."""

    def __init__(self, argv, env, cwd):
        self.argv = argv
        self.lines = []		# (stream, text) in order of arrival
        self.more = threading.Condition()
        self.popen = subprocess.Popen(
            argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            errors="replace", start_new_session=True)
        self.readers = [
            threading.Thread(target=self._read, args=a, daemon=True)
            for a in (("out", self.popen.stdout), ("err", self.popen.stderr))]
        for r in self.readers:
            r.start()

    def _read(self, name, stream):
        for line in stream:
            with self.more:
                self.lines.append((name, line.rstrip("\n")))
                self.more.notify_all()
        with self.more:
            self.more.notify_all()

    @property
    def pid(self):
        return self.popen.pid

    def text(self, stream=None):
        with self.more:
            return "\n".join(s for n, s in self.lines if stream in (None, n))

    def wait_line(self, pattern, seconds=20, since=0):
        """The first match in a line from number `since` on."""
        end = time.monotonic() + seconds * SLOW
        seen = since
        with self.more:
            while True:
                for _, line in self.lines[seen:]:
                    match = re.search(pattern, line)
                    if match:
                        return match
                seen = max(seen, len(self.lines))
                left = end - time.monotonic()
                if left <= 0 or (not any(r.is_alive() for r in self.readers)
                                 and seen == len(self.lines)):
                    raise AssertionError(
                        f"{self.argv[0]} never said {pattern!r}:\n"
                        + "\n".join(s for _, s in self.lines[-40:]))
                self.more.wait(min(left, 0.2))

    def mark(self):
        """Number of lines so far, for wait_line(since=...)."""
        with self.more:
            return len(self.lines)

    def send(self, number):
        self.popen.send_signal(number)

    def wait(self, seconds=20):
        """Its exit code; fails when it does not end in time."""
        try:
            code = self.popen.wait(seconds * SLOW)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.argv[0]} did not end in {seconds} s:\n"
                                 + self.text()[-3000:]) from None
        for r in self.readers:
            r.join(5)
        return code

    def stop(self, number=signal.SIGTERM, seconds=20):
        """End it and return its exit code."""
        if self.popen.poll() is None:
            self.send(number)
        return self.wait(seconds)

    def kill_all(self):
        with contextlib.suppress(ProcessLookupError):
            if self.popen.poll() is None:
                os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        for r in self.readers:
            r.join(5)
        self.popen.stdout.close()
        self.popen.stderr.close()


class Sim:
    """A running ratesim."""

    def __init__(self, test, args):
        self.fault_file = test.dir / f"faults-{len(test.started)}"
        self.fault_file.write_text("")
        self.process = test.start(
            str(BUILD / "ratesim"), "--port", "0",
            "--fault-file", str(self.fault_file), *map(str, args))
        match = self.process.wait_line(LISTENING)
        self.url, self.port = match[1], int(match[2])

    def faults(self, *names):
        """From now on misbehave like this: faults('http500', 'slow=2s')."""
        since = self.process.mark()
        temporary = self.fault_file.with_suffix(".new")
        temporary.write_text("".join(f"{n}\n" for n in names))
        temporary.replace(self.fault_file)
        self.process.send(signal.SIGHUP)
        self.process.wait_line(r"faults?\b", since=since)

    def stop(self):
        return self.process.stop()


class Test:
    """What a test function is given."""

    def __init__(self, directory):
        self.dir = pathlib.Path(directory)
        self.started = []
        self.config_file = self.dir / "carrywatch.yaml"

    def skip(self, why):
        raise Skip(why)

    def need(self, path):
        """The path, or the test is skipped when it is absent."""
        if not pathlib.Path(path).exists():
            raise Skip(f"{path} is absent")
        return pathlib.Path(path)

    def shared(self, name):
        if not SHARED.is_dir():
            raise Skip("the shared folder is absent (set CW_SHARED)")
        return self.need(SHARED / name)

    def env(self, **more):
        keep = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_PRELOAD",
                "GCOV_PREFIX")
        env = {k: os.environ[k] for k in keep if k in os.environ}
        env.update(PATH=os.environ.get("PATH", "/usr/bin:/bin"),
                   HOME=str(self.dir), TMPDIR=str(self.dir), LC_ALL="C",
                   TZ="UTC")
        env.update({k: v for k, v in more.items() if v is not None})
        return {k: v for k, v in env.items() if v != ""}

    def command(self, *argv, env=None, stdin="", seconds=30, cwd=None):
        """Run any program to its end."""
        argv = [str(a) for a in argv]
        p = run_to_end(argv, self.env(**(env or {})), cwd or self.dir, stdin,
                        seconds * SLOW)
        if str(BUILD) in argv[0]:
            self.no_secret(p.out + p.err, " ".join(argv))
        if COMPLAINTS.search(p.err):
            raise AssertionError(f"sanitizer or assertion\n{p}")
        return p

    @staticmethod
    def no_secret(text, where):
        data = text if isinstance(text, bytes) else text.encode()
        at = data.lower().find(SECRET)
        if at >= 0:
            raise AssertionError(f"a secret in {where}: "
                                 f"{data[max(0, at - 60):at + 60]!r}")

    def run(self, *args, config=True, **how):
        """carrywatch with the test's configuration (if one was written)."""
        head = [self.binary("carrywatch")]
        if config and self.config_file.exists():
            head += ["-c", self.config_file]
        return self.command(*head, *args, **how)

    def binary(self, name):
        return str(self.need(BUILD / name))

    def start(self, *argv, env=None):
        """A program in the background, ended with the test."""
        p = Process([str(a) for a in argv], self.env(**(env or {})), self.dir)
        self.started.append(p)
        return p

    def monitor(self, account, *args, **how):
        """carrywatch run in the background."""
        return self.start(self.binary("carrywatch"), "-c", self.config_file,
                          "run", "-a", account, *args, **how)

    def ratesim(self, *args):
        self.binary("ratesim")
        return Sim(self, args)

    def config(self, url="http://127.0.0.1:9/api/v1", accounts=ACCOUNTS,
               service="", more=""):
        """Write the configuration; the texts are indented YAML blocks."""
        self.config_file.write_text(
            f"version: 1\nservice:\n  url: {url}\n  timeout: 3s\n{service}"
            f"storage: {{directory: {self.dir / 'data'}}}\n"
            f"{more}accounts:\n{accounts}")
        self.config_file.chmod(0o600)
        return self.config_file

    def wait(self, condition, what, seconds=20):
        """
        Until condition() is true; its value. One that runs a program is not
        asked all the time: the one that is waited for needs the processor too.
        """
        end = time.monotonic() + seconds * SLOW
        while True:
            asked = time.monotonic()
            value = condition()
            now = time.monotonic()
            if value:
                return value
            if now > end:
                raise AssertionError(f"waited {seconds} s in vain for {what}")
            time.sleep(min(max(0.02, 4 * (now - asked)), 0.5))

    def still_running(self):
        """Command lines that name this test's directory; Linux only."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):	# it ended meanwhile
                line = path.read_bytes().replace(b"\0", b" ").decode()
                if str(self.dir) in line:
                    found.append(line)
        return found

    def close(self):
        """End everything; the complaints of a sanitizer, if any."""
        texts = []
        for p in reversed(self.started):
            p.kill_all()
            try:
                self.no_secret(p.text(), p.argv[0])
            except AssertionError as e:
                texts.append(str(e))
            if COMPLAINTS.search(p.text("err")):
                texts.append(p.text("err")[-4000:])
        for path in self.dir.glob("data/**/*"):
            try:
                if path.is_file():
                    self.no_secret(path.read_bytes(), path)
            except (AssertionError, OSError) as e:
                texts.append(str(e))
        return "\n".join(texts)


def run_to_end(argv, env, cwd, stdin, seconds):
    with subprocess.Popen(argv, env=env, cwd=cwd, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, errors="replace",
                          start_new_session=True) as p:
        try:
            out, err = p.communicate(stdin, timeout=seconds)
        except BaseException as e:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(p.pid, signal.SIGKILL)
            out, err = p.communicate()
            if not isinstance(e, subprocess.TimeoutExpired):
                raise
            raise AssertionError(
                f"no end after {seconds} s\n"
                + str(Result(argv, "-", out, err))) from None
    return Result(argv, p.returncode, out, err)


def sentence(function):
    doc = (function.__doc__ or "").strip().split("\n")[0]
    return (doc or function.__name__[5:].replace("_", " ")).replace("#", "")


def one(function):
    """Run one test; None, or what went wrong. Skip passes through."""
    directory = tempfile.mkdtemp(prefix="carrywatch-test-")
    test = Test(directory)
    wrong = None
    try:
        function(test)
    except Skip:
        raise
    except Exception as e:			# a test may fail in any way
        where = traceback.format_exc().strip()
        wrong = where if not isinstance(e, AssertionError) else (
            f"{e}\n{where}")
    finally:
        complaint = test.close()
        shutil.rmtree(directory, ignore_errors=True)
    if complaint:
        wrong = f"{wrong or ''}\nsanitizer or assertion:\n{complaint}"
    return wrong


def main():
    """Run the test_* functions of the calling script."""
    module = sys.modules["__main__"]
    tests = [f for n, f in vars(module).items()
             if n.startswith("test_") and callable(f)]
    if sys.argv[1:] == ["-l"]:
        print("\n".join(f.__name__ for f in tests))
        return
    words = sys.argv[1:]
    if words:
        tests = [f for f in tests if any(w in f.__name__ for w in words)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, function in enumerate(tests, 1):
        try:
            wrong = one(function)
            skipped = ""
        except Skip as s:
            wrong, skipped = None, f" # SKIP {s}"
        print(f"{'not ok' if wrong else 'ok'} {number} - "
              f"{sentence(function)}{skipped}")
        if wrong:
            failed += 1
            print("\n".join("# " + s for s in wrong.strip().split("\n")))
        sys.stdout.flush()
    sys.exit(1 if failed or not tests else 0)
