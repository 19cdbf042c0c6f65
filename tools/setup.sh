#!/bin/sh
# Makes .venv with the pinned tools, or brings it up to date; `make` runs it, and it works without make.
#
# .venv/.synced says that the environment is whole. It is deleted before anything is changed, so that
# a set-up that was interrupted is begun anew. PYTHON names the Python to use.
set -eu
cd "$(dirname "$0")/.."
venv=.venv
# make puts the environment's own Python first, which cannot make the environment.
PATH=$(echo ":$PATH:" | sed "s|:$PWD/$venv/bin:|:|g; s|^:||; s|:\$||")
needs="Client Registry needs Python 3.11 or newer"

fail() {
    echo "set-up: $1" >&2
    exit 1
}

# Whether a Python is new enough.
is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Prints the Python to make the environment with.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        command -v "$PYTHON" >/dev/null || fail "There is no $PYTHON; $needs, and PYTHON= names one."
        is_new_enough "$PYTHON" ||
            fail "$PYTHON is $("$PYTHON" --version 2>&1); $needs, and PYTHON= names another one."
        echo "$PYTHON"
        return
    fi
    for name in python3 python3.13 python3.14 python3.12 python3.11; do
        if command -v "$name" >/dev/null && is_new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    fail "$needs, and none is on the PATH: install one, or name it as in make run PYTHON=/path/to/python3.13."
}

# Runs a command, and prints what it does and how long it took.
step() {
    printf '%s … ' "$1"
    shift
    began=$(date +%s)
    "$@" || {
        echo
        exit 1
    }
    echo "$(($(date +%s) - began)) s"
}

make_environment() {
    rm -rf "$venv"
    "$python" -m venv "$venv"
}

if [ ! -e "$venv/.synced" ] || ! is_new_enough "$venv/bin/python"; then
    if [ -e "$venv" ]; then
        echo "The environment in $venv is not whole, or its Python does not do; it is made anew."
    fi
    python=$(find_python) || exit 1
    "$python" -c 'import ensurepip, venv' 2>/dev/null || fail \
        "$python has no venv module: install it (on Debian and Ubuntu: apt install python3-venv), then try again."
    step "Making an environment in $venv" make_environment
fi
rm -f "$venv/.synced"
step "Installing the installer" \
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --require-hashes --requirement requirements/uv.txt
step "Installing the pinned tools" \
    "$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements/dev.txt
step "Installing the registry" \
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" \
    --no-build-isolation --no-deps --editable .
touch "$venv/.synced"
