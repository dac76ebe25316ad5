"""What an académie's integrator writes on the first day, with Python's standard library alone.

    PASSERELLE_CLIENT_ID=… PASSERELLE_CLIENT_SECRET=… python3 passerelle_client.py http://127.0.0.1:8080

It takes a token (client credentials, RFC 6749), walks lists page after page by their `Link: rel="next"`, and keeps what it read with
its ETag, so that reading again costs a 304. It stops with an error where the service does not keep its contract.
"""

import base64
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


class Problem(Exception):
    """A refusal of the service: its status, headers and body (application/problem+json, or RFC 6749's at /oauth/token)."""

    def __init__(self, status, headers, body):
        super().__init__(f"{status} {body.get('code') or body.get('error')}: {body.get('detail') or body.get('error_description')}")
        self.status, self.headers, self.body = status, headers, body


class Client:
    def __init__(self, base_url, client_id, client_secret):
        self.base_url = base_url.rstrip("/")
        pair = urllib.parse.quote(client_id, safe="") + ":" + urllib.parse.quote(client_secret, safe="")
        self.basic = "Basic " + base64.b64encode(pair.encode()).decode()
        self.token, self.token_ends = None, 0.0
        self.kept = {}  # address -> (ETag, body)

    def _send(self, method, url, headers, body=None):
        request = urllib.request.Request(url, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            content = error.read()
            if error.code == 304:
                return 304, error.headers, content
            raise Problem(error.code, error.headers, json.loads(content or b"{}")) from None

    def bearer(self):
        """A token that still lives half a minute."""
        if time.monotonic() > self.token_ends - 30:
            headers = {"Authorization": self.basic, "Content-Type": "application/x-www-form-urlencoded"}
            _, _, body = self._send("POST", self.base_url + "/oauth/token", headers, b"grant_type=client_credentials")
            grant = json.loads(body)
            if grant["token_type"].lower() != "bearer":
                raise ValueError(f"token_type {grant['token_type']}")
            self.token, self.token_ends = grant["access_token"], time.monotonic() + grant["expires_in"]
        return "Bearer " + self.token

    def get(self, path, etag=None):
        headers = {"Authorization": self.bearer(), "Accept": "application/json"}
        if etag:
            headers["If-None-Match"] = etag
        return self._send("GET", urllib.parse.urljoin(self.base_url, path), headers)

    def resource(self, path):
        """One resource, and whether it had changed since it was last read."""
        etag, known = self.kept.get(path, (None, None))
        status, headers, body = self.get(path, etag)
        if status == 304:
            return known, False
        self.kept[path] = (headers["ETag"], json.loads(body))
        return self.kept[path][1], True

    def pages(self, path):
        while path:
            _, headers, body = self.get(path)
            page = json.loads(body)
            yield page["items"]
            following = re.search(r'<([^>]+)>\s*;\s*rel="?next"?', ", ".join(headers.get_all("Link", [])))
            if bool(following) != (page["next_cursor"] is not None):
                raise ValueError("Link and next_cursor disagree")
            path = following and following.group(1)

    def walk(self, path):
        for page in self.pages(path):
            yield from page


def main(base_url):
    client_id, client_secret = os.environ["PASSERELLE_CLIENT_ID"], os.environ["PASSERELLE_CLIENT_SECRET"]
    try:
        Client(base_url, client_id, "not-the-secret").bearer()
        raise SystemExit("a wrong secret was accepted")
    except Problem as refused:
        assert (refused.status, refused.body["error"]) == (401, "invalid_client"), refused
        assert "basic" in refused.headers["WWW-Authenticate"].lower()

    client = Client(base_url, client_id, client_secret)
    conventions = list(client.walk("/v1/conventions?limit=1"))
    assert conventions, "no convention in force"
    for row in conventions:
        path = f"/v1/conventions/{row['id']}"
        convention, changed = client.resource(path)
        again, changed_again = client.resource(path)
        assert changed and not changed_again, "reading again should be a 304"
        assert again == convention
        articles = list(client.walk(path + "/articles?limit=5"))
        axes = list(client.walk(path + "/axes?limit=2"))
        for rows in (articles, axes):
            assert len({item["id"] for item in rows}) == len(rows), "a row twice"
        print(f"{convention['title']}: {len(articles)} articles, {len(axes)} axes, unchanged at the second reading")


if __name__ == "__main__":
    main(sys.argv[1])
