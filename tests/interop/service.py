"""The program as a process, and a caller that speaks HTTP to it; the standard library only."""

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Service:
    def __init__(self, program, folder, url, name="service", **environment):
        self.program, self.name, self.port = program, name, free_port()
        self.log = open(os.path.join(folder, name + ".log"), "ab")
        self.public = f"http://127.0.0.1:{self.port}"
        self.env = dict(os.environ, DATABASE_URL=url, PUBLIC_URL=os.environ.get("PUBLIC_URL", self.public), **environment)
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "serve", "--bind", f"127.0.0.1:{self.port}"],
            env=self.env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"{self.name} ended with {self.process.returncode}: see {self.log.name}")
            try:
                if self.call("GET", "/health/ready")[0] == 200:
                    return self
            except OSError:
                pass
            except http.client.HTTPException:
                pass
            time.sleep(0.05)
        raise SystemExit(f"{self.name} is not ready")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def command(self, *arguments):
        done = subprocess.run([self.program, *arguments], env=self.env, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def call(self, method, path, body=None, headers=None, timeout=40):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            text = json.dumps(body) if isinstance(body, dict) else body
            headers = dict(headers or {})
            if isinstance(body, dict):
                headers.setdefault("Content-Type", "application/json")
            connection.request(method, path, text, headers)
            answer = connection.getresponse()
            read = answer.read()
            kind = answer.headers.get("Content-Type", "")
            return answer.status, (json.loads(read) if kind.endswith("json") and "ndjson" not in kind else read), answer.headers
        finally:
            connection.close()

    def client(self):
        """A machine client of the operator's."""
        made = json.loads(self.command("clients", "create", "--name", "operator", "--role", "operator", "--format", "json"))
        client = made.get("client", made)
        return Client(self, client["id"], made["client_secret"])


class Client:
    """A caller whose token is renewed in time."""

    def __init__(self, service, identifier, secret):
        self.service = service
        self.basic = base64.b64encode(f"{identifier}:{secret}".encode()).decode()
        self.token, self.until = None, 0

    def at(self, service):
        other = Client.__new__(Client)
        other.service, other.basic, other.token, other.until = service, self.basic, None, 0
        return other

    def call(self, method, path, body=None, headers=None, timeout=40):
        if time.time() > self.until:
            form = {"Authorization": f"Basic {self.basic}", "Content-Type": "application/x-www-form-urlencoded"}
            status, answer, _ = self.service.call("POST", "/oauth/token", "grant_type=client_credentials", form)
            if status != 200:
                raise OSError(f"no token: {status}")
            self.token, self.until = answer["access_token"], time.time() + 300
        return self.service.call(method, path, body, {"Authorization": f"Bearer {self.token}", **(headers or {})}, timeout)

    def whole_list(self, path):
        items, mark = [], "&" if "?" in path else "?"
        cursor = ""
        while True:
            status, page, _ = self.call("GET", path + mark + "limit=200" + cursor)
            assert status == 200, (status, page)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = "&cursor=" + page["next_cursor"]
