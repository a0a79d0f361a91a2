/// What programs run in: virtual environments of Python, built once per content and kept. Knows nothing of runs; who
/// asks says what is wanted and is told how it goes. Uses `support` and `spi`.
///
/// Invariants: an environment that is given out is complete and is never changed; one that could not be built leaves
/// nothing behind; however many ask for the same one, it is built once. Each has a pip of its own, so that a program
/// that calls `pip` means its own environment.
@NullMarked
package io.ropewalk.environment;

import org.jspecify.annotations.NullMarked;
