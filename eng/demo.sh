#!/usr/bin/env bash
# Kills a bot in the middle of its work, three times and without warning, and lets it prove each time that nothing it had been told is
# kept was lost. From a bare clone on a machine that has only the .NET SDK. Exits non-zero if a proof fails.
#
#   eng/demo.sh [--keep]      --keep leaves the database, the key and the logs where they are
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

kills=3 steps=3000 session=demo/reception patience=60
case ${1:-} in
  '') keep=0 ;;
  --keep) keep=1 ;;
  *) die "unknown argument '$1'; there is only --keep" ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/hybridstore-demo.XXXXXX")
acks=$work/acks.log out=$work/bot.log pid=
finish() {
  if [[ -n $pid ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
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
  dotnet samples/WhatsAppBot/bin/Release/net10.0/WhatsAppBot.dll --steps "$steps" --ack-log "$acks" "$@" >"$out" 2>&1 </dev/null &
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

# Kills the bot once it has been acknowledged N more commits, in the middle of whatever it's doing then.
kill_bot_after() {
  local goal=$(($(acknowledged) + $1)) deadline=$((SECONDS + patience))
  while (($(acknowledged) < goal)); do
    if ! kill -0 "$pid" 2>/dev/null; then indented <"$out"; die "the bot ended before it could be killed"; fi
    ((SECONDS < deadline)) || die "the bot got no further than $(acknowledged) commits in $patience seconds"
    sleep 0.02
  done
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null || true
  pid=
  indented <"$out"
  echo "     killed; its last lines in the ack log:"
  tail -n 2 "$acks" | indented
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

say "Last start: it proves its state once more, and this time works until step $steps is done."
start_bot
await_bot

say "A new process compares everything once more, and the tool opens every record in the database."
start_bot --verify
await_bot
bash eng/hybridstore verify --session "$session" | indented
bash eng/hybridstore show --session "$session" | indented

printf '\nDone: killed %d times, %d steps, and nothing that was acknowledged was lost.\n' "$kills" "$steps"
