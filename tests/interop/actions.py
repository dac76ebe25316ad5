"""An association with a convention in force, and the actions that it writes."""

import json
import os

from service import Client

TEXT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/cli/demo_convention.txt")
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DEPARTEMENTS = ["075", "078", "059", "069", "013", "031", "033", "044", "067", "035"]


def uai(number):
    """A school number with its right letter."""
    digits = f"{DEPARTEMENTS[number % len(DEPARTEMENTS)]}{number // len(DEPARTEMENTS) % 10_000:04}"
    return digits + LETTERS[int(digits) % 23]


class Association:
    """What is needed to write actions: the demo's convention, imported, confirmed and signed on a service that is empty."""

    def __init__(self, service):
        self.service, self.operator = service, service.client()
        ministry = self.post("/v1/organisations", {
            "kind": "ministry", "name": "Ministère de l'éducation nationale et de la jeunesse", "siret": "11004301500012"})
        association = self.post("/v1/organisations", {
            "kind": "association", "name": "Passeurs de Métiers", "siret": "99900071400017", "rna": "W751234567"})
        assert ministry and association
        with open(TEXT, encoding="utf-8") as file:
            text = file.read().encode()
        made = self.post("/v1/conventions/import", text, {"Content-Type": "text/plain"})
        self.convention = made["convention"]["id"]
        path = f"/v1/conventions/{self.convention}"
        self.post(path + "/confirm-clauses", None, {"If-Match": "*"})
        _, read, _ = self.operator.call("GET", path)
        for party in self.operator.whole_list(path + "/parties"):
            self.post(path + "/signatures", {
                "party_id": party["id"], "signatory": party["representative"], "function": party["representative_function"],
                "signed_on": made["parsed"]["signature_date"], "content_hash": read["content_hash"], "proof": "registre"})
        self.axis = self.operator.whole_list(path + "/axes")[0]["id"]
        made = json.loads(service.command(
            "clients", "create", "--name", "association", "--role", "association", "--organisation", association["id"],
            "--format", "json"))
        self.client = Client(service, made.get("client", made)["id"], made["client_secret"])

    def post(self, path, body, headers=None):
        status, answer, _ = self.operator.call("POST", path, body, headers)
        assert status in (200, 201), (path, status, answer)
        return answer

    def lines(self, key, number):
        """A bulk of so many creations, as NDJSON."""
        def line(n):
            return json.dumps({"action": {
                "convention_id": self.convention, "axis_id": self.axis, "kind": "workshop", "external_id": f"{key}-{n}",
                "title": f"Atelier {n} : découvrir les métiers de l'industrie", "levels": ["3e"], "status": "planned",
                "description": "Deux professionnels présentent leur parcours et répondent aux questions des élèves. " * 2,
                "schools": [{"uai": uai(n), "class_label": "3B"}], "themes": ["industrie", "orientation"],
                "sessions": [{"date": f"2027-{1 + n % 6:02}-{1 + n % 28:02}", "start": "14:00", "end": "16:00"}],
            }}, ensure_ascii=False)
        return "".join(line(n) + "\n" for n in range(number)).encode()

    def bulk(self, text, query=""):
        return self.client.call("POST", "/v1/actions/bulk" + query, text, {"Content-Type": "application/x-ndjson"}, timeout=300)

    def total(self):
        status, page, _ = self.client.call("GET", "/v1/actions?count=true&limit=1")
        assert status == 200, (status, page)
        return page["total"]
