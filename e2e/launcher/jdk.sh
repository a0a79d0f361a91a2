#!/usr/bin/env bash
# The launcher finds a suitable JDK wherever one may be, and says what is missing when there is none.
set -uo pipefail
checkout=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
failed=0

jdk() {
    mkdir -p "$1/bin"
    printf '#!/bin/sh\n' >"$1/bin/java"
    chmod +x "$1/bin/java"
    printf 'IMPLEMENTOR="x"\nJAVA_VERSION="%s"\n' "$2" >"$1/release"
}

jdk "$place/jvm/java-17" 17.0.2
jdk "$place/jvm/java-25" 25.0.1
jdk "$place/own" 26-ea
jdk "$place/old/java-8" 1.8.0_402
mkdir -p "$place/empty" "$place/jvm/default"

# found EXPECTED VARIABLE=VALUE...: what find_jdk prints with only these variables
found() {
    local expected=$1 actual
    shift
    actual=$(env -i PATH=/usr/bin:/bin HOME="$place/empty" "$@" bash -c "source '$checkout/ropewalk' && find_jdk" 2>&1)
    case $actual in
        $expected) ;;
        *)
            printf 'with %s\n  expected %s\n  found    %s\n' "$*" "$expected" "$actual"
            failed=1
            ;;
    esac
}

none="$place/empty"
found "$place/jvm/java-25" ROPEWALK_JVM_ROOT="$place/jvm"
found "$place/own" ROPEWALK_JVM_ROOT="$place/jvm" ROPEWALK_JAVA_HOME="$place/own"
found "$place/own" ROPEWALK_JVM_ROOT="$place/jvm" JAVA_HOME="$place/own"
found "$place/jvm/java-25" ROPEWALK_JVM_ROOT="$place/jvm" JAVA_HOME="$place/jvm/java-17"
found "$place/jvm/java-25" ROPEWALK_JVM_ROOT="$place/jvm" JAVA_HOME="$place/nowhere"
found "$place/own" ROPEWALK_JVM_ROOT="$none" PATH="$place/own/bin:/usr/bin:/bin"
found "*needs a JDK of version 25 or newer; found only* 1.*" ROPEWALK_JVM_ROOT="$place/old" PATH=/bin

exit $failed
