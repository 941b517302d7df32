#!/usr/bin/env bash
# Measures: what docs/performance.md says is to be reached, and traces of bots on all configurations, on raw clients and on baselines. Starts its own servers.
#
#   eng/bench.sh [--quick|--full]     --quick (the default) in less than 5 minutes; --full in about an hour, with more rounds, sizes and traces
#
# Writes benchmarks/results: latest.json (every line with its value, goal and whether it was met; machine, versions and command), pages and charts;
# and the table and charts into docs/performance.md, between the marks there.
# MongoDB is played on where HYBRIDSTORE_TEST_MONGODB names a server (a connection string), or HYBRIDSTORE_MONGODB_SERVER a program that starts one: docs/mongodb.md. Figures
# of a server that only speaks its protocol are not MongoDB's.
# HYBRIDSTORE_BENCH_RESULTS names another folder: then the page stays as it is. Leave the machine alone meanwhile.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:---quick} in
  --quick | --full) length=${1:---quick} ;;
  *) die "say --quick or --full" ;;
esac
results=${HYBRIDSTORE_BENCH_RESULTS:-$root/benchmarks/results} page=()
if [[ -z ${HYBRIDSTORE_BENCH_RESULTS:-} ]]; then page=("$root/docs/performance.md"); fi

bash "$root/eng/feed.sh" >/dev/null
for set in redis postgresql sqlite benchmarks; do
  if feed_lacks "$set"; then die "the package feed lacks $set"; fi
done
bash "$root/eng/servers.sh" install
bash "$root/eng/native.sh" >/dev/null || true
for name in HybridStore.LoadTest HybridStore.Benchmarks; do
  dotnet build "$root/benchmarks/$name" -c Release --nologo -v q >/dev/null || dotnet build "$root/benchmarks/$name" -c Release --nologo -v q
done
load=$root/benchmarks/HybridStore.LoadTest/bin/Release/net10.0/HybridStore.LoadTest.dll
benchmarks=$root/benchmarks/HybridStore.Benchmarks/bin/Release/net10.0/HybridStore.Benchmarks.dll

parts=$(mktemp -d)
trap 'stop_mongodb "$parts/mongodb.log"; rm -rf "$parts"' EXIT
mkdir -p "$results"
started=$SECONDS
{
  echo "# By turns"
  echo
  echo "Written by \`eng/bench.sh $length\`: rounds in each of which every side has its turn; rates are beside the first line of each table."
  echo
  dotnet "$benchmarks" paired rows "$parts/rows-paired.json" "$length"
} >"$results/paired.md"
dotnet "$load" rows "$length" --json "$parts/rows-load.json" >/dev/null
start_mongodb "$parts/mongodb.log" "nothing is played on MongoDB"
dotnet "$load" suite "$results" "$parts" "$length"
dotnet "$load" report "$results" "$parts" "eng/bench.sh $length" ${page[@]+"${page[@]}"}
sed -n '/^|/p' "$results/goals.md"
echo "$((SECONDS - started)) s; $results"
