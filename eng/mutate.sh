#!/usr/bin/env bash
# Mutation testing of the core's decisions: the code is changed in one place at a time, and a test has to notice. docs/reliability.md
#
#   eng/mutate.sh [AREA...]        breaker, versions, codec, outbox; all of them if none is named
# HYBRIDSTORE_MUTATE_JOBS: how many copies of the tests run at once (1).
#
# Exits with 1 if less than 85 % of an area's mutants were noticed. The reports: artifacts/mutation/AREA/reports/.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

stryker_version=5.1.0
# What an area's code is, below src/HybridStore, and the files of tests/HybridStore.Tests that have to notice; the simulator's are not among them, since it takes too long.
area() {
  case $1 in
    breaker)
      files=(Resilience/TierCircuit.cs Resilience/TierPipeline.cs Resilience/TierPipeline.Retries.cs Resilience/TierPipeline.Streams.cs
        Resilience/TenantCircuit.cs Resilience/TenantCircuits.cs Resilience/TierFailure.cs)
      tests=("Resilience/*.cs" Outbox/QueueFixture.cs) ;;
    versions)
      files=("Coordination/*.cs" Sessions/CommitQueue.cs Sessions/JoinedPatches.cs)
      tests=("Coordination/*.cs" "Sessions/*.cs") ;;
    codec) files=("Codec/**/*.cs") tests=("Codec/*.cs") ;;
    outbox) files=("Outbox/*.cs") tests=("Outbox/*.cs") ;;
    *) die "no area $1: breaker, versions, codec and outbox are" ;;
  esac
}

areas=("$@")
if ((${#areas[@]} == 0)); then areas=(breaker versions codec outbox); fi
for name in "${areas[@]}"; do area "$name"; done

bash "$root/eng/feed.sh" >/dev/null
if feed_lacks sqlite; then die "the package feed lacks sqlite"; fi
tool=$root/artifacts/stryker-$stryker_version
if [[ ! -x $tool/dotnet-stryker ]]; then
  dotnet tool install dotnet-stryker --version "$stryker_version" --tool-path "$tool" >/dev/null || die "the package feed lacks dotnet-stryker $stryker_version"
fi

# A configuration of its own (stryker.json), since the tool cleans what it builds; it compiles as Release does. The analyzers look at the code where it is built for use.
export Optimize=true RunAnalyzers=false
# The tool's files in there have the same names in every run.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

status=0
cd "$root/eng/mutation"
for name in "${areas[@]}"; do
  area "$name"
  mutate=()
  for file in "${files[@]}"; do mutate+=(--mutate "**/$file"); done
  MUTATION_TESTS=$root/tests/HybridStore.Tests/Support/*.cs
  for file in "${tests[@]}"; do MUTATION_TESTS+=";$root/tests/HybridStore.Tests/$file"; done
  export MUTATION_TESTS
  echo "== $name"
  "$tool/dotnet-stryker" --config-file stryker.json --skip-version-check --concurrency "${HYBRIDSTORE_MUTATE_JOBS:-1}" \
    --output "$root/artifacts/mutation/$name" "${mutate[@]}" || status=1
done
exit $status
