# Looks after attempts of replicas. The server may die and come back meanwhile.
# Usage: supervise HINTS one [CONTROL-GROUP...] looks after one attempt; it may be started ahead of need.
#        supervise HINTS nursery                forks for every attempt a process that looks after it.
# An attempt is a line on standard input: its directory and further control groups, separated by tabs. End of file
# means that there is nothing more to do.
# Only built-in commands: every process that is started here costs a start about a millisecond. And few files: making
# one costs a tenth of that.

hints=$1 mode=$2
shift 2
read -r boot < /proc/sys/kernel/random/boot_id

identify() {
    read -r self _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ ticks _ < /proc/self/stat
}

joined=yes
join() {
    for group in "$@"; do
        echo "$self" > "$group/cgroup.procs" || joined=no
    done
}

# supervise ATTEMPT [CONTROL-GROUP...], in its groups already.
supervise() {
    cd "$1" || exit 0
    shift
    groups=''
    for group in "$@"; do groups=$groups:$group; done
    set -C
    echo "claim $self $ticks $boot ${groups#:}" > record || exit 0
    set +C

    # Sets _rw_command, _rw_launch, _rw_signal, _rw_limited and the functions _rw_prepare, _rw_export and
    # _rw_start.
    . ./script

    child='' told=''
    trap 'told=yes; if [ -n "$child" ]; then kill -TERM -- "-$child" || kill -TERM "$child"; fi' TERM
    # With job control the program gets a process group of its own and keeps the default action of SIGINT.
    set -m 2> /dev/null
    (
        if [ -e "$_rw_launch/cancel" ]; then exit 143; fi
        if [ "$joined" = no ] && [ "$_rw_limited" = yes ]; then
            echo "ropewalk: the limits of this replica could not be set: its control group cannot be joined." >&2
            exit 1
        fi
        _rw_prepare || exit 1
        _rw_export
        cd root || exit 1
        _rw_start
    ) < /dev/null >> log 2>&1 9>> record &
    child=$!
    set +m

    started=${EPOCHREALTIME:--}
    read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ ticks _ < "/proc/$child/stat"
    echo "program $child $ticks $started" >> record
    echo "$_rw_signal,started" >> "$hints"

    while :; do
        told=
        wait "$child"
        code=$?
        if [ -z "$told" ]; then break; fi
    done
    ended=${EPOCHREALTIME:--}

    killed=0
    for group in "$@"; do
        for counter in "$group/memory.oom_control" "$group/memory.events"; do
            if [ -r "$counter" ]; then
                while read -r key value; do
                    if [ "$key" = oom_kill ]; then killed=$value; fi
                done < "$counter"
            fi
        done
    done

    # What the program has left behind ends with it.
    kill -KILL -- "-$child"
    for group in "$@"; do
        rounds=0 others=yes
        while [ -n "$others" ] && [ "$rounds" -lt 2000 ]; do
            others='' rounds=$((rounds + 1))
            while read -r pid; do
                if [ "$pid" != "$self" ]; then
                    others=yes
                    kill -KILL "$pid"
                fi
            done < "$group/cgroup.procs"
        done
    done

    cancelled=no
    if [ -e "$_rw_launch/cancel" ]; then cancelled=yes; fi
    # A full disk must not cost the exit code; an end of a line comes first, for it may have left a part of one.
    until echo "
exit $code $started $ended $killed $cancelled end" >> record; do
        if [ ! -d "$_rw_launch" ]; then exit 1; fi
        sleep 1
    done
    echo "$_rw_signal,ended" >> "$hints"
}

case $mode in
    one)
        identify
        join "$@"
        IFS='	' read -r attempt first second || exit 0
        join ${first:+"$first"} ${second:+"$second"}
        supervise "$attempt" "$@" ${first:+"$first"} ${second:+"$second"}
        ;;
    nursery)
        # With job control each gets a process group of its own and keeps the default action of SIGINT.
        set -m 2> /dev/null
        command -v disown > /dev/null || disown() { :; }
        while IFS='	' read -r attempt first second; do
            (
                identify
                join ${first:+"$first"} ${second:+"$second"}
                supervise "$attempt" ${first:+"$first"} ${second:+"$second"}
            ) < /dev/null &
            # Else the list of jobs grows, and every fork has it to copy and to forget.
            disown
        done
        ;;
esac
