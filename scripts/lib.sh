#!/usr/bin/env bash
# What the scripts share; to be sourced.

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "root is needed: $*"
    fi
}

# Whether a server of any version is there, from whatever package.
has_postgres_server() {
    local program
    for program in /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres; do
        [ -x "$program" ] && return 0
    done
    command -v postgres >/dev/null
}

# PACKAGE, or PACKAGE=COMMAND where the command is what counts, whoever installed it.
is_present() {
    local package=${1%%=*} command=${1#*=}
    case "$1" in
    postgresql) has_postgres_server ;;
    *=*) command -v "$command" >/dev/null ;;
    *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ;;
    esac
}
