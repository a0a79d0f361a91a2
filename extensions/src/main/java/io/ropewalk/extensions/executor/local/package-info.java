/// Runs launches as processes of this machine, so that nothing which happens to the server can lose or double one.
///
/// The server is never the parent of user work. Each replica attempt has a supervisor of its own (`supervise.sh`, a
/// few lines of POSIX shell in a session of their own), and everything that is known about the attempt lies in files,
/// from which any later server reads the truth:
///
/// ```
/// <data>/local/supervise-<hash>       the supervisor's text
/// <data>/local/{addresses,ports,devices}/<what>  -> the directory of the launch that has been given it
/// <data>/local/hints/hints            hints from supervisors, a line each: an attempt has started or ended
///
/// <launch directory>/plan             the launch, and who got which address, port and devices; there before anything
///                                     starts
/// <launch directory>/cancel           when the grace time of a cancel ends, in epoch milliseconds
/// <launch directory>/cancel-sent      TERM has been sent
/// <launch directory>/released         the plan, when what it gave out has been taken back
/// <launch directory>/replicas/<role>-<index>/<attempt>/
///     script    what the supervisor reads: the command, its environment and how to start it
///     record    made exclusively by the one supervisor of the attempt; lines that are only ever added:
///               `claim`    the supervisor: pid, start ticks, boot id, control groups
///               `program`  the program: pid, start ticks, start time
///               `began`    the program's shell runs; `workdir` follows when there is no such directory
///               `exit`     how it ended: exit code, times, processes killed for memory, whether it was cancelled
///     log       standard output and error
///     root/     where the program starts unless it asks for another directory
///     private/  copies and layers of private mounts, until released
/// ```
///
/// Invariants: a program is started only by the supervisor that made the claim; a process is known by pid, start
/// ticks and boot id together, never by pid alone; only an `exit` line says how an attempt ended; what has no such
/// line and no living process is lost, never a guess.
@NullMarked
package io.ropewalk.extensions.executor.local;

import org.jspecify.annotations.NullMarked;
