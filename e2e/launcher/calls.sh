#!/usr/bin/env bash
# The launcher works from any folder, through links, keeps arguments as they are, and hands on the exit code.
set -uo pipefail
checkout=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
failed=0

# says EXIT-CODE TEXT COMMAND...
says() {
    local code=$1 text=$2 out actual
    shift 2
    out=$("$@" 2>&1)
    actual=$?
    if [ "$actual" != "$code" ] || [[ $out != *"$text"* ]]; then
        printf '%s\n  expected %s and "%s"\n  found %s and\n%s\n' "$*" "$code" "$text" "$actual" "$out"
        failed=1
    fi
}

ln -s "$checkout/ropewalk" "$place/rw"
cd "$place" || exit 1
export ROPEWALK_DATA="$place/a folder with blanks"
says 0 "ropewalk " ./rw --version
says 2 "--no-such-option" ./rw ls --no-such-option
says 3 "ropewalk up" ./rw ls
says 0 "a folder with blanks" ./rw config
says 0 "9123" ./rw config --port 9123
says 2 "nonsense" ./rw config --set nonsense=1
exit $failed
