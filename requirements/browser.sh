#!/bin/sh
# Installs the browser that the page is tested in, unless there is one. Not needed to run Lorelei.
set -eu
if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo 'The page is tested in Chromium: install it (or Google Chrome), so that it is on the PATH.' >&2
    exit 1
fi
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
echo 'Installing Chromium …'
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
