/// Text: what of it is read, what of it may be shown, and what stands for it.
@NullMarked
package io.ropewalk.support.text;

import org.jspecify.annotations.NullMarked;
