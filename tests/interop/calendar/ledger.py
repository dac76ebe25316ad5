"""The API's side of the calendar of the demo (DEMO_JSON); the standard library only.

`calendar`: makes one of the demo's convention, prints the path of its address. `expected`: the events that the ledger asks for, one
a line. `terminate`: records a notice of termination, sent and received today. `revoke`: revokes the calendar.
"""

import json
import os
import sys
import urllib.request

demo = json.loads(os.environ["DEMO_JSON"])
base = demo["base_url"].rstrip("/")
convention = demo["convention_id"]
today = os.environ["DEMO_TODAY"]


def call(path, body=None, role="association", method=None, **headers):
    headers |= {"Authorization": "Bearer " + demo["tokens"][role]}
    data = None
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(base + path, data, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        read = answer.read()
        return json.loads(read) if read else None


def ledger(day):
    return call(f"/v1/conventions/{convention}/obligations?as_of={day}")["items"]


def expected():
    lines = []
    for duty in ledger(today):
        day = duty["deadline_on"] or duty["due_on"]
        if duty["nature"] in ("right", "continuous") or day is None:
            continue
        # Void on its own day, by what is known today.
        then = next(other for other in ledger(max(day, today)) if other["key"] == duty["key"])
        void = "void" in (duty["status"], then["status"])
        lines.append(f"{convention}/{duty['key']} {day} {'CANCELLED' if void else 'CONFIRMED'}")
    print("\n".join(sorted(lines)))


def terminate():
    facts = f"/v1/conventions/{convention}/facts"
    parties = {p["side"]: p["id"] for p in call(f"/v1/conventions/{convention}")["parties"]}
    sent = {"kind": "termination_sent", "done_by": parties["state"], "occurred_on": today}
    sent = call(facts, sent, role="ministry")["id"]
    received = {"kind": "termination_received", "done_by": parties["association"], "occurred_on": today, "refers_to": sent}
    call(facts, received)


match sys.argv[1]:
    case "calendar":
        made = call("/v1/calendars", {"name": "Échéances", "convention_id": convention})
        print(made["url"].removeprefix(base))
    case "expected":
        expected()
    case "terminate":
        terminate()
    case "revoke":
        for calendar in call("/v1/calendars")["items"]:
            call(f"/v1/calendars/{calendar['id']}", method="DELETE", If_Match="*")
