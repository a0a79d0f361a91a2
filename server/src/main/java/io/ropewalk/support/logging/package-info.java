/// How the server's own log looks. Logback finds it by itself; nothing here is called.
@NullMarked
package io.ropewalk.support.logging;

import org.jspecify.annotations.NullMarked;
