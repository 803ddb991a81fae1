#!/bin/sh
# Installs the Debian packages that tests need (tests/apt-packages.txt) where that is allowed: as root or by a sudo that
# asks no password. Elsewhere it says what is left out and how to get it; in CI, where nothing may be left out, it fails.
set -eu

missing=""
for package in $(sed 's/#.*//' "$(dirname "$0")/apt-packages.txt"); do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    as_root="nobody"
fi

if [ "$as_root" != nobody ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests:$missing"
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $missing >/dev/null
    exit 0
fi

echo "Not installed:$missing. The tests that need them are left out (dovecot-imapd: all marked 'dovecot'; ffmpeg: video and sound; libarchive-tools: packed RAR; strace: the order of system calls)." >&2
echo "To run them too (Debian, Ubuntu): sudo apt-get install --no-install-recommends$missing" >&2
[ "${CI:-}" != true ] || exit 1
