"""A dump, more writes, the loss, the restore: what was dumped is there and whole, what came after is gone and known to be."""

import json
import subprocess
import sys
import time

from service import Service

program, folder, before, after = sys.argv[1:]
service = Service(program, folder, before).start()
operator = service.client()


def write(name):
    status, made, _ = operator.call("POST", "/v1/organisations", {"kind": "company", "name": name})
    assert status == 201, (status, made)
    return made["id"]


def head(name):
    """The signed head of the audit, kept where the database cannot reach it, once all is in the chain."""
    position = None
    while True:
        status, answer, _ = operator.call("GET", "/v1/audit/head")
        assert status == 200, (status, answer)
        if answer["position"] == position:
            break
        position = answer["position"]
        time.sleep(0.5)
    with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
        json.dump(answer, file)


kept = [write(f"Avant {n}") for n in range(20)]
text = b"Compte rendu\n" * 40_000
status, file, _ = operator.call("POST", "/v1/files?name=cr.txt&purpose=minutes", text, {"Content-Type": "text/plain"})
assert status == 201, (status, file)
cursor = operator.call("GET", "/v1/changes?after=head")[1]["next"]
head("early")
subprocess.run(["pg_dump", "--format=custom", f"--file={folder}/passerelle.dump", before], check=True)
lost = [write(f"Après {n}") for n in range(5)]
head("late")
service.stop()

subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={after}", f"{folder}/passerelle.dump"], check=True)
restored = Service(program, folder, after, name="restored")
print(restored.command("feed", "renew").strip())
print(restored.command("audit", "verify", "--head", f"{folder}/early.json").strip())
cut = subprocess.run([program, "audit", "verify", "--head", f"{folder}/late.json"], env=restored.env, capture_output=True, text=True)
assert cut.returncode == 1, "what was lost after the dump must be known: " + cut.stdout
print("as expected, against a head of after the dump:", cut.stderr.strip().splitlines()[-1])

restored.env["PUBLIC_URL"] = service.public
restored.start()
operator = operator.at(restored)
for one in kept:
    assert operator.call("GET", f"/v1/organisations/{one}")[0] == 200
for one in lost:
    assert operator.call("GET", f"/v1/organisations/{one}")[0] == 404
status, read, _ = operator.call("GET", f"/v1/files/{file['id']}/content")
assert (status, read) == (200, text), status
status, problem, _ = operator.call("GET", f"/v1/changes?after={cursor}")
assert (status, problem["code"]) == (410, "resync"), (status, problem)
again = problem["resume_after"]
write("Après la reprise")
for _ in range(100):
    page = operator.call("GET", f"/v1/changes?after={again}")[1]
    if page["items"]:
        break
    time.sleep(0.1)
assert [item["kind"] for item in page["items"]] == ["organisation"], page
print("restored: what was dumped is there, old cursors are told to resync, the feed goes on")
restored.stop()
