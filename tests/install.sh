#!/usr/bin/env bash
# Installs what the tests need beside the Python packages: a Chromium, and where npm is there a newer
# axe than the Python package has. PostgreSQL and Redis come as Python packages (requirements-dev.txt).
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

if [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
  exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing chromium and fonts with Korean letters (Debian packages) …"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
  exit 0
fi
echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium fonts-noto-cjk)," >&2
echo "or say where it is: CHROMIUM=/path/to/chromium make test" >&2
exit 1
