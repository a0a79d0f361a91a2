/// Reading archives and lists of files that strangers made. Nothing here writes a file under a name that it
/// was given: what an archive holds is handed to a sink, after the whole archive has been looked at and
/// found harmless. Knows no business word.
@NullMarked
package io.ropewalk.support.archive;

import org.jspecify.annotations.NullMarked;
