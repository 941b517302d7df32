# What the scripts of eng/ share; sourced, not run. Works with the bash 3.2 of macOS too.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
feed_props=$root/eng/feed.g.props

# English output, since some of it is read; no telemetry; no build process that outlives its build.
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export MSBUILDDISABLENODEREUSE=1

die() { echo "${0##*/}: $*" >&2; exit 1; }

# The lines of feed.g.props that tell a person what the feed lacks; nothing when it lacks nothing.
feed_summary() { if [[ -f $feed_props ]]; then grep -E "^ *(other version|left out): " "$feed_props" | sed "s/^ *//" || true; fi; }

# feed_lacks SET: was that package set left out?
feed_lacks() { [[ -f $feed_props ]] && grep -q "<MissingPackageSets>.*;$1;" "$feed_props"; }

# A port that nobody listens on, below those that the system gives to outgoing connections.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
}

# within SECONDS COMMAND...: where the system can't bound the time of a command, it is not bounded.
within() {
  if command -v timeout >/dev/null; then timeout -k 10 "$@"; else "${@:2}"; fi
}

# start_mongodb LOG OTHERWISE: has HYBRIDSTORE_MONGODB_SERVER start a server, unless HYBRIDSTORE_TEST_MONGODB names one already or nothing could use it; says what
# comes of it if none is started. What has printed a connection string is there, and stop_mongodb stops it; a server that somebody else has started is not stopped.
mongodb=
start_mongodb() {
  if [[ -z ${HYBRIDSTORE_MONGODB_SERVER:-} || -n ${HYBRIDSTORE_TEST_MONGODB:-} ]] || feed_lacks mongodb; then return 0; fi
  mongodb=$(within 300 "$HYBRIDSTORE_MONGODB_SERVER" start "$(free_port)" 2>"$1" </dev/null | tail -n 1) || mongodb=
  if [[ $mongodb == mongodb://* ]]; then
    export HYBRIDSTORE_TEST_MONGODB=$mongodb
  else
    mongodb=
    echo "mongodb: $HYBRIDSTORE_MONGODB_SERVER started no server, so that $2: $(tail -n 1 "$1")"
  fi
}

# stop_mongodb LOG: only what start_mongodb started.
stop_mongodb() {
  if [[ -z $mongodb ]]; then return 0; fi
  "$HYBRIDSTORE_MONGODB_SERVER" stop >>"$1" 2>&1 </dev/null || echo "mongodb: the server that was started did not stop: $(tail -n 1 "$1")"
}
