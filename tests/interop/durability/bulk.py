"""The service is killed in the middle of bulks of 10,000 actions: each is there whole, or not at all, and the feed and the
audit say the same."""

import http.client
import random
import sys
import threading
import time

from actions import Association
from service import Service

program, folder, url = sys.argv[1:4]
LINES = 10_000
# Of the time that a bulk takes, from its first byte to its answer.
MOMENTS = [0.03, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.92, 0.97, 1.0]
seed = random.randrange(1 << 30)
random.seed(seed)

service = Service(program, folder, url).start()
association = Association(service)
association.total()


def timed(key):
    """A bulk that nobody kills, and how long it took."""
    text, start = association.lines(key, LINES), time.monotonic()
    status, answer, _ = association.bulk(text)
    assert status == 200 and answer["done"] == LINES, (status, str(answer)[:300])
    return time.monotonic() - start


length = timed("whole")
there, absent, present, acknowledged = LINES, 0, 0, 0
for turn, moment in enumerate(MOMENTS):
    text, answers = association.lines(f"k{turn}", LINES), []

    def send(body=text, into=answers, start=time.monotonic()):
        try:
            into.append((association.bulk(body)[0], time.monotonic() - start))
        except (OSError, http.client.HTTPException):
            pass

    association.client.call("GET", "/v1/actions?limit=1")
    thread = threading.Thread(target=send)
    thread.start()
    thread.join(length * (moment + random.uniform(-0.02, 0.02)))
    service.kill()
    thread.join(60)
    assert not thread.is_alive(), "the sender hangs"
    service.start()
    # A COMMIT that was under way is the database's to finish.
    time.sleep(1)
    total = association.total()
    assert total in (there, there + LINES), f"{total - there} lines of {LINES} after a kill at {moment:.0%}"
    if answers:
        assert answers[0][0] == 200 and total == there + LINES, (answers, total, there)
        acknowledged += 1
        # The first one of all was slower.
        length = min(length, answers[0][1])
    present, absent = present + (total > there), absent + (total == there)
    there = total
assert absent >= 3, f"only {absent} kills came before the end: nothing was proved"

entries, after = 0, ""
while True:
    status, page, _ = association.client.call("GET", f"/v1/changes?kinds=action&limit=1000{after}")
    assert status == 200, (status, page)
    entries += sum(entry["operation"] == "created" for entry in page["items"])
    after = "&after=" + page["next"]
    if not page["items"] and entries >= there:
        break
    if not page["items"]:
        time.sleep(0.2)
assert entries == there, f"{entries} creations in the feed, {there} actions"
audit = sum(entry["act"] == "action.created" for entry in association.operator.whole_list("/v1/audit?kind=action"))
assert audit == there, f"{audit} creations in the audit, {there} actions"
print(service.command("audit", "verify").strip())
print(f"{url.split(':')[0]}: a bulk of {LINES} takes {length:.1f} s; {len(MOMENTS)} killed: {absent} left nothing, {present} are whole "
      f"({acknowledged} of them answered); {there} actions, as many in the feed and in the audit (seed {seed})")
service.stop()
