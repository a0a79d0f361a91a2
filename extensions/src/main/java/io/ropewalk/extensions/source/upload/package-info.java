/// Files that people sent to the server.
@NullMarked
package io.ropewalk.extensions.source.upload;

import org.jspecify.annotations.NullMarked;
