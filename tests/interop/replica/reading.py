"""Who reads what where: told by the logs of the two servers, which hold every statement."""

import re
import subprocess
import sys
import time

from service import Service

program, folder, url, port, postgres, cluster = sys.argv[1:]
replica = re.sub(r":\d+/", f":{port}/", url)
service = Service(program, folder, url, DATABASE_REPLICA_URL=replica).start()
operator = service.client()
NAMES = {f"Société {n:03}" for n in range(700)}


class Log:
    """What a server has logged of our database since the last look."""

    def __init__(self, path):
        self.path, self.at = path, 0

    def news(self):
        time.sleep(0.3)
        with open(self.path, encoding="utf-8", errors="replace") as file:
            file.seek(self.at)
            text = file.read()
            self.at = file.tell()
        return [line for line in text.splitlines() if line.startswith("replica_test|")]


on_primary, on_replica = Log(f"{cluster}/log"), Log(f"{cluster}/replica-log")


def lists(lines):
    """Statements that read organisations."""
    return [line for line in lines if re.search(r'FROM .?"?organisations', line)]


def export(form):
    status, body, _ = operator.call("GET", f"/v1/organisations?format={form}")
    assert status == 200, (status, body)
    text = body.decode()
    missing = [name for name in NAMES if name not in text]
    assert not missing, f"{len(missing)} of {len(NAMES)} rows are missing from {form}"


def up():
    return re.search(rb"^passerelle_database_replica_up (\d)$", service.call("GET", "/metrics")[1], re.MULTILINE).group(1) == b"1"


for name in sorted(NAMES):
    status, made, headers = operator.call("POST", "/v1/organisations", {"kind": "company", "name": name})
    assert status == 201, (status, made)
one = made["id"]
time.sleep(1)
on_primary.news(), on_replica.news()

for form in ("csv", "ndjson"):
    export(form)
    primary, replica_lines = lists(on_primary.news()), lists(on_replica.news())
    # 700 rows are two batches.
    assert len(replica_lines) >= 2, replica_lines
    assert not primary, f"an export read from the primary: {primary[:2]}"
print("exports: read from the replica, nothing of them from the primary")

for path in (
    f"/v1/organisations/{one}", "/v1/organisations?limit=5&count=true", "/v1/me", "/v1/changes?limit=10", "/v1/conventions",
    "/v1/audit?limit=5", "/v1/clients", "/v1/jobs",
):
    status, body, _ = operator.call("GET", path)
    assert status == 200, (path, status, body)
status, changed, _ = operator.call("PATCH", f"/v1/organisations/{one}", {"name": "Société 699 bis"}, {"If-Match": headers["ETag"]})
assert status == 200 and operator.call("GET", f"/v1/organisations/{one}")[1]["name"] == "Société 699 bis", "what one wrote, one reads"
# Whether it answers is asked all the time.
asked = [line for line in on_replica.news() if not line.endswith("statement: SELECT 1")]
assert not asked, f"the replica was asked: {asked[:2]}"
assert lists(on_primary.news()), "the primary answered them"
print("single reads, lists, the feed, a read after a write: never from the replica")
assert up()

subprocess.run([postgres, "stop-replica", cluster], check=True)
export("csv")
assert not up(), "the metric says that the replica is left aside"
assert lists(on_primary.news())
with open(f"{folder}/service.log", encoding="utf-8") as log:
    assert log.read().count("is left aside") == 1, "told once"
subprocess.run([postgres, "replica", cluster], check=True, stdout=subprocess.DEVNULL)
on_replica.news()
time.sleep(6)
export("csv")
assert up() and lists(on_replica.news()), "used again"
print("the replica fails: exports go on from the primary, the metric tells; it comes back: used again")
service.stop()
