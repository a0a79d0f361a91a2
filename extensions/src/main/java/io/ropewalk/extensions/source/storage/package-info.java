/// The storage of a workspace: directories that outlive runs.
@NullMarked
package io.ropewalk.extensions.source.storage;

import org.jspecify.annotations.NullMarked;
