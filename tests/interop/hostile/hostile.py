"""What hostile bodies do to the service: its memory, /health/live, and honest callers meanwhile.

First fifty callers at once send the bodies of BODIES, then all of ATTACKS at once. A new attack is a function of a Target that
answers the status it got, and a line of the table."""

import collections
import http.client
import itertools
import json
import multiprocessing
import os
import socket
import sys
import threading
import time

from actions import Association
from service import Service

program, folder, url = sys.argv[1:4]
LASTS = float(os.environ.get("SECONDS_EACH", "12"))
CALLERS = 50
MIB = 1 << 20
MOST_BODIES, MOST_ALL = 256, 512  # MiB above rest
SLOWEST = float(os.environ.get("SLOWEST", "0.2"))  # seconds of /health/live
JSON = "application/json"
NDJSON = "application/x-ndjson"


class Target:
    def __init__(self, association):
        self.service, self.association = association.service, association
        self.token, self.operator = association.client.token, association.operator.token
        self.action = json.loads(association.first)["results"][0]["id"]

    def send(self, method, path, body, kind=JSON, token=None, **headers):
        """Sends a body; the status, or how it ended. What is answered is read and thrown away."""
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": kind, **headers}
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=90)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            while answer.read(1 << 16):
                pass
            return answer.status
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()

    def create(self, body):
        return self.send("POST", "/v1/actions", body)

    def bulk(self, body, query="", kind=NDJSON):
        return self.send("POST", "/v1/actions/bulk" + query, body, kind)


def filled(start, item, end, size=MIB):
    """A body of about a size, of the same thing again and again."""
    return start + item * ((size - len(start) - len(end) - 1) // len(item)) + item[:-1] + end


def members(number):
    return ",".join(f'"m{n}":{n % 10}' for n in range(number)).encode()


def line_of_members(number):
    return b'{"action":{' + members(number) + b"}}\n"


# Each is made once: making them must not take the time that is measured.
BODIES = {
    "a megabyte of wrong levels": (Target.create, filled(b'{"levels":[', b'"x",', b"]}")),
    "15,000 wrong levels": (Target.create, filled(b'{"levels":[', b'"x",', b"]}", 60_000)),
    "15,000 levels that are right": (Target.create, filled(b'{"levels":[', b'"3e",', b"]}", 75_000)),
    "4,000 schools with counts": (Target.create, filled(
        b'{"schools":[', b'{"uai":"0930001W","class_label":"","counts":{"pupils":-1}},', b"]}", 220_000)),
    "a list of ones": (Target.create, filled(b"[", b"1,", b"]")),
    "a list of objects": (Target.create, filled(b"[", b"{},", b"]")),
    "a list of objects with a member": (Target.create, filled(b'{"sessions":[', b'{"":1},', b"]}")),
    "objects in objects": (Target.create, b'{"a":' * 170_000 + b"1" + b"}" * 170_000),
    "63 levels again and again": (Target.create, filled(b"[", b"[" * 60 + b"]" * 60 + b",", b"]")),
    "a megabyte of title": (Target.create, b'{"title":"' + b"a" * (MIB - 100) + b'"}'),
    "a megabyte of blanks": (Target.create, filled(b'{"themes":[', b'" ",', b"]}")),
    "a megabyte of name": (Target.create, b'{"' + b"a" * (MIB - 100) + b'":1}'),
    "items below a long name": (Target.create, b'{"' + b"a" * (MIB // 2) + filled(b'":[', b'" ",', b"]}", 60_000)),
    "a megabyte of distinct members": (Target.create, b"{" + members(80_000) + b"}"),
    "a member twice, many times": (Target.create, filled(b"{", b'"a":1,', b"}", 120_000)),
    "a merge patch of a megabyte": (
        lambda target, body: target.send(
            "PATCH", f"/v1/actions/{target.action}", body, "application/merge-patch+json", **{"If-Match": "*"}),
        b'{"x":{' + members(19_000) + b'},"y":"' + b"a" * (MIB // 2) + b'"}'),
    "queries of schools": (
        lambda target, body: target.send("POST", "/v1/schools/resolve", body),
        filled(b'{"queries":[', b'{"name":"college","commune":"paris","kind":"x"},', b"]}", 220_000)),
    "a text of five megabytes": (
        lambda target, body: target.send("POST", "/v1/conventions/import?dry_run=true", body, "text/plain", target.operator),
        b"Article 1 - Objet\nUn texte.\n" * (5 * MIB // 28)),
    "170 lines of 4,000 members": (Target.bulk, line_of_members(4000) * 170),
    "the same, each for itself": (lambda target, body: target.bulk(body, "?mode=partial"), line_of_members(4000) * 170),
    "99,000 lines of nothing, each for itself": (lambda target, body: target.bulk(body, "?mode=partial"), b"{}\n" * 99_000),
    "33 million lines": (Target.bulk, b"1\n" * (32 * MIB)),
    "a line of 64 MiB": (Target.bulk, b'{"action":{"title":"' + b"a" * (64 * MIB - 30) + b'"}}\n'),
    "64 lines of a megabyte": (Target.bulk, (filled(b'{"action":[', b"{},", b"]}") + b"\n") * 60),
    "a sheet of short lines": (lambda target, body: target.bulk(body, "", "text/csv"), b"Titre\n" + b"a\n" * (4 * MIB)),
    "a sheet of cells": (lambda target, body: target.bulk(body, "", "text/csv"), b"Titre\n" + (b";" * 999 + b"\n") * 30_000),
}


def never_sent(target):
    """Declares 64 MiB and sends none of them."""
    with socket.create_connection(("127.0.0.1", target.service.port), timeout=5) as connection:
        head = (f"POST /v1/actions/bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {target.token}\r\n"
                f"Content-Type: {NDJSON}\r\nContent-Length: {64 * MIB}\r\n\r\n")
        connection.sendall(head.encode())
        try:
            return connection.recv(1 << 12).split(b" ")[1].decode()
        except (OSError, IndexError):
            return "held"


ATTACKS = {
    **{name: lambda target, send=send, body=body: send(target, body) for name, (send, body) in BODIES.items()},
    "64 MiB that never come": never_sent,
}


def watch_live(port, ended, answers):
    """Asks /health/live all the time, in a process of its own; its slowest answer, in seconds."""
    slowest, asked = 0.0, 0
    while not ended.is_set():
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            slowest = float("inf")
        connection.close()
        slowest, asked = max(slowest, time.monotonic() - start), asked + 1
        time.sleep(0.01)
    answers.put((slowest, asked))


class Honest(threading.Thread):
    """A caller who reads and writes a little, as most do."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target, self.ended, self.statuses, self.slowest = target, False, collections.Counter(), 0.0

    def run(self):
        association = self.target.association
        action = json.loads(association.lines("honest", 1))["action"]
        for n in itertools.count():
            if self.ended:
                return
            start = time.monotonic()
            if n % 2:
                body = json.dumps({**action, "external_id": f"honest-{time.time()}"})
                status = self.target.send("POST", "/v1/actions", body)
            else:
                status = self.target.send("GET", "/v1/actions?limit=20", None)
            self.statuses[status] += 1
            self.slowest = max(self.slowest, time.monotonic() - start)
            time.sleep(0.05)


def resident(service, name):
    with open(f"/proc/{service.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":")) / 1024


def besiege(title, attacks, most):
    """Fifty callers at once, until each attack was made and the time is over; what was too much."""
    service = Service(program, folder, url).start()
    association = besiege.association or Association(service)
    if besiege.association is None:
        status, answer, _ = association.bulk(association.lines("first", 1))
        assert status == 200, answer
        association.first = json.dumps(answer)
    besiege.association = association
    for client in (association.client, association.operator):
        client.service, client.until = service, 0
        client.call("GET", "/v1/me")
    association.service = service
    target = Target(association)
    time.sleep(1)
    with open(f"/proc/{service.process.pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    rest = resident(service, "VmRSS")
    ended, answers = multiprocessing.Event(), multiprocessing.Queue()
    live = multiprocessing.Process(target=watch_live, args=(service.port, ended, answers), daemon=True)
    live.start()
    honest = Honest(target)
    honest.start()
    turns, lock, seen = itertools.cycle(attacks), threading.Lock(), collections.defaultdict(collections.Counter)
    until = time.monotonic() + LASTS

    def attack():
        # Each caller makes one at least.
        while True:
            with lock:
                name = next(turns)
            status = attacks[name](target)
            with lock:
                seen[name][str(status)] += 1
            if time.monotonic() > until:
                return

    callers = [threading.Thread(target=attack, daemon=True) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    honest.ended = True
    honest.join()
    ended.set()
    slowest, asked = answers.get()
    if service.process.poll() is not None:
        raise SystemExit(f"the service ended with {service.process.returncode}: see {service.log.name}")
    peak = resident(service, "VmHWM")
    print(f"{url.split(':')[0]}, {title}: {rest:.0f} MiB at rest, +{peak - rest:.0f} MiB at most; "
          f"/health/live {slowest * 1000:.0f} ms at most ({asked} times); "
          f"an honest caller {dict(honest.statuses)}, {honest.slowest * 1000:.0f} ms at most", flush=True)
    for name, statuses in seen.items():
        print(f"  {name:<42} {dict(statuses)}")
    service.stop()
    wrong = []
    if peak - rest > most:
        wrong.append(f"+{peak - rest:.0f} MiB, more than {most}")
    if slowest > SLOWEST:
        wrong.append(f"/health/live took {slowest * 1000:.0f} ms")
    fine = sum(n for status, n in honest.statuses.items() if status in (200, 201))
    if fine * 10 < sum(honest.statuses.values()) * 9:
        wrong.append(f"honest callers were answered {dict(honest.statuses)}")
    failing = {name for name, statuses in seen.items() for status in statuses if status == "500"}
    if failing:
        wrong.append(f"500: {', '.join(sorted(failing))}")
    return [f"{title}: {what}" for what in wrong]


besiege.association = None
failed = besiege("fifty hostile bodies at once", {name: ATTACKS[name] for name in BODIES}, MOST_BODIES)
failed += besiege("everything at once", ATTACKS, MOST_ALL)
if failed:
    raise SystemExit("; ".join(failed))
