#!/usr/bin/env bash
# Installs what the tests need beside the Python packages: a Chromium. PostgreSQL and Redis come as
# Python packages (requirements-dev.txt).
set -euo pipefail

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
