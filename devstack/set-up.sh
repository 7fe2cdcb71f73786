#!/bin/sh
# Makes the project's own environment from the lock file, or brings it up to date.
# usage: devstack/set-up.sh FOLDER LOCK        PYTHON names the interpreter, if not the usual
set -eu
folder=$1
lock=$2

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# 3.11 and 3.12 come first: for them a wheel brings Redis along.
choose_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3}; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed, and ${PYTHON:-python3} is not." \
        "If there is one, name it: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
}

if ! is_new_enough "$folder/bin/python"; then
    python=$(choose_python)
    echo "Making $folder with $("$python" --version); this happens once."
    "$python" -m venv --clear "$folder"
fi
echo "Installing what $lock lists: one to three minutes the first time."
"$folder/bin/python" -m pip install --quiet --require-hashes --requirement "$lock"

if ! "$folder/bin/python" -c 'from devstack.redis_server import executable; executable()' \
    2>/dev/null && [ -z "${REDIS_URL:-}" ]; then
    echo "Note: this Python has no embedded Redis (only 3.11 and 3.12 have)." \
        "Install redis-server, or set REDIS_URL." >&2
fi
