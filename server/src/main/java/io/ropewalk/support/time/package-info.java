/// Clocks, and waiting for something to change.
@NullMarked
package io.ropewalk.support.time;

import org.jspecify.annotations.NullMarked;
