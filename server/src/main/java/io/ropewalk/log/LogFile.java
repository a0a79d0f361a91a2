package io.ropewalk.log;

import java.util.List;

/// One log of a run.
///
/// @param name `master` for the server's own lines, else the replica: `worker-0`
/// @param attempt the latest one
/// @param attempts all that have a log, ascending; never empty
/// @param bytes how much the latest attempt has written so far
/// @param complete nothing will be written any more, and no further attempt will start
public record LogFile(String name, int attempt, List<Integer> attempts, long bytes, boolean complete) {
    public static final String MASTER = "master";
    public static final String ALL = "all";

    public LogFile {
        attempts = List.copyOf(attempts);
        if (attempts.isEmpty() || attempts.getLast() != attempt) {
            throw new IllegalArgumentException("attempts of log '" + name + "' must end with the latest, " + attempt);
        }
    }
}
