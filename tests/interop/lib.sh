# shellcheck shell=bash
# What .ci and tests/interop share: a free port, waiting for an address, a demo started and stopped. Sourced, never run.

# free_port: a port of the loopback that nothing listens on at this moment.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# member JSON NAME...: one member of a JSON text, as text ("member '{"a":{"b":1}}' a b" prints 1).
member() {
  python3 -c 'import functools, json, sys; print(functools.reduce(lambda v, k: v[k], sys.argv[2:], json.loads(sys.argv[1])))' "$@"
}

# wait_ready URL PID LOG: until URL answers 200, at most two minutes; gives up at once when PID has died.
wait_ready() {
  local url=$1 pid=$2 log=$3 i
  for ((i = 0; i < 600; i++)); do
    if curl --silent --fail --output /dev/null --max-time 2 "$url"; then return 0; fi
    if ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 0.2
  done
  echo "nothing ready at $url; its log ends:" >&2
  tail -n 30 "$log" >&2
  return 1
}

# stop PID...: SIGTERM, up to 30 s to finish (the service gives requests in flight 20), then SIGKILL. Returns the exit status of the last one.
stop() {
  local pid status=0 i
  for pid in "$@"; do
    kill -TERM "$pid" 2>/dev/null || true
    for ((i = 0; i < 300; i++)); do
      if ! kill -0 "$pid" 2>/dev/null; then break; fi
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    status=0
    wait "$pid" 2>/dev/null || status=$?
  done
  return "$status"
}

# start_demo DIR COMMAND...: starts `COMMAND... demo` over DIR, empty or of a demo before, and reads the line that it prints once
# it answers. DEMO_TODAY=DATE lets it live on that day. Sets DEMO_PID, DEMO_JSON and DEMO_BASE_URL; the caller stops DEMO_PID.
start_demo() {
  local dir=$1 i
  shift
  mkdir -p "$dir"
  : >"$dir/stdout"
  "$@" demo ${DEMO_TODAY:+--today "$DEMO_TODAY"} --format json --bind "127.0.0.1:$(free_port)" --dir "$dir/demo" >"$dir/stdout" 2>"$dir/stderr" </dev/null &
  DEMO_PID=$!
  for ((i = 0; i < 1200; i++)); do
    if [[ $(wc -l <"$dir/stdout") -ge 1 ]]; then break; fi
    if ! kill -0 "$DEMO_PID" 2>/dev/null; then break; fi
    sleep 0.1
  done
  if ! DEMO_JSON=$(head -n 1 "$dir/stdout") || ! DEMO_BASE_URL=$(member "$DEMO_JSON" base_url 2>/dev/null); then
    echo "the demo printed no line of JSON; standard error ends:" >&2
    tail -n 30 "$dir/stderr" >&2
    return 1
  fi
  DEMO_BASE_URL=${DEMO_BASE_URL%/}
  export DEMO_JSON DEMO_BASE_URL
}

# need PROGRAM PACKAGE...: installs Debian packages when PROGRAM is not there.
need() {
  local program=$1
  shift
  if command -v "$program" >/dev/null; then return 0; fi
  if [[ $(id -u) -ne 0 ]]; then
    echo "$program is missing: apt-get install $*" >&2
    return 1
  fi
  echo "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null
  apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "$@" >/dev/null
}
