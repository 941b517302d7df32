#!/usr/bin/env bash
# Makes sure that libsodium can be loaded. It comes with the package "libsodium"; where the feed lacks that one (eng/feed.sh),
# the system's library serves, and is installed here if that can be done unasked. If not, this says how, and the tests that
# need it say so themselves.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

feed_lacks libsodium || exit 0

on_system() {
  [[ $(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true) == *libsodium.so* ]] ||
    compgen -G '/usr/lib*/libsodium.so.*' >/dev/null ||
    compgen -G '/usr/local/lib/libsodium.*' >/dev/null ||
    compgen -G '/opt/homebrew/lib/libsodium.*.dylib' >/dev/null
}
on_system && exit 0

if command -v apt-get >/dev/null; then
  as_root=()
  if [[ $(id -u) != 0 ]]; then as_root=(sudo -n); fi
  apt() { ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null 2>&1 </dev/null; }
  # A fresh machine has no package lists yet. The number in the name is the library's, and goes up now and then.
  if apt install -y libsodium23 || { apt update; apt install -y libsodium23; } || apt install -y libsodium-dev; then
    echo "Installed the system's libsodium, which the package feed lacks."
    exit 0
  fi
fi

cat >&2 <<'TEXT'
warning: libsodium is neither on the package feed nor on this system. Install it, one of:
  apt-get install libsodium23 | dnf install libsodium | apk add libsodium | brew install libsodium
TEXT
