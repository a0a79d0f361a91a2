/// YAML with the place of every node, read into a small tree and never into objects.
/// [io.ropewalk.support.yaml.Yaml]
/// never throws on bad text: what is wrong comes back as [io.ropewalk.support.yaml.YamlProblem]s with line
/// and column.
/// Size, depth and the growth through aliases are bounded, so that any text is read or refused quickly.
@NullMarked
package io.ropewalk.support.yaml;

import org.jspecify.annotations.NullMarked;
