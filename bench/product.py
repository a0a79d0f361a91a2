"""A server to be measured, as `./ropewalk up` starts it."""

import http.client
import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

HOME = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("BENCH_CACHE", Path.home() / ".cache" / "ropewalk-bench"))


def quiet(anyway):
    """The load of this machine, which must not be busy with something else."""
    load, processors = os.getloadavg()[0], os.cpu_count()
    if load > processors and not anyway:
        raise SystemExit(f"the load of this machine is {load:.1f} with {processors} processors; --anyway measures anyway")
    return load


def until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: not within {seconds} s")
        time.sleep(0.01)
    return found


class Server:
    def __init__(self, folder):
        self.data = folder / "data"
        self.log = open(folder / "log", "wb")
        self.process = None

    def start(self):
        """Seconds until it answers `/ready`."""
        url = self.data / "url"
        url.unlink(missing_ok=True)
        began = time.monotonic()
        self.process = subprocess.Popen(
            [HOME / "ropewalk", "up", "--data", self.data, "--port", "0", "--no-browser"], stdout=self.log, stderr=self.log
        )
        until(lambda: url.exists() or self.process.poll() is not None, 900, "the server's start")
        if self.process.poll() is not None:
            raise SystemExit(f"the server did not start; see {self.log.name}")
        self.url = url.read_text().strip()
        self.token = (self.data / "owner-token").read_text().strip()
        until(self.ready, 60, "ready")
        return time.monotonic() - began

    def ready(self):
        try:
            return urllib.request.urlopen(self.url + "/ready", timeout=5).status == 200
        except OSError:
            return False

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + "/api/v1" + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.token, "Content-Type": "application/json"},
        )
        return json.load(urllib.request.urlopen(request, timeout=60))

    def connection(self):
        """One that is kept: a function of method, path and body that gives the answer's bytes."""
        kept = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}

        def call(method, path, body=None):
            kept.request(method, "/api/v1" + path, None if body is None else json.dumps(body).encode(), headers)
            answer = kept.getresponse()
            content = answer.read()
            if answer.status >= 300:
                raise SystemExit(f"{method} {path}: {answer.status} {content[:300]}")
            return content

        return call

    def await_archive(self):
        """The launcher makes an archive for quick starts in the background, which is no part of what is measured."""
        built = HOME / "server" / "target" / "built"
        # What an archive depends on: the classes, and the launcher's flags.
        newest = max(built.stat().st_mtime, (HOME / "ropewalk").stat().st_mtime)

        def made():
            found = [*built.parent.glob("aot/server-*.aot"), *built.parent.glob("aot/server-*.failed")]
            return any(each.stat().st_mtime > newest for each in found)

        if os.environ.get("ROPEWALK_AOT") != "off":
            until(made, 240, "the start-up archive")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
