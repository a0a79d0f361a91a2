/// Where a replica's files come from: [io.ropewalk.spi.source.SourceType] turns settings into a
/// [io.ropewalk.spi.source.Delivery], and every executor handles every delivery.
@NullMarked
package io.ropewalk.spi.source;

import org.jspecify.annotations.NullMarked;
