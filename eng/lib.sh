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
