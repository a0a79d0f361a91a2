/// What the kinds of source share: looking at directories of this machine without being led astray by links.
@NullMarked
package io.ropewalk.extensions.source;

import org.jspecify.annotations.NullMarked;
