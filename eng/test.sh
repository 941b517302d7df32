#!/usr/bin/env bash
# Builds everything and runs all tests, from a bare clone on a machine that has only the .NET SDK. The last line is
# "N passed, N failed, N skipped" over all test projects; before it stand the failed and skipped tests and what the package feed
# lacked, and how much of each project's code the tests ran. Exits non-zero if anything failed, or if no test ran.
#
#   eng/test.sh [--no-build] [--no-coverage] [--filter X] [anything else for dotnet test]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

build=1 coverage=1 arguments=()
for argument; do
  case $argument in
    --no-build) build=0 ;;
    --no-coverage) coverage=0 ;;
    *) arguments+=("$argument") ;;
  esac
done

results=$root/artifacts/test
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0 group=

# Lines that a process ran which was killed don't count.
# It is called from a trap, where a bare return gives the status from before the trap.
tell_coverage() {
  if feed_lacks coverage; then echo "coverage: not measured (needs coverlet.collector)"; return 0; fi
  local -a files=()
  local file
  for file in "$results"/*/coverage.cobertura.xml; do
    if [[ -s $file ]]; then files+=("$file"); fi
  done
  if ((${#files[@]} == 0)); then echo "coverage: not measured"; return 0; fi
  awk -v root="$root" -v uncovered="$results/uncovered.txt" -f eng/coverage.awk "${files[@]}" || true
}

# Whatever happens, the closing lines tell it. A test host that hung may leave a child behind: it's in the group of its run.
finish() {
  local status=$?
  if [[ -n $group ]]; then kill -KILL -- "-$group" 2>/dev/null || true; fi
  if ((status != 0 && failed == 0)); then failed=1; fi
  feed_summary | sed 's/^/feed: /'
  for left_out in "$results"/*.leftout; do
    if [[ -f $left_out ]]; then echo "project left out: $(basename "$left_out" .leftout) (needs $(cat "$left_out"))"; fi
  done
  if ((coverage)); then tell_coverage; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0)) || exit 1
}
trap finish EXIT
trap 'exit 130' INT TERM

# quietly COMMAND...: its warnings and errors, each once; all it said if it failed without one.
quietly() {
  local status=0
  "$@" >"$results/build.log" 2>&1 </dev/null || status=$?
  if ! grep -E ': (error|warning) ' "$results/build.log" | sort -u && ((status != 0)); then cat "$results/build.log"; fi
  return "$status"
}

bash eng/feed.sh >/dev/null # what it found is told at the end
bash eng/native.sh
bash eng/servers.sh install
if ((build)); then
  quietly dotnet restore HybridStore.sln -v q --disable-build-servers
  quietly dotnet build HybridStore.sln -c Release --no-restore -v q --nologo --disable-build-servers
fi

if ((coverage)) && ! feed_lacks coverage; then
  arguments+=(--collect "XPlat Code Coverage" --settings eng/coverage.runsettings)
fi

# One project at a time, so that tests which watch the clock have the machine. In a process group of its own: see finish.
set -m
dotnet test HybridStore.sln -c Release --no-build --nologo -v q -m:1 --disable-build-servers \
  --blame-hang-timeout 10m --blame-hang-dump-type none \
  "-p:TestResultsFolder=$results" ${arguments[@]+"${arguments[@]}"} >"$results/console.log" 2>&1 </dev/null &
group=$!
set +m
status=0
wait "$group" || status=$?

for started in "$results"/*.started; do
  [[ -f $started ]] || continue
  name=$(basename "$started" .started)
  echo 0 1 0 >"$results/counts"
  if [[ -s $results/$name.trx ]]; then
    awk -v counts="$results/counts" -f eng/trx.awk "$results/$name.trx" >"$results/$name.txt" || true
  else
    echo "  FAILED the run itself, which left no results: $results/console.log" >"$results/$name.txt"
  fi
  read -r p f s <"$results/counts"
  echo "$name: $p passed, $f failed, $s skipped"
  cat "$results/$name.txt"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

# After a hang or a crash of the host: which test was running.
sed -n '/^The test running when/,/^$/p' "$results/console.log"

if ((status != 0 && failed == 0)); then
  tail -n 20 "$results/console.log"
  failed=1
fi
if ((passed + failed == 0)); then echo "No test ran."; fi
