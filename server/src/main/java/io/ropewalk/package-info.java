/// The server as one thing: [io.ropewalk.Ropewalk] builds all of it, top to bottom, in plain constructors.
@NullMarked
package io.ropewalk;

import org.jspecify.annotations.NullMarked;
