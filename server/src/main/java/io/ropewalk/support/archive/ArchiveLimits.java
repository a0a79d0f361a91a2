package io.ropewalk.support.archive;

/// How much an archive may hold.
///
/// @param entries files, directories and links
/// @param bytes of all files together, unpacked
/// @param ratio how many times bigger than the archive its content may be, once that is more than
///     `unratedBytes`
public record ArchiveLimits(int entries, long bytes, int ratio, long unratedBytes) {
    public static final ArchiveLimits USUAL = new ArchiveLimits(750_000, 1L << 40, 200, 256L << 20);
}
