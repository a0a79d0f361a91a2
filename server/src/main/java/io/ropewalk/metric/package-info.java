/// The numbers of runs: named series of points. Knows runs only by their id. Uses `support` and `spi`.
///
/// Invariants: what was acknowledged is read again bit by bit and in the order it was written, NaN, infinities
/// and negative zero included; everything that is not a stored batch (summaries, cached series) is derived from
/// batches and may be thrown away at any time.
@NullMarked
package io.ropewalk.metric;

import org.jspecify.annotations.NullMarked;
