/// An empty directory of each replica's own.
@NullMarked
package io.ropewalk.extensions.source.emptydir;

import org.jspecify.annotations.NullMarked;
