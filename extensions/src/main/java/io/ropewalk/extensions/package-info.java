/// Everything that Ropewalk brings along. [io.ropewalk.extensions.BuiltinExtension] is the one list; a package below
/// knows the contracts and its own folder, nothing else of the server.
@NullMarked
package io.ropewalk.extensions;

import org.jspecify.annotations.NullMarked;
