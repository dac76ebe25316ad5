"""Makes a machine client in the running demo, as its operator does for an académie; prints its id and secret on two lines.

It sees what the demo's own `academie` token sees: its territories are copied from that token's GET /v1/me.
"""

import json
import os
import urllib.request

demo = json.loads(os.environ["DEMO_JSON"])


def call(role, path, body=None):
    headers = {"Authorization": "Bearer " + demo["tokens"][role], "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(demo["base_url"].rstrip("/") + path, data, headers), timeout=10) as answer:
        return json.load(answer)


def found(value, *names):
    """The first of these members, wherever it stands in the answer."""
    for name in names:
        if name in value:
            return value[name]
    return next((inner for part in value.values() if isinstance(part, dict) and (inner := found(part, *names))), None)


me = call("academie", "/v1/me")
new = {
    "name": "interop",
    "role": "academie",
    "territories": me["territories"],
    "organisation_id": me["organisation"]["id"],
}
made = call("operator", "/v1/clients", new)
print(found(made, "client_id", "id"))
print(found(made, "client_secret", "secret"))
