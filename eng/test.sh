#!/usr/bin/env bash
# Builds everything and runs all tests, from a bare clone on a machine that has only the .NET SDK. The last line is
# "N passed, N failed, N skipped" over all test projects; before it stand the failed and skipped tests and what the package feed
# lacked, and how much of each project's code the tests ran. Exits non-zero if anything failed, or if no test ran.
#
#   eng/test.sh [--no-build] [--no-coverage] [--filter X] [anything else for dotnet test]
# HYBRIDSTORE_TEST_LIMIT: after how many seconds the tests of a project are ended and count as failed (900).
# HYBRIDSTORE_TEST_JOBS: how many projects' tests run at once (1; two are faster where their databases lie in memory, and slower where they share one disk).
# TMPDIR: where the tests' databases lie; if not set, in memory where there is room for them, and else where the system keeps such files.
# HYBRIDSTORE_MONGODB_SERVER: a program that starts a server which speaks MongoDB's protocol, for where there is no mongod: it is called as
#   PROGRAM start PORT   and prints the connection string as its last line; not there within 300 s, it counts as failed
#   PROGRAM stop         at the end, whatever happens
# It is not called where HYBRIDSTORE_TEST_MONGODB names a server, or where the feed lacks the driver.
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

# In seconds, for each project. Two at once on two busy cores, the slowest took two thirds of it.
limit=${HYBRIDSTORE_TEST_LIMIT:-900}
results=$root/artifacts/test
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0 group= watch= lanes= memory=
jobs=${HYBRIDSTORE_TEST_JOBS:-1}
projects=()

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
  for lane in $lanes; do kill "$lane" 2>/dev/null || true; done
  wait
  add_up
  stop_mongodb "$results/mongodb.log"
  if [[ -n $memory ]]; then rm -rf "$memory"; fi
  if ((status != 0 && failed == 0)); then failed=1; fi
  if ((passed + failed == 0)); then echo "No test ran."; fi
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

# What all projects together have come to. One without a result counts as failed.
add_up() {
  local project p f s
  for project in ${projects[@]+"${projects[@]}"}; do
    p=0 f=1 s=0
    if [[ -s $results/$project.counts ]]; then
      read -r p f s <"$results/$project.counts"
    else
      echo "$project: its tests were not run to their end"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  done
}

# quietly COMMAND...: its warnings and errors, each once; all it said if it failed without one.
quietly() {
  local status=0
  "$@" >"$results/build.log" 2>&1 </dev/null || status=$?
  if ! grep -E ': (error|warning) ' "$results/build.log" | sort -u && ((status != 0)); then cat "$results/build.log"; fi
  return "$status"
}

# end_after SECONDS GROUP MARK: ends a group of processes that is still there then, and says so in a file.
end_after() {
  sleep "$1"
  touch "$3"
  kill -KILL -- "-$2" 2>/dev/null
}

# Databases wait for the disk most of their time. That is nothing to be tested here: servers are killed, and never the machine.
use_memory() {
  local free
  if [[ -n ${TMPDIR:-} || ! -w /dev/shm ]]; then return 0; fi
  free=$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }') || return 0
  if ((free < 4 * 1024 * 1024)); then return 0; fi
  memory=$(mktemp -d /dev/shm/hybridstore-test.XXXXXX)

  # Servers that don't run as root look into it too.
  chmod 755 "$memory"
  export TMPDIR=$memory
}

# run_lane: runs the tests of one project after the other, as long as there is one that no other lane has taken.
run_lane() {
  trap 'for left in $watch $group; do kill -KILL -- "-$left" 2>/dev/null || true; done' EXIT
  trap 'exit 143' TERM
  local project
  for project; do
    if mkdir "$results/$(basename "$project" .csproj).taken" 2>/dev/null; then test_project "$project"; fi
  done
}

# tell FILE: shows it in one piece, whatever other lanes have to say.
tell() {
  until mkdir "$results/telling" 2>/dev/null; do sleep 0.1; done
  cat "$1"
  rmdir "$results/telling"
}

# test_project PROJECT: runs its tests in a process group of its own, and tells how they ended.
test_project() {
  local name how started=$SECONDS status=0
  name=$(basename "$1" .csproj)
  set -m
  dotnet test "$1" -c Release --no-build --nologo -v q --disable-build-servers \
    --blame-hang-timeout 4m --blame-hang-dump-type none --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" \
    ${arguments[@]+"${arguments[@]}"} >"$results/$name.log" 2>&1 </dev/null &
  group=$!
  end_after "$limit" "$group" "$results/$name.late" &
  watch=$!
  disown "$watch"
  set +m
  { wait "$group" || status=$?; } 2>/dev/null
  kill -KILL -- "-$watch" 2>/dev/null || true
  group='' watch=''

  local counts=$results/$name.ended
  echo 0 1 0 >"$counts"
  : >"$results/$name.txt"
  if [[ -s $results/$name.trx ]]; then
    awk -v counts="$counts" -f eng/trx.awk "$results/$name.trx" >"$results/$name.txt" || true
  elif ((status == 0)) && grep -q '^No test matches' "$results/$name.log"; then
    echo 0 0 0 >"$counts"
  fi
  read -r p f s <"$counts"
  # A run that broke off has no results, or not all: what it said last tells where it was.
  if ((status != 0 && f == 0)); then f=1; fi
  {
    echo "$name: $p passed, $f failed, $s skipped ($((SECONDS - started)) s)"
    cat "$results/$name.txt"
    if [[ ! -s $results/$name.trx ]] && ((status != 0)); then
      if [[ -f $results/$name.late ]]; then how="was ended after $limit s"; else how="left no results"; fi
      echo "  FAILED the run itself, which $how: $results/$name.log"
      grep -E '^ *(Failed|\[xUnit.*\[FAIL\]|Error)' "$results/$name.log" | head -n 40 || true
      tail -n 20 "$results/$name.log"
    fi
    # After a hang or a crash of the host: which test was running.
    sed -n '/^The test running when/,/^$/p' "$results/$name.log"
  } >"$results/$name.report"
  tell "$results/$name.report"
  echo "$p $f $s" >"$results/$name.counts"
}

bash eng/feed.sh >/dev/null # what it found is told at the end
bash eng/native.sh
bash eng/servers.sh install
if ((build)); then
  quietly dotnet restore HybridStore.sln -v q --disable-build-servers
  # The compiler's server saves a third of the time. It is the only one that stays behind, and is ended.
  quietly dotnet build HybridStore.sln -c Release --no-restore -v q --nologo -nodeReuse:false
  dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true
fi

# Where there is a mongod, the tests start their own.
command -v mongod >/dev/null || start_mongodb "$results/mongodb.log" "the tests which need one are skipped"
use_memory

if ((coverage)) && ! feed_lacks coverage; then
  arguments+=(--collect "XPlat Code Coverage" --settings eng/coverage.runsettings)
fi

# What can't be built here is left out, by name.
for project in */*/*.csproj; do
  needs=$(sed -n 's/.*<RequiresPackageSet>\(.*\)<.*/\1/p' "$project")
  for set in ${needs//;/ }; do
    if feed_lacks "$set"; then
      name=$(basename "$project" .csproj)
      echo "${needs//;/, }" >"$results/$name.leftout"
    fi
  done
done

# Each is told as soon as it has ended. Those with a PostgreSQL of their own take longest: where two run at once, they come first, so that none is left to run alone.
files=() longest=()
for project in $(sed -n 's/^Project.*"\(tests[^"]*\.csproj\)".*/\1/p' HybridStore.sln | tr '\\' /); do
  name=$(basename "$project" .csproj)
  if [[ ! -f $results/$name.leftout ]] && grep -q '<ProjectType>Test<' "$project"; then
    projects+=("$name")
    if ((jobs > 1)) && grep -q '<RequiresPackageSet>.*postgresql' "$project"; then longest+=("$project"); else files+=("$project"); fi
  fi
done
files=(${longest[@]+"${longest[@]}"} ${files[@]+"${files[@]}"})

for ((lane = 0; lane < jobs; lane++)); do
  run_lane ${files[@]+"${files[@]}"} &
  lanes="$lanes $!"
done
wait
lanes=
