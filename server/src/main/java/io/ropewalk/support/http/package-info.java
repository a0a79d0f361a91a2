/// Endpoints as values, and the server that serves them. Knows no business word.
@NullMarked
package io.ropewalk.support.http;

import org.jspecify.annotations.NullMarked;
