/// Work on directories that programs of users may be changing meanwhile: no link is ever followed.
@NullMarked
package io.ropewalk.support.disk;

import org.jspecify.annotations.NullMarked;
