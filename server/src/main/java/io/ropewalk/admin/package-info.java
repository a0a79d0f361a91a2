/// Keeping what the server knows: backups, restoring them, and checking what is stored.
///
/// A backup directory holds many backups and each content once:
///
/// ```
/// ropewalk-backup           says what this directory is; locked while a backup is made
/// objects/<2>/<62 digits>   a content under its SHA-256, whatever files of whatever backups had it
/// manifests/<time>.manifest everything that was there at that time; written last, by one rename
/// ```
///
/// Invariants: a manifest appears only when everything it names is on the disk, so what has no manifest is no backup;
/// a manifest ends with its own checksum; nothing is changed in place; the rows are copied first and files afterwards,
/// while nothing is removed, so every file that a row names is in the backup. Rows are always kept as an SQLite
/// database, whichever kind the server uses.
///
/// May use everything below; nothing here is called by lower storeys.
@NullMarked
package io.ropewalk.admin;

import org.jspecify.annotations.NullMarked;
