"""Eight writers and a follower while the service is killed at random moments, and PostgreSQL restarted.

In the end every acknowledged write is there once, the follower's copy is the table, versions never descended, and the
audit chain is whole with one entry an act."""

import http.client
import json
import random
import subprocess
import sys
import threading
import time

from service import Service

program, folder, url, kills = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
postgres = sys.argv[5:7]
seed = random.randrange(1 << 30)
random.seed(seed)

# Commits end in another order than their entries were numbered by the sequence.
HESITATE = """CREATE FUNCTION hesitate() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER hesitate AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION hesitate();"""

service = Service(program, folder, url).start()
if postgres:
    subprocess.run(["psql", "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", HESITATE], check=True)
operator = service.client()
shared = [operator.call("POST", "/v1/organisations", {"kind": "company", "name": f"commune {n}"})[1]["id"] for n in range(3)]

DOWN = (OSError, http.client.HTTPException)
over = threading.Event()
acknowledged, lock = {}, threading.Lock()
problems = []


def write(writer):
    me, turn = operator.at(service), 0
    while not over.is_set():
        turn += 1
        key = f"{writer}-{turn}"
        body = {"kind": "company", "name": f"écrivain {key}", "external_id": key}
        # The same request with the same key, until it is answered: whatever became of it, it must be there once.
        while True:
            try:
                status, made, _ = me.call("POST", "/v1/organisations", body, {"Idempotency-Key": key})
                if status == 201:
                    with lock:
                        acknowledged[key] = made["id"]
                    break
                if status not in (409, 503):
                    problems.append((key, status, made))
                    return
            except DOWN:
                pass
            time.sleep(0.05)
        try:
            path = "/v1/organisations/" + random.choice(shared)
            _, _, headers = me.call("GET", path)
            status, answer, _ = me.call("PATCH", path, json.dumps({"address": key}), {
                "If-Match": headers["ETag"], "Content-Type": "application/merge-patch+json"})
            if status not in (200, 412, 503):
                problems.append((key, status, answer))
        except (*DOWN, TypeError):
            pass


class Follower:
    def __init__(self):
        self.client, self.cursor = operator.at(service), None
        self.copy, self.versions, self.created, self.position = {}, {}, {}, 0

    def step(self, wait):
        after = f"&after={self.cursor}" if self.cursor else ""
        status, page, _ = self.client.call("GET", f"/v1/changes?embed=resource&kinds=organisation&wait={wait}{after}")
        if status == 503:
            raise OSError("not now")
        assert status == 200, (status, page)
        for entry in page["items"]:
            assert entry["position"] > self.position, entry
            self.position = entry["position"]
            assert entry["version"] >= self.versions.get(entry["id"], 0), ("a version descended", entry)
            self.versions[entry["id"]] = entry["version"]
            if entry["operation"] == "created":
                self.created[entry["id"]] = self.created.get(entry["id"], 0) + 1
            if entry["resource"] is not None:
                self.copy[entry["id"]] = entry["resource"]
        self.cursor = page["next"]
        return page["more"] or bool(page["items"])


follower, failed = Follower(), []


def follow():
    while not over.is_set():
        try:
            follower.step(2)
        except DOWN:
            time.sleep(0.05)
        except AssertionError as e:
            failed.append(e)
            return


threads = [threading.Thread(target=write, args=(n,), daemon=True) for n in range(8)]
threads.append(threading.Thread(target=follow, daemon=True))
for thread in threads:
    thread.start()
restarts = 0
for kill in range(kills):
    time.sleep(random.uniform(0.02, 0.5))
    service.kill()
    if postgres and kill % 10 == 5:
        subprocess.run([postgres[0], "restart", postgres[1]], check=True)
        restarts += 1
    service.start()
if postgres:
    # Also under a service that lives on.
    time.sleep(0.5)
    subprocess.run([postgres[0], "restart", postgres[1]], check=True)
    restarts += 1
    time.sleep(1)
over.set()
for thread in threads:
    thread.join(60)
    assert not thread.is_alive(), "a writer hangs"
assert not problems, problems[:3]
assert not failed, failed

# The stamper of a replica that was killed is replaced once its lease has ended.
quiet = 0
deadline = time.time() + 60
while quiet < 3 and time.time() < deadline:
    quiet = 0 if follower.step(3) else quiet + 1
table = {row["id"]: row for row in operator.whole_list("/v1/organisations")}
by_key = {}
for row in table.values():
    by_key.setdefault(row["external_id"], []).append(row["id"])
for key, identifier in acknowledged.items():
    assert by_key.get(key) == [identifier], (key, identifier, by_key.get(key))
assert follower.copy == table, f"{len(follower.copy)} followed, {len(table)} in the table"
assert all(follower.created.get(i) == 1 for i in table), "each creation is in the feed once"
audit = operator.whole_list("/v1/audit?kind=organisation")
assert sum(entry["act"] == "organisation.created" for entry in audit) == len(table)
assert all(follower.versions[i] == row["version"] for i, row in table.items())
acts = sum(row["version"] for row in table.values())
assert len(audit) == acts, f"{len(audit)} audit entries for {acts} versions"
print(service.command("audit", "verify").strip())
print(f"{url.split(':')[0]}: {kills} kills, {restarts} restarts of the database, {len(acknowledged)} writes acknowledged, "
      f"all there once; {len(table)} rows followed, {len(audit)} acts in the chain (seed {seed})")
service.stop()
