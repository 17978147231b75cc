#!/bin/sh
# Installs Lorelei into .venv, exactly as requirements/cpu.lock says. Does nothing when that is done already.
set -eu

LOCK=requirements/cpu.lock
TORCH_INDEX=https://download.pytorch.org/whl/cpu
STAMP=.venv/installed
LOG=.venv/install.log

fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

fingerprint() {
    cat "$LOCK" pyproject.toml requirements/install.sh | .venv/bin/python -c \
        'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

find_python() {
    for candidate in "${PYTHON:-}" python3.11 python3 python; do
        if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "Lorelei needs Python 3.11, and found none. Install it, or name it: make PYTHON=/path/to/python3.11 up"
}

# Runs one step with its output in the log; on failure shows the end of the log and what to do.
step() {
    printf '  %s …\n' "$1"
    shift
    "$@" >>"$LOG" 2>&1 || {
        tail -n 15 "$LOG" >&2
        fail "Installing failed; the whole output is in $LOG. Check the network connection and the free space" \
            "(6 GB), then run the same command again: what was downloaded is kept."
    }
}

pip_install() {
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-compile --no-deps "$@"
}

# Some machines' pip finds PyTorch's CPU builds by itself; elsewhere they are in PyTorch's own index only.
install_torch() {
    torch=$(grep '^torch==' "$LOCK")
    pip_install "$torch" || pip_install --index-url "$TORCH_INDEX" "$torch"
}

# Imports make up most of the start-up time, and where PYTHONDONTWRITEBYTECODE is set each start would compile anew.
compile_bytecode() {
    env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m compileall -q -j 0 .venv/lib services gen || true
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    fail "The single-machine mode runs on Linux x86_64; elsewhere use docker-compose.yml on such a machine."

if [ -x .venv/bin/python ] && [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$(fingerprint)" ]; then
    exit 0
fi

echo "Installing into .venv (about 3 minutes, 5 GB; only when something has changed)"
if ! [ -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    "$python" -m venv --clear .venv ||
        fail "Could not make a virtual environment. On Debian or Ubuntu: apt install python3.11-venv"
fi
: >"$LOG"
step "PyTorch for CPUs" install_torch
step "$(grep -c '==' "$LOCK") packages" pip_install -r "$LOCK"
step "Lorelei itself" pip_install --no-build-isolation -e .
step "compiling" compile_bytecode
fingerprint >"$STAMP"
echo "Installed."
