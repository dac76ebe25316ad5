"""What the demo promises, asked of the running one: its JSON line (DEMO_JSON) and the answers behind it."""

import json
import os
import sys
import urllib.error
import urllib.request

ROLES = ["operator", "ministry", "association", "academie", "school", "observer"]

demo = json.loads(os.environ["DEMO_JSON"])
base = demo["base_url"].rstrip("/")
faults = []


def get(path, role=None):
    request = urllib.request.Request(path if path.startswith("http") else base + path)
    if role:
        request.add_header("Authorization", "Bearer " + demo["tokens"][role])
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def expect(what, found, wanted):
    if found == wanted:
        print("  ok  ", what)
    else:
        faults.append(what)
        print(f"  FAIL {what}: {found!r}, not {wanted!r}")


def items(path, role="association"):
    status, _, body = get(path, role)
    expect(f"GET {path} as {role}", status, 200)
    return json.loads(body)["items"] if status == 200 else []


expect("members of the line", sorted(demo), ["base_url", "convention_id", "docs_url", "tokens"])
expect("a token for each role", sorted(demo["tokens"]), sorted(ROLES))

for path in ["/health/live", "/health/ready", demo["docs_url"]]:
    expect(f"GET {path}", get(path)[0], 200)
status, _, body = get("/openapi.json")
expect("GET /openapi.json", status, 200)
with open(sys.argv[1], encoding="utf-8") as committed:
    expect("the served document is the committed one", json.loads(body) == json.load(committed), True)

for role in ROLES:
    expect(f"GET /v1/me as {role}", get("/v1/me", role)[0], 200)

convention = demo["convention_id"]
for role in ["ministry", "association"]:
    expect(f"{role} sees the convention", convention in [row["id"] for row in items("/v1/conventions", role)], True)
expect("GET the convention", get(f"/v1/conventions/{convention}", "association")[0], 200)
expect("articles", len(items(f"/v1/conventions/{convention}/articles")), 12)
expect("axes", len(items(f"/v1/conventions/{convention}/axes")), 6)

status, headers, body = get("/v1/conventions")
expect("without a token", status, 401)
expect("401 says how to authenticate", headers.get("WWW-Authenticate", "").startswith("Bearer"), True)
expect("401 is a problem", headers.get_content_type(), "application/problem+json")

if faults:
    sys.exit(f"{len(faults)} fault(s)")
