"""Signs somebody in at the OpenID provider of ISSUER and uses the token at the demo of DEMO_JSON.

Without an argument: the whole story. `keep`: prints a token of a subject that was granted something. `use TOKEN`: calls with it.
"""

import base64
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

demo = json.loads(os.environ["DEMO_JSON"])
issuer = os.environ["ISSUER"]
base = demo["base_url"].rstrip("/")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def send(url, data=None, headers=None, method=None):
    """Status, headers, body; redirects are shown, not followed."""
    request = urllib.request.Request(url, data, headers or {}, method=method)
    try:
        answer = urllib.request.build_opener(NoRedirect).open(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read()


def call(token, path, body=None, method=None, etag=None):
    headers = {"Authorization": "Bearer " + token}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if etag:
        headers["If-Match"] = etag
    data = None if body is None else json.dumps(body).encode()
    status, headers, text = send(base + path, data, headers, method)
    return status, (json.loads(text) if text else None), headers


def sign_in(subject):
    """The authorization code flow, as a frontend does it: the ID token for `passerelle`."""
    back = "http://127.0.0.1/back"
    asked = urllib.parse.urlencode(
        {"response_type": "code", "client_id": "passerelle", "redirect_uri": back, "scope": "openid profile", "state": "s", "nonce": subject}
    )
    document = json.loads(send(issuer + "/.well-known/openid-configuration")[2])
    status, headers, text = send(document["authorization_endpoint"] + "?" + asked, urllib.parse.urlencode({"sub": subject}).encode())
    assert status == 302, (status, text)
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)["code"][0]
    form = urllib.parse.urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": back}).encode()
    basic = base64.b64encode(b"passerelle:any").decode()
    status, _, text = send(document["token_endpoint"], form, {"Authorization": "Basic " + basic})
    assert status == 200, (status, text)
    return json.loads(text)["id_token"]


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def grant(subject):
    _, me, _ = call(demo["tokens"]["academie"], "/v1/me")
    body = {
        "issuer": issuer, "subject": subject, "name": "Claude Petit, rectorat", "role": "academie",
        "organisation_id": me["organisation"]["id"], "territories": me["territories"],
        "scopes": ["account:read", "conventions:read"],
    }
    status, made, headers = call(demo["tokens"]["operator"], "/v1/grants", body)
    assert status == 201, (status, made)
    return made, headers["ETag"], me


def story():
    token = sign_in("claude")
    said = claims_of(token)
    assert said["role"] == "ministry" and "operator" in said["roles"], f"the provider asserts nothing: {said}"
    status, problem, _ = call(token, "/v1/me")
    assert (status, problem["code"]) == (403, "no_grant"), (status, problem)

    made, etag, academie = grant("claude")
    status, me, _ = call(token, "/v1/me")
    assert status == 200, (status, me)
    seen = {name: me[name] for name in ("role", "territories", "scopes", "issuer", "subject", "client_id")}
    assert seen == {
        "role": "academie", "territories": academie["territories"], "scopes": ["account:read", "conventions:read"],
        "issuer": issuer, "subject": "claude", "client_id": made["id"],
    }, seen
    mine = call(token, "/v1/conventions?limit=200")[1]["items"]
    theirs = call(demo["tokens"]["academie"], "/v1/conventions?limit=200")[1]["items"]
    assert [c["id"] for c in mine] == [c["id"] for c in theirs], "exactly what an académie sees"
    for path, body in (("/v1/clients", {}), ("/v1/conventions", {}), ("/v1/grants", {})):
        status, problem, _ = call(token, path, body)
        assert (status, problem["code"]) == (403, "insufficient_scope"), (path, status, problem)

    header, payload, signature = token.split(".")
    forged = json.dumps({**said, "sub": "somebody else"}).encode()
    forged = ".".join([header, base64.urlsafe_b64encode(forged).rstrip(b"=").decode(), signature])
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    for bad in (forged, f"{none}.{payload}.", f"{header}.{payload}.AAAA"):
        status, problem, _ = call(bad, "/v1/me")
        assert (status, problem["code"]) == (401, "invalid_token"), (status, problem)
    # Beyond the cap of the issuer, nothing is granted.
    status, problem, _ = call(demo["tokens"]["operator"], "/v1/grants", {"issuer": issuer, "subject": "x", "name": "x", "role": "observer"})
    assert (status, problem["errors"][0]["code"]) == (422, "beyond_cap"), (status, problem)

    status, revoked, _ = call(demo["tokens"]["operator"], f"/v1/grants/{made['id']}/revoke", method="POST", etag=etag)
    assert status == 200 and revoked["revoked_at"], (status, revoked)
    status, problem, _ = call(token, "/v1/me")
    assert (status, problem["code"]) == (403, "no_grant"), (status, problem)
    print(f"signed in at {issuer}, which asserts role={said['role']}: an académie by its grant, and nobody once it is revoked")


match sys.argv[1:]:
    case []:
        story()
    case ["keep"]:
        token = sign_in("dominique")
        grant("dominique")
        assert call(token, "/v1/me")[0] == 200
        print(token)
    case ["use", token]:
        status, me, _ = call(token, "/v1/me")
        assert (status, me["subject"]) == (200, "dominique"), (status, me)
        print("the provider is gone, its keys are known: the token still counts")
