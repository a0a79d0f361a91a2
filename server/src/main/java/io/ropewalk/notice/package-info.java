/// Tells people of their runs: in the pages and the command line, by webhook, by e-mail. Uses runs, their numbers
/// and projects from below; nothing below knows of it.
///
/// Invariants: that a run has ended is told once to each person who wants to know, whatever crashes between; the
/// mark on the run's row, the notice and what is to be delivered are one transaction. A delivery is a row before
/// it is tried, is tried until it arrives or has been tried too often, and bears the same id each time. What a
/// person has asked for is seen by that person only.
@NullMarked
package io.ropewalk.notice;

import org.jspecify.annotations.NullMarked;
