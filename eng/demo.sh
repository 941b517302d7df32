#!/usr/bin/env bash
# Kills a bot in the middle of its work, three times and without warning, and lets it prove each time that nothing it had been told is
# kept was lost. From a bare clone on a machine that has only the .NET SDK. Exits non-zero if a proof fails.
#
#   eng/demo.sh [--redis] [--keep]      --keep leaves the database, the key and the logs where they are
#
# With --redis, a Redis of its own stands in front of the database and takes part of the commits first; it is killed as well: while the bot lives,
# and together with the bot.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

kills=3 steps=3000 session=demo/reception patience=60
keep=0 redis=0
for argument in "$@"; do
  case $argument in
    --keep) keep=1 ;;
    --redis) redis=1 ;;
    *) die "unknown argument '$argument'; there are --redis and --keep" ;;
  esac
done

work=$(mktemp -d "${TMPDIR:-/tmp}/hybridstore-demo.XXXXXX")
acks=$work/acks.log out=$work/bot.log pid= with_redis=() redis_folder=
finish() {
  if [[ -n $pid ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
  if [[ -n $redis_folder ]]; then bash eng/servers.sh kill || true; fi
  if ((keep)); then echo "Left in $work"; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

number=0
say() { number=$((number + 1)); printf '\n%d. %s\n' "$number" "$*"; }
indented() { sed 's/^/     /'; }

# quietly COMMAND...: what it says only if it fails.
quietly() { "$@" >"$work/build.log" 2>&1 </dev/null || { cat "$work/build.log" >&2; die "failed: $*"; }; }

start_bot() {
  dotnet samples/WhatsAppBot/bin/Release/net10.0/WhatsAppBot.dll --steps "$steps" --ack-log "$acks" ${with_redis[@]+"${with_redis[@]}"} "$@" >"$out" 2>&1 </dev/null &
  pid=$!
}

# Waits for the bot to end by itself, which must be with success.
await_bot() {
  local status=0
  wait "$pid" || status=$?
  pid=
  indented <"$out"
  ((status == 0)) || die "the bot's proof failed, or the bot did (exit code $status)"
}

acknowledged() { if [[ -f $acks ]]; then wc -l <"$acks"; else echo 0; fi; }

# Waits until the bot has been acknowledged N more commits.
await_acks() {
  local goal=$(($(acknowledged) + $1)) deadline=$((SECONDS + patience))
  while (($(acknowledged) < goal)); do
    if ! kill -0 "$pid" 2>/dev/null; then indented <"$out"; die "the bot ended before it could be killed"; fi
    ((SECONDS < deadline)) || die "the bot got no further than $(acknowledged) commits in $patience seconds"
    sleep 0.02
  done
}

# Kills the bot once it has been acknowledged N more commits, in the middle of whatever it's doing then.
kill_bot_after() {
  await_acks "$1"
  kill_bot
}

kill_bot() {
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null || true
  pid=
  indented <"$out"
  echo "     killed; its last lines in the ack log:"
  tail -n 2 "$acks" | indented
}

# Starts Redis where it was, or for the first time, and waits until it answers.
start_redis() {
  local deadline=$((SECONDS + patience))
  bash eng/servers.sh start >/dev/null
  # Its own process, and not another server that has the port already.
  until kill -0 "$(cat "$redis_folder/pid" 2>/dev/null || echo none)" 2>/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$HYBRIDSTORE_REDIS_PORT") 2>/dev/null; do
    ((SECONDS < deadline)) || die "Redis does not answer on port $HYBRIDSTORE_REDIS_PORT in $patience seconds"
    sleep 0.1
  done
}

say "Looking at what the package feed has, and building the sample bot and the hybridstore tool. On a fresh machine this takes a minute."
bash eng/feed.sh | indented
feed_lacks sqlite && die "the package feed has no SQLite, which the demo keeps its session in"
bash eng/native.sh | indented
quietly dotnet build samples/WhatsAppBot -c Release -v q --nologo --disable-build-servers
key=$(bash eng/hybridstore keygen)

say "The tool made a master key. Without one, nothing is stored: every value is encrypted before it reaches the database."
export HYBRIDSTORE_MASTER_KEY=$key HYBRIDSTORE_COLD=sqlite:$work/bot.db
if ((keep)); then (umask 077 && echo "$key" >"$work/master.key"); fi

if ((redis)); then
  # The bot must not get to the end while Redis is away.
  steps=6000
  feed_lacks redis && die "the package feed has no client for Redis"
  bash eng/servers.sh install | indented
  redis_folder=$work/redis
  export HYBRIDSTORE_REDIS_FOLDER=$redis_folder HYBRIDSTORE_REDIS_PORT=$((20000 + RANDOM % 20000))
  say "Redis starts on port $HYBRIDSTORE_REDIS_PORT, with appendonly yes and appendfsync always: what it acknowledged survives its own death."
  start_redis
  export HYBRIDSTORE_HOT=redis:127.0.0.1:$HYBRIDSTORE_REDIS_PORT
  with_redis=(--redis "127.0.0.1:$HYBRIDSTORE_REDIS_PORT")

  say "First start: the bot imports its Baileys folder as session $session. What it receives is acknowledged once Redis has it in its outbox ('queued' in
   the ack log), and drained to the database from there; what it sends waits for the database. It is killed with kill -9; Redis lives."
  start_bot
  kill_bot_after $((250 + RANDOM % 250))
  echo "     the tool on what the dead bot left in Redis: tenant, session, version in the database, commits that wait"
  bash eng/hybridstore outbox list | indented

  say "It starts again, takes over what waits in Redis, proves its state, and works on. Then Redis is killed underneath it: the bot goes on, now with the
   database alone. Redis starts again, and the bot gives it back what it lacks. Then the bot is killed."
  start_bot
  await_acks 150
  bash eng/servers.sh kill
  echo "     Redis is dead"
  await_acks 100
  start_redis
  echo "     Redis is back; $(acknowledged) steps are acknowledged"
  await_acks 200
  kill_bot

  say "It proves its state and works on. Then both are killed at the same moment: nobody is left who remembers what was queued, but Redis' file on the disk.
   With appendfsync always that file has all that was acknowledged. With everysec nobody could tell whether its last second is missing: then the session
   would say that it was rolled back, and this demo would fail here rather than go on with keys that may have been used."
  start_bot
  await_acks $((250 + RANDOM % 250))
  bash eng/servers.sh kill &
  kill_bot
  wait
  start_redis
else
  say "First start: the bot imports its Baileys folder as session $session and goes to work: messages, answers, groups, pre-keys.
   Each step is one commit, all or nothing; once the store has acknowledged it, the bot adds a line to the ack log.
   After a few hundred steps it is killed with kill -9."
  start_bot
  kill_bot_after $((250 + RANDOM % 250))

  for ((i = 2; i <= kills; i++)); do
    say "It starts again: computes in memory what each record must be by now, compares, looks for its last acknowledged step,
   and works on from there. Then it is killed again."
    start_bot
    kill_bot_after $((250 + RANDOM % 250))
  done
fi

say "Last start: it proves its state once more, and this time works until step $steps is done."
start_bot
await_bot

say "A new process compares everything once more, and the tool opens every record in the database."
start_bot --verify
await_bot
bash eng/hybridstore verify --session "$session" | indented
bash eng/hybridstore show --session "$session" | indented
if ((redis)); then
  [[ -z $(bash eng/hybridstore outbox list) ]] || die "something is still queued"
  printf '\nDone: the bot and Redis killed in turn and together, %d steps, %d of them acknowledged by Redis alone at first, and nothing was lost.\n' \
    "$steps" "$(grep -c queued "$acks" || true)"
  exit
fi

printf '\nDone: killed %d times, %d steps, and nothing that was acknowledged was lost.\n' "$kills" "$steps"
