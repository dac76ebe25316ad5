"""Four writers and a watcher of /health/ready while the database fails; then each acknowledged write must be there once."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time

from service import Service

program, folder, script, cluster = sys.argv[1:5]
with open(os.path.join(cluster, "port")) as file:
    port = file.read().strip()
# What the document tells of a write that is not done now.
KNOWN = {(503, "unavailable"), (503, "busy"), (503, "outcome_unknown"), (409, "idempotency_in_progress")}


def admin(sql, database="postgres"):
    done = subprocess.run(
        ["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", port, "-U", "admin", "-d", database, "-c", sql],
        check=True, capture_output=True, text=True)
    return done.stdout.split()


def wait(what, seconds, until):
    since = time.time()
    while not until():
        assert time.time() - since < seconds, f"{what}: not after {seconds} s"
        time.sleep(0.05)
    return time.time() - since


class Trial:
    """A service under writers, and what they were answered."""

    def __init__(self, name, url):
        self.name = name
        os.mkdir(os.path.join(folder, name))
        self.service = Service(program, os.path.join(folder, name), url).start()
        self.operator = self.service.client()
        self.acknowledged, self.answers, self.faults, self.slowest = {}, {}, [], 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.write, args=(n,), daemon=True) for n in range(4)]
        for thread in self.threads:
            thread.start()
        self.progress()

    def write(self, writer):
        me, turn = self.operator.at(self.service), 0
        while not self.over.is_set():
            turn += 1
            key = f"{writer}-{turn}"
            body = {"kind": "company", "name": f"écrivain {key}", "external_id": key, "address": "x" * 300}
            # The same request with the same key, until it is answered: whatever became of it, it must be there once.
            while True:
                since = time.time()
                try:
                    status, made, headers = me.call("POST", "/v1/organisations", body, {"Idempotency-Key": key})
                except OSError as e:
                    # No token while nothing can be read: the next round asks again.
                    if "no token: 503" not in str(e):
                        self.faults.append((key, repr(e)))
                        return
                    time.sleep(0.1)
                    continue
                self.slowest = max(self.slowest, time.time() - since)
                code = "" if status == 201 else made["code"]
                self.answers[status, code] = self.answers.get((status, code), 0) + 1
                if status == 201:
                    self.acknowledged[key] = made["id"]
                    break
                if (status, code) not in KNOWN or not headers["Retry-After"]:
                    self.faults.append((key, status, made))
                    return
                time.sleep(0.05)

    def ready(self):
        status = self.service.call("GET", "/health/ready")[0]
        assert status in (200, 503), status
        return status == 200

    def is_read(self):
        """Reads all the same; a session that was ended is a 503 once."""
        def reads():
            try:
                return self.operator.at(self.service).call("GET", "/v1/organisations?limit=1")[0] == 200
            except OSError:
                return False
        wait(f"{self.name}: read", 5, reads)
        assert not self.ready()

    def progress(self):
        """Waits until the writers get on."""
        before = len(self.acknowledged)
        return wait(f"{self.name}: writes go on", 20, lambda: self.faults or len(self.acknowledged) > before + 8)

    def fails(self, seconds=10):
        """Waits until the service says that it cannot serve, and sees that it still says so."""
        took = wait(f"{self.name}: not ready", seconds, lambda: not self.ready())
        for _ in range(20):
            time.sleep(0.05)
            assert not self.ready(), f"{self.name}: ready while its database fails"
        before = len(self.acknowledged)
        time.sleep(0.5)
        assert len(self.acknowledged) == before, f"{self.name}: written while its database fails"
        return took

    def recovers(self):
        return wait(f"{self.name}: ready again", 15, self.ready) + self.progress()

    def end(self, said):
        self.over.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a writer hangs"
        assert not self.faults, self.faults[:3]
        by_key = {}
        for row in self.operator.whole_list("/v1/organisations"):
            by_key.setdefault(row["external_id"], []).append(row["id"])
        for key, identifier in self.acknowledged.items():
            assert by_key.get(key) == [identifier], (self.name, key, identifier, by_key.get(key))
        assert all(len(ids) == 1 for ids in by_key.values())
        self.service.command("audit", "verify")
        answers = ", ".join(f"{count} {status} {code}".rstrip() for (status, code), count in sorted(self.answers.items()))
        print(f"{self.name}: {said}; {len(self.acknowledged)} acknowledged, all there once; {answers}; "
              f"slowest {self.slowest:.1f} s", flush=True)
        self.service.stop()


def fill(disk):
    """Takes what is left of a disk."""
    with open(os.path.join(disk, "filler"), "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as e:
                assert e.errno == errno.ENOSPC, e


def full(name, url, disk):
    trial = Trial(name, url)
    fill(disk)
    failed = trial.fails(30)
    trial.is_read()
    os.remove(os.path.join(disk, "filler"))
    back = trial.recovers()
    trial.end(f"full, not ready after {failed:.1f} s, at work {back:.1f} s after it was freed")


def read_only_files(disk):
    """The program says so at its start."""
    url = f"sqlite:{disk}/data.db"
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        done = subprocess.run([program, "serve", "--bind", "127.0.0.1:0"], env=dict(os.environ, DATABASE_URL=url),
                              capture_output=True, text=True, timeout=20)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert done.returncode == 1 and "read-only" in done.stderr, (done.returncode, done.stderr)
    print("sqlite read-only:", done.stderr.strip().splitlines()[-1], flush=True)


def deleted():
    name = "sqlite-deleted"
    path = os.path.join(folder, name, "data.db")
    # The key is the file beside it, as without a configuration.
    del os.environ["PASSERELLE_MASTER_KEY"]
    trial = Trial(name, f"sqlite:{path}")
    os.rename(path, path + ".away")
    failed = trial.fails()
    assert not os.path.exists(path), "a file was made in its place"
    os.rename(path + ".away", path)
    back = trial.recovers()
    backup = os.path.join(folder, name, "backup.db")
    trial.service.command("backup", backup)
    trial.end(f"away, not ready after {failed:.1f} s, at work {back:.1f} s after it was put back")
    os.remove(path)
    done = subprocess.run([program, "serve", "--bind", "127.0.0.1:0"], env=trial.service.env, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and "is missing" in done.stderr, (done.returncode, done.stderr)
    trial.service.command("restore", backup)
    trial.service.start()
    # No more than what was written after the backup is gone.
    assert trial.operator.at(trial.service).whole_list("/v1/organisations")
    trial.service.stop()


def database(name):
    return subprocess.run([script, "database", cluster, name], check=True, capture_output=True, text=True).stdout.strip()


def backends(name):
    return [int(pid) for pid in admin(f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'")]


def read_only_server():
    trial = Trial("readonly", database("readonly"))
    admin("ALTER DATABASE readonly SET default_transaction_read_only = on")
    admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'readonly'")
    failed = trial.fails()
    trial.is_read()
    admin("ALTER DATABASE readonly RESET default_transaction_read_only")
    back = trial.recovers()
    trial.end(f"PostgreSQL read-only, not ready after {failed:.1f} s, at work {back:.1f} s after")


def password():
    trial = Trial("password", database("password"))
    with open(os.path.join(cluster, "password")) as file:
        right = file.read().strip()
    admin("ALTER ROLE password PASSWORD 'another'")
    admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'password'")
    failed = trial.fails()
    admin(f"ALTER ROLE password PASSWORD '{right}'")
    back = trial.recovers()
    trial.end(f"password changed, not ready after {failed:.1f} s, at work {back:.1f} s after")


def stopped():
    trial = Trial("stopped", database("stopped"))
    pids = backends("stopped")
    since = time.time()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        failed = trial.fails()
        assert failed < 5, f"not ready only after {failed:.1f} s"
        time.sleep(max(0, since + 8 - time.time()))
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    back = trial.recovers()
    # Nobody has waited for the backends: eight seconds.
    assert trial.slowest < 6, trial.slowest
    assert (503, "outcome_unknown") in trial.answers, trial.answers
    trial.end(f"{len(pids)} backends stopped for 8 s, not ready after {failed:.1f} s, at work {back:.1f} s after")


def restarts():
    trial = Trial("restarts", database("restarts"))
    for _ in range(4):
        subprocess.run([script, "restart", cluster], check=True)
        trial.recovers()
    trial.end("4 restarts of PostgreSQL")


since = time.time()
deleted()
disks = os.path.ismount(os.path.join(folder, "disk-sqlite"))
os.environ["PASSERELLE_MASTER_KEY"] = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
if disks:
    disk = os.path.join(folder, "disk-sqlite")
    full("sqlite", f"sqlite:{disk}/data.db", disk)
    read_only_files(disk)
    disk = os.path.join(folder, "disk-postgres")
    admin(f"CREATE TABLESPACE small LOCATION '{disk}'")
    url = database("small")
    admin("ALTER DATABASE small SET TABLESPACE small")
    full("postgresql", url, disk)
    stopped()
read_only_server()
password()
restarts()
print(f"{time.time() - since:.0f} s", flush=True)
