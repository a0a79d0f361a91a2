/// Source code from git repositories, by the system's own `git`.
///
/// Everything that reaches git from a project document has passed [io.ropewalk.extensions.source.git.GitAddress] or the
/// settings' constructor, stands behind `--`, and meets a git that knows no configuration but ours, no hooks, no
/// submodules and one transport. Credentials are files that only git's helpers read; they are in no argument list, no
/// address and no message.
@NullMarked
package io.ropewalk.extensions.source.git;

import org.jspecify.annotations.NullMarked;
