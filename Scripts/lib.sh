# What the scripts share. Sourced, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Debian's packages that are missing, out of those given.
missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$package"
    done
}

# Installs Debian packages, or says the one line that does. Never starts a service that comes with them.
need_packages() {
    local missing
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    local command="apt-get update && apt-get install -y --no-install-recommends $missing"
    if [ "$(id -u)" != 0 ]; then
        printf 'Some packages are missing. As root, run this once, then start again:\n\n  %s\n\n' "$command" >&2
        exit 1
    fi
    say "Installing: $missing"
    local policy=/usr/sbin/policy-rc.d made=no
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && made=yes
    fi
    local log status=0
    log=$(mktemp)
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
        >"$log" 2>&1 </dev/null || status=$?
    if [ $made = yes ]; then rm -f $policy; fi
    if [ $status != 0 ]; then
        tail -n 20 "$log" >&2
        fail "the packages could not be installed"
    fi
    rm -f "$log"
}

need_swift() {
    if ! command -v swift >/dev/null; then
        local place
        for place in /opt/swift/usr/bin /usr/libexec/swift/bin "$HOME/.local/share/swiftly/bin"; do
            if [ -x "$place/swift" ]; then
                PATH=$place:$PATH
                return
            fi
        done
        fail "Swift 6.3 is missing: get it from https://www.swift.org/install/linux/ and put its bin folder into PATH"
    fi
}

# A Python environment of the project's own with these packages (name==version).
need_venv() {
    command -v python3 >/dev/null || need_packages python3
    if [ ! -x "$venv/bin/python" ]; then
        python3 -c 'import venv, ensurepip' 2>/dev/null || need_packages python3-venv
        python3 -m venv "$venv" || fail "python3 -m venv does not work here"
    fi
    local wanted
    for wanted in "$@"; do
        grep -qxF "$wanted" "$venv/installed" 2>/dev/null && continue
        say "Installing into $venv: $wanted"
        "$venv/bin/python" -m pip install -q --disable-pip-version-check "$wanted" || fail "pip could not install $wanted"
        printf '%s\n' "$wanted" >>"$venv/installed"
    done
}

# Builds the release programs when a source is newer than the last build; sets $programs to their folder.
build_release() {
    programs=$root/.build/release
    local stamp=$root/.build/release-stamp
    if [ -e "$stamp" ] && [ -x "$programs/vestibule" ] \
        && [ -z "$(find "$root/Package.swift" "$root/Sources" -newer "$stamp" -print -quit)" ]; then
        return
    fi
    say "Building the programs (a few minutes the first time)"
    local begun log
    begun=$(mktemp) log=$(mktemp)
    (cd "$root" && swift build -c release </dev/null >"$log" 2>&1) || {
        grep -E 'error' "$log" >&2 || tail -n 30 "$log" >&2
        fail "the build failed"
    }
    rm -f "$log"
    mv "$begun" "$stamp"
}
