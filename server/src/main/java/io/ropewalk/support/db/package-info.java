/// One SQL text on two databases. Writes of many callers share one synced commit on SQLite.
@NullMarked
package io.ropewalk.support.db;

import org.jspecify.annotations.NullMarked;
