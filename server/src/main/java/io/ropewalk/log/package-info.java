/// What programs wrote, line by line, and the server's own lines about a run. Reads bytes from wherever they
/// are kept (a function gives them) and knows runs only by their id. Uses `support` and `spi`.
///
/// Invariants: what is shown depends only on the bytes and the offset it was asked from, so a reader that
/// resumes at an offset it was given sees every line once; no pattern and no line, however made, costs more
/// than a fixed amount of time and memory.
@NullMarked
package io.ropewalk.log;

import org.jspecify.annotations.NullMarked;
