/// How a cluster runs launches: four verbs in [io.ropewalk.spi.executor.Executor], everything else is data.
@NullMarked
package io.ropewalk.spi.executor;

import org.jspecify.annotations.NullMarked;
