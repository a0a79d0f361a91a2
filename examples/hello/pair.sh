#!/usr/bin/env bash
# pair.sh ME OTHER: leaves its address on the board that both mount, and waits for the other's.
set -euo pipefail

me=$1 other=$2
variable=${other^^}_NODES
expected=${!variable}
board=$BOARD_DIR/run-$BUILD_ID
mkdir -p "$board"

echo "I am $me at $HOST_ADDRESS:$PORT; the $other should be at $expected."
echo "$HOST_ADDRESS:$PORT" >"$board/$me.new"
mv "$board/$me.new" "$board/$me"

for _ in $(seq 600); do
    if [ -e "$board/$other" ]; then
        found=$(<"$board/$other")
        if [ "$found" != "$expected" ]; then
            echo "The $other says it is at $found, but $variable says $expected." >&2
            exit 1
        fi
        echo "Found the $other at $found."
        exit 0
    fi
    sleep 0.1
done
echo "The $other did not come within a minute." >&2
exit 1
