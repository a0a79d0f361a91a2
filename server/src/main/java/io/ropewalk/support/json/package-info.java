/// The one JSON mapper.
@NullMarked
package io.ropewalk.support.json;

import org.jspecify.annotations.NullMarked;
