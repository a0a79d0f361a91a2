/// A small, safe template engine: the parts of Go's text templates that project documents use, over maps,
/// lists and
/// scalars. No reflection; steps and output are bounded, so any template over any data ends quickly.
/// Templates are
/// immutable and thread-safe.
@NullMarked
package io.ropewalk.support.template;

import org.jspecify.annotations.NullMarked;
