package io.ropewalk.admin;

import io.ropewalk.admin.BackupManifest.Entry;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads every byte of a directory of backups.
public final class BackupCheck {
    private static final int BUFFER = 1 << 18;

    private BackupCheck() {}

    /// @param problems each names the file that is wrong, and what it is in which backups
    public record Checked(int backups, long contents, long bytes, List<String> problems) {
        public Checked {
            problems = List.copyOf(problems);
        }
    }

    /// @param backups the names of those that have it, newest first
    private record Wanted(Entry entry, Set<String> backups) {}

    public static Checked check(Path path, Progress progress) throws IOException {
        BackupDirectory directory = BackupDirectory.existing(path);
        List<String> problems = new ArrayList<>();
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        List<Path> manifests = directory.manifests();
        for (Path file : manifests) {
            try {
                BackupManifest manifest = BackupManifest.read(file);
                for (Entry entry : manifest.files()) {
                    wanted.computeIfAbsent(entry.content(), _ -> new Wanted(entry, new LinkedHashSet<>()))
                            .backups()
                            .add(manifest.head().name());
                }
            } catch (RopewalkException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        if (manifests.isEmpty()) {
            problems.add("'%s' holds no complete backup.".formatted(directory.path()));
        }
        long total =
                wanted.values().stream().mapToLong(one -> one.entry().size()).sum();
        long done = 0;
        for (Wanted one : wanted.values()) {
            Path object = directory.object(one.entry().content());
            if (!Files.isRegularFile(object)) {
                problems.add(told(object, "is missing", one));
            } else if (!hash(object).equals(one.entry().content())) {
                problems.add(told(object, "is damaged", one));
            }
            done += one.entry().size();
            progress.at("checking", done, total);
        }
        return new Checked(manifests.size(), wanted.size(), total, problems);
    }

    private static String told(Path object, String what, Wanted wanted) {
        return "'%s' %s: it is '%s' of backup %s%s."
                .formatted(
                        object,
                        what,
                        wanted.entry().path(),
                        wanted.backups().iterator().next(),
                        wanted.backups().size() > 1
                                ? " and of " + (wanted.backups().size() - 1) + " more"
                                : "");
    }

    static String hash(Path file) throws IOException {
        MessageDigest digest = BackupManifest.digest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return BackupManifest.hex(digest);
    }
}
