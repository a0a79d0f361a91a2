/// Sets of files: for now what a run wrote below its output directory. Knows runs only by where their files are. Uses
/// `support` and `spi`.
///
/// Invariants: a path from a client is cut into names before anything looks at the disk, and every name is opened
/// beneath the directory before it, following no link; so no path, however written, leaves the directory.
@NullMarked
package io.ropewalk.artifact;

import org.jspecify.annotations.NullMarked;
