/// One launch of a task, or one piece of work that was tracked from elsewhere: its state, its queue, and the
/// loop that brings it about. Uses the things of the storey below; knows no way of running but
/// [io.ropewalk.spi.executor.Executor].
///
/// Invariants: a run has exactly one final state and never leaves it. Its state changes only by
/// [io.ropewalk.run.RunState#after]. What must be started follows from stored rows alone, so that a server
/// that was killed at any line does the same again. Only the server that holds a run's lease changes it.
@NullMarked
package io.ropewalk.run;

import org.jspecify.annotations.NullMarked;
