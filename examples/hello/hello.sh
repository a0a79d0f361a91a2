#!/usr/bin/env bash
# Says hello, shows its environment without secrets, leaves a number and a file.
set -euo pipefail

echo "Hello, ${PARAM_WHOM:-world}! This is run ${BUILD_ID:-?} of $PROJECT_NAME/$TASK_NAME, replica $REPLICA_INDEX."
echo "The code is in $CODE_DIR, files for keeping go to $OUTPUT_DIR."
echo
for name in $(compgen -e | sort); do
    case $name in
        *SECRET* | *TOKEN* | *PASSWORD* | *KEY*) echo "$name=(not shown)" ;;
        *) echo "$name=${!name}" ;;
    esac
done
echo
# A line that is a JSON object with numbers in it is a point of every series it names.
echo "{\"step\": 1, \"variables\": $(compgen -e | wc -l)}"
echo "Hello, ${PARAM_WHOM:-world}!" >"$OUTPUT_DIR/hello.txt"
