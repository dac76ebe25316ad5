"""Starts the service on a database with one of each resource in it, lets Schemathesis loose as each role, and counts what it found."""

import collections
import json
import os
import re
import subprocess
import sys
import time

from actions import Association
from service import Client, Service

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.environ["EXAMPLES"]


def client(service, role, organisation):
    made = json.loads(service.command(
        "clients", "create", "--name", role, "--role", role, "--organisation", organisation, "--format", "json"))
    return made.get("client", made)["id"], made["client_secret"]


def draft(caller, parties):
    """A convention that is not signed yet: its pieces can be changed."""

    def make(path, body, media="application/json"):
        text = json.dumps(body) if media == "application/json" else body
        status, answer, _ = caller.call("POST", path, text, {"Content-Type": media})
        assert status == 201, (path, status, answer)
        return answer.get("id")

    convention = make("/v1/conventions", {
        "title": "Convention", "document_type": "convention", "level": "national", "territory": "national"})
    under = f"/v1/conventions/{convention}"
    for organisation, side in parties:
        make(f"{under}/parties", {"organisation_id": organisation, "side": side, "name_as_signed": side})
    part = make(f"{under}/parts", {"number": "I", "label": "Durée"})
    article = make(f"{under}/articles", {"number": "11", "part_id": part, "heading": "Durée", "body": "Cinq ans."})
    make(f"{under}/clauses", {"kind": "termination", "absent": True})
    make(f"{under}/axes", {"article_id": article, "label": "Découvrir les métiers"})
    make(f"{under}/objectives", {"text": "Faire connaître les métiers", "article_id": article})
    make(f"{under}/network-contacts", {"network": "dafpic", "territory": "academie:25", "name": "DAFPIC"})
    organisation = make("/v1/organisations", {"kind": "company", "name": "Entreprise proposée"})
    make(f"/v1/organisations/{organisation}/representatives", {"name": "Camille Martin", "function": "gérante"})
    make("/v1/companies", {"name": "Ateliers Durand", "departement": "95"})
    make("/v1/calendars", {"name": "Échéances"})
    make(f"/v1/files?name=a.txt&purpose=other&attached_to=convention:{convention}", "Annexe", "text/plain")


def known_ids(caller, document):
    """What stands behind each path with an id, as the caller's lists tell."""
    found = collections.defaultdict(set)
    for _ in range(2):
        for path, item in document["paths"].items():
            listed = [path.replace("{id}", one) for one in sorted(found[path.rsplit("/", 1)[0]])] if "{id}" in path else [path]
            if "get" not in item or not path.startswith("/v1/") or path.count("{") != ("{id}" in path):
                continue
            if not any(parameter["name"] == "cursor" for parameter in item["get"].get("parameters", [])):
                continue
            for address in listed[:5]:
                status, page, _ = caller.call("GET", address + "?limit=20")
                if status == 200:
                    found[f"/v1/{path.rsplit('/', 1)[1]}/{{id}}"].update(row["id"] for row in page["items"] if "id" in row)
    ids = {path: sorted(found[re.match(r"/v1/[a-z-]+/\{id\}", path)[0]])[:20]
           for path in document["paths"] if re.match(r"/v1/[a-z-]+/\{id\}", path)}
    return {path: all_ids for path, all_ids in ids.items() if all_ids}


def fuzz(service, role, caller_id, secret, document):
    """Runs Schemathesis as one caller; what it found, by kind."""
    report = os.path.join(os.path.dirname(service.log.name), role + ".ndjson")
    known = known_ids(Client(service, caller_id, secret), document)
    environment = dict(
        os.environ, BASE_URL=service.public, CLIENT_ID=caller_id, CLIENT_SECRET=secret, KNOWN_IDS=json.dumps(known),
        SCHEMATHESIS_HOOKS=os.path.join(HERE, "hooks.py"))
    start = time.monotonic()
    done = subprocess.run(
        [os.environ["SCHEMATHESIS"], "--config-file", os.path.join(HERE, "schemathesis.toml"), "run",
         service.public + "/openapi.json", "--max-examples", EXAMPLES, "--checks", "all",
         "--phases", "examples,coverage,fuzzing,stateful", "--report", "ndjson", "--report-ndjson-path", report, "--no-color"],
        cwd=os.path.dirname(report), env=environment, capture_output=True, text=True)
    statuses, kinds = collections.Counter(), collections.Counter()
    with open(report, encoding="utf-8") as lines:
        for line in lines:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
            for exchange in recorder.get("interactions", {}).values():
                statuses[(exchange.get("response") or {}).get("status_code")] += 1
            for checks in recorder.get("checks", {}).values():
                kinds.update(check["name"] for check in checks if check["status"] != "success")
    print(f"{service.env['DATABASE_URL'].split(':')[0]}, {role}: {sum(statuses.values())} requests in "
          f"{time.monotonic() - start:.0f} s, answers {dict(sorted(statuses.items(), key=str))}, found {dict(kinds) or 'nothing'}")
    if done.returncode != 0:
        print(done.stdout[-20000:], done.stderr[-5000:])
    return done.returncode


program, folder, url, *roles = sys.argv[1:]
service = Service(program, folder, url).start()
try:
    association = Association(service)
    ids = {row["kind"]: row["id"] for row in association.operator.whole_list("/v1/organisations")}
    status, answer, _ = association.bulk(association.lines("fuzz", 5))
    assert status == 200, answer
    _, document, _ = service.call("GET", "/openapi.json")
    callers = {role: client(service, role, ids[role]) for role in ("association", "ministry")}
    draft(Client(service, *callers["association"]), [(ids["ministry"], "state"), (ids["association"], "association")])
    results = [fuzz(service, role, *callers[role], document) for role in roles]
finally:
    service.stop()
sys.exit(any(results))
