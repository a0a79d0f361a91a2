/// A small, safe template engine.
@NullMarked
package io.ropewalk.support.template;

import org.jspecify.annotations.NullMarked;
