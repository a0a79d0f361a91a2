/// Directories of the server's machine that its operator lets projects use.
@NullMarked
package io.ropewalk.extensions.source.hostpath;

import org.jspecify.annotations.NullMarked;
