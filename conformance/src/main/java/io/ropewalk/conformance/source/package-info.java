/// What every kind of source must pass.
@NullMarked
package io.ropewalk.conformance.source;

import org.jspecify.annotations.NullMarked;
