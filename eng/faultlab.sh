#!/usr/bin/env bash
# The fault laboratory: real bots, Redis and PostgreSQL that are killed, paused, cut off and set back, and a checker over all that the bots were told. docs/reliability.md
#
#   eng/faultlab.sh [--minutes N] [--seed S] [--json FILE] [--default-options] [--setups A,B] [--faults A,B] [--bots N] [--pace MS] [--keep]
#
# HYBRIDSTORE_MONGODB_SERVER: a program that starts, kills and pauses a server which speaks MongoDB's protocol: docs/mongodb.md. Without it, or without the driver, there is none in the run, which says so.
# Exits with 1 if a promise was broken, with 2 if the laboratory itself failed. The first line repeats the run.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

project=$root/tests/HybridStore.FaultLab
program=$project/bin/Release/net10.0/HybridStore.FaultLab.dll
bash "$root/eng/feed.sh" >/dev/null
for set in redis postgresql sqlite; do
  if feed_lacks "$set"; then die "the package feed lacks $set"; fi
done
bash "$root/eng/servers.sh" install
dotnet build "$project" -c Release --nologo -v q >/dev/null || dotnet build "$project" -c Release --nologo -v q

# Disks that fill up are mounted where nobody else sees them, and are gone with the run.
if unshare --mount true 2>/dev/null && command -v fallocate >/dev/null; then
  exec env HYBRIDSTORE_LAB_MOUNTS=1 unshare --mount dotnet "$program" "$@"
fi
echo "left out: full disks, since none can be mounted here"
exec dotnet "$program" "$@"
