"""How much memory an export of 100,000 actions takes, in a service that has just started and in one that has answered before."""

import http.client
import os
import sys
import time

from actions import Association
from service import Service

program, folder, url = sys.argv[1:4]
ACTIONS = int(os.environ.get("ACTIONS", "100000"))
MOST = 32 * 1024  # KiB
BULK = 10_000

service = Service(program, folder, url).start()
association = Association(service)
for turn in range(-(-ACTIONS // BULK)):
    status, answer, _ = association.bulk(association.lines(f"e{turn}", BULK))
    assert status == 200, (status, str(answer)[:300])


def resident(name):
    with open(f"/proc/{service.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


def export(form):
    """Reads the whole of it, as a client that keeps up; its bytes, and by how much the memory grew at most."""
    with open(f"/proc/{service.process.pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    before = resident("VmRSS")
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=300)
    connection.request("GET", f"/v1/actions?format={form}", headers={"Authorization": f"Bearer {association.client.token}"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    size, lines, start = 0, 0, time.monotonic()
    while chunk := answer.read(1 << 16):
        size += len(chunk)
        lines += chunk.count(b"\n")
    connection.close()
    if form != "xlsx":
        assert lines >= ACTIONS, f"{form}: {lines} lines"
    return size, before, resident("VmHWM") - before, time.monotonic() - start


def again():
    service.stop()
    service.start()
    association.client.until = 0
    association.client.call("GET", "/v1/me")
    time.sleep(2)


failed = []
print(f"{url.split(':')[0]}: {association.total()} actions; memory before an export, and by how much it grew at most")
for form in ("csv", "ndjson", "xlsx"):
    again()
    for name in ("first", "second", "third"):
        size, before, grown, took = export(form)
        print(f"  {form:<7}{name:<7}{size / 1e6:8.1f} MB{took:7.1f} s{before / 1024:8.1f} MiB  +{grown / 1024:.1f} MiB", flush=True)
        if grown > MOST:
            failed.append(f"{form}, {name}: +{grown / 1024:.1f} MiB")
service.stop()
if failed:
    raise SystemExit(f"an export takes more than {MOST // 1024} MiB: {'; '.join(failed)}")
