/// Sources of projects: what kinds there are, what a source stands for now, how its files get to where a
/// run starts, and the trees of files that people upload.
///
/// May use `access` and `support`; learns of projects only through
/// [io.ropewalk.source.ProjectSources], which it is handed. A client never names a path of the server: it
/// names workspaces, projects, sources, snapshots, content hashes, and paths inside a snapshot. Contents
/// belong to a workspace: knowing the hash of another one's file is no way to its bytes. Secret settings
/// are never shown.
@NullMarked
package io.ropewalk.source;

import org.jspecify.annotations.NullMarked;
