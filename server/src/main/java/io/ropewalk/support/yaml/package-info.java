/// YAML with the place of every node.
@NullMarked
package io.ropewalk.support.yaml;

import org.jspecify.annotations.NullMarked;
