"""Two replicas on one PostgreSQL: jobs run once; when the one that stamps the feed is killed, the other takes over."""

import os
import sys
import time

from service import Service

program, folder, url = sys.argv[1:4]
first = Service(program, folder, url, "first")
os.environ["PUBLIC_URL"] = first.public
second = Service(program, folder, url, "second")
first.start()
second.start()
operator = first.client()
other = operator.at(second)


def jobs(client):
    status, answer, _ = client.call("GET", "/v1/jobs")
    assert status == 200, (status, answer)
    return {job["name"]: job for job in answer["jobs"]}


def position(client):
    return int(client.call("GET", "/v1/changes?after=head")[1]["next"].rsplit(".", 1)[1])


deadline = time.time() + 30
while time.time() < deadline and not all(j["runs"] or n == "stamper" for n, j in jobs(operator).items()):
    time.sleep(0.2)
time.sleep(2)
state = jobs(operator)
once = {name: job["runs"] for name, job in state.items() if name != "stamper"}
assert len(once) >= 3 and set(once.values()) == {1}, once
owner = state["stamper"]["owner"]
print("jobs run once by two replicas:", once)

# Which process is the owner? The one whose death changes it.
cursor = operator.call("GET", "/v1/changes?after=head")[1]["next"]
made = operator.call("POST", "/v1/organisations", {"kind": "company", "name": "before"})[0]
assert made == 201
assert operator.call("GET", f"/v1/changes?after={cursor}&wait=20")[1]["items"], "it is stamped"
first.kill()
before = position(other)
if jobs(other)["stamper"]["owner"] == owner:
    deadline = time.time() + 15
    while time.time() < deadline and jobs(other)["stamper"]["owner"] == owner and time.time() < deadline:
        time.sleep(0.2)
survivor = jobs(other)["stamper"]["owner"]
if survivor == owner:
    # It was the second's all along: kill that one, with the first started again.
    first.start()
    second.kill()
    other = operator
    deadline = time.time() + 15
    while time.time() < deadline and jobs(other)["stamper"]["owner"] == owner:
        time.sleep(0.2)
    survivor = jobs(other)["stamper"]["owner"]
assert survivor != owner, "nobody took over"
cursor = other.call("GET", "/v1/changes?after=head")[1]["next"]
assert other.call("POST", "/v1/organisations", {"kind": "company", "name": "after"})[0] == 201
items = other.call("GET", f"/v1/changes?after={cursor}&wait=20")[1]["items"]
assert len(items) == 1 and items[0]["position"] == before + 1, items
again = {name: job["runs"] for name, job in jobs(other).items() if name != "stamper"}
assert again == once, f"no job ran twice: {again}"
print(f"the stamper passed from {owner} to {survivor} after kill -9; the feed goes on at {before + 1}")
for service in (first, second):
    if service.process.poll() is None:
        service.stop()
