#!/bin/sh
# Run by mmdebstrap before it installs anything: nothing of the security archive counts as yet.
set -eu
if [ -n "$TWIN" ]; then
  printf 'Package: *\nPin: release n=%s-security\nPin-Priority: -1\n' "$CODENAME" \
    >"$1/etc/apt/preferences.d/twin"
fi
