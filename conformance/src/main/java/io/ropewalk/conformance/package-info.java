/// One test suite per contract of `spi`. Whoever implements a contract subclasses its suite in a line or two and runs
/// it as a JUnit test; the suites use nothing but the contract.
@NullMarked
package io.ropewalk.conformance;

import org.jspecify.annotations.NullMarked;
