/// Configuration from file, environment and flags.
@NullMarked
package io.ropewalk.support.config;

import org.jspecify.annotations.NullMarked;
