#!/usr/bin/env bash
# The servers that tests and demos need: redis-server, PostgreSQL and PgBouncer. Tests start their own, each on a free port and in a folder of
# its own; they only need the programs. Where one is missing and this user may install packages, the system's package manager gets it.
#
#   eng/servers.sh install   sees to it that they are there; says so and goes on where one can't be had (tests then skip by name)
#   eng/servers.sh start     starts a Redis for development, durable, on 127.0.0.1:6390 (HYBRIDSTORE_REDIS_PORT), in artifacts/redis
#   eng/servers.sh stop      stops that one
#   eng/servers.sh kill      ends it as a power cut does
# HYBRIDSTORE_REDIS_FOLDER names another folder, for another one beside it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

folder=${HYBRIDSTORE_REDIS_FOLDER:-$root/artifacts/redis}
port=${HYBRIDSTORE_REDIS_PORT:-6390}

program() { command -v redis-server || command -v valkey-server; }

privileged() {
  if [[ $(id -u) == 0 ]]; then "$@"; elif sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

apt() { privileged env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null 2>&1 </dev/null; }

# Each package manager with the name that it has for the package. A service that the package starts is none of ours.
install_redis() {
  if command -v apt-get >/dev/null; then
    # A fresh machine has no package lists yet.
    apt install -y --no-install-recommends redis-server || { apt update && apt install -y --no-install-recommends redis-server; }
  elif command -v dnf >/dev/null; then
    privileged dnf install -y redis >/dev/null 2>&1 || privileged dnf install -y valkey >/dev/null 2>&1
  elif command -v apk >/dev/null; then
    privileged apk add redis >/dev/null 2>&1 || privileged apk add valkey >/dev/null 2>&1
  elif command -v brew >/dev/null; then
    brew install redis >/dev/null 2>&1
  else
    return 1
  fi
}

postgresql() { command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null || ls -d /opt/homebrew/opt/postgresql*/bin/initdb 2>/dev/null; }

pgbouncer() { command -v pgbouncer || ls /usr/sbin/pgbouncer 2>/dev/null; }

# Debian's package makes a cluster and starts it, unless it is told not to before it is installed.
without_a_cluster() {
  privileged test -e /etc/postgresql-common/createcluster.conf && return 0
  privileged mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | privileged tee /etc/postgresql-common/createcluster.conf >/dev/null
}

# Packages that would start a service at once are told not to: the tests start their own.
without_services() {
  local policy=/usr/sbin/policy-rc.d status=0
  if [[ -e $policy ]]; then "$@"; return; fi
  printf '#!/bin/sh\nexit 101\n' | privileged tee $policy >/dev/null || return 1
  privileged chmod +x $policy
  "$@" || status=$?
  privileged rm -f $policy
  return $status
}

install_postgresql() {
  if command -v apt-get >/dev/null; then
    without_a_cluster || return 1
    local -a install=(install -y --no-install-recommends -o Dpkg::Options::=--force-confold postgresql)
    without_services apt "${install[@]}" || { apt update && without_services apt "${install[@]}"; }
  elif command -v dnf >/dev/null; then
    privileged dnf install -y postgresql-server >/dev/null 2>&1
  elif command -v apk >/dev/null; then
    privileged apk add postgresql >/dev/null 2>&1
  elif command -v brew >/dev/null; then
    brew install postgresql >/dev/null 2>&1
  else
    return 1
  fi
}

install_pgbouncer() {
  if command -v apt-get >/dev/null; then
    without_services apt install -y --no-install-recommends pgbouncer || return 1
    privileged systemctl disable pgbouncer >/dev/null 2>&1 || true
  elif command -v dnf >/dev/null; then
    privileged dnf install -y pgbouncer >/dev/null 2>&1
  elif command -v apk >/dev/null; then
    privileged apk add pgbouncer >/dev/null 2>&1
  elif command -v brew >/dev/null; then
    brew install pgbouncer >/dev/null 2>&1
  else
    return 1
  fi
}

running() { [[ -f $folder/pid ]] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; }

case ${1:-} in
  install)
    if [[ -z ${HYBRIDSTORE_TEST_REDIS:-} ]] && ! program >/dev/null; then
      install_redis || true
      program >/dev/null || echo "redis-server is not there and can't be installed here: the tests that need it are skipped."
    fi
    if [[ -z ${HYBRIDSTORE_TEST_POSTGRESQL:-} ]] && ! postgresql >/dev/null; then
      install_postgresql || true
      postgresql >/dev/null || echo "PostgreSQL is not there and can't be installed here: the tests that need it are skipped."
    fi
    if postgresql >/dev/null && ! pgbouncer >/dev/null; then
      install_pgbouncer || true
      pgbouncer >/dev/null || echo "PgBouncer is not there and can't be installed here: the tests through it are skipped."
    fi
    ;;
  start)
    running && die "it runs already, on port $port"
    program >/dev/null || die "there is no redis-server; try eng/servers.sh install"
    mkdir -p "$folder"
    "$(program)" --port "$port" --bind 127.0.0.1 --dir "$folder" --pidfile "$folder/pid" --logfile "$folder/log" --daemonize yes \
      --appendonly yes --appendfsync always --maxmemory-policy noeviction --lazyfree-lazy-expire yes --save "" >/dev/null
    echo "redis:127.0.0.1:$port"
    ;;
  stop)
    if running; then kill "$(cat "$folder/pid")"; fi
    ;;
  kill)
    if running; then kill -KILL "$(cat "$folder/pid")"; fi
    while running; do sleep 0.05; done
    ;;
  *)
    die "say install, start, stop or kill"
    ;;
esac
