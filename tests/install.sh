#!/usr/bin/env bash
# Installs what the tests need beside the Python packages: a Chromium, what Playwright drives it with, nginx,
# which is only ever started by the tests, and where npm is there a newer axe than the Python package has.
# PostgreSQL and Redis come as Python packages (requirements-dev.txt).
set -euo pipefail

# Only axe.min.js is used, by tests/browser/axe.py; it is no part of what is shipped (MPL-2.0).
AXE=axe-core-4.14.1
if command -v npm >/dev/null && [ ! -f "var/$AXE.min.js" ]; then
  mkdir -p var
  if (cd var && npm pack --silent axe-core@4.14.1 >/dev/null && tar -xzf "$AXE.tgz" package/axe.min.js); then
    mv var/package/axe.min.js "var/$AXE.min.js"
  else
    echo "axe-core 4.14.1 could not be had from npm: the tests use the older one that they bring." >&2
  fi
  rm -rf "var/$AXE.tgz" var/package
fi

has() { command -v "$1" >/dev/null || command -v "/usr/sbin/$1" >/dev/null; }

missing=()
[ -n "${CHROMIUM:-}" ] || has chromium || has chromium-browser || missing+=(chromium fonts-noto-cjk)
has nginx || missing+=(nginx-light)
# What Playwright's own Node.js is linked against and the smallest of systems do without.
.venv/bin/python -m playwright --version >/dev/null 2>&1 || missing+=(libatomic1)
[ "${#missing[@]}" -gt 0 ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing ${missing[*]} (Debian packages; fonts for Korean letters in Chromium) …"
  apt-get update -qq
  # nginx must not begin to serve by itself.
  [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; own=1; }
  status=0
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || status=$?
  [ -z "${own:-}" ] || rm -f /usr/sbin/policy-rc.d
  exit "$status"
fi
echo "The tests need ${missing[*]}. Install them (Debian: apt-get install ${missing[*]})," >&2
echo "or say where Chromium is: CHROMIUM=/path/to/chromium make test" >&2
exit 1
