package io.ropewalk.support.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.RopewalkException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class SafeUnpackerTest {
    /// Of this thread's own work, so that a busy machine fails nothing.
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final Duration SLOWEST_REFUSAL = Duration.ofSeconds(2);

    private static List<HostileArchives.Case> hostileArchives = List.of();

    @TempDir
    Path directory;

    @BeforeAll
    static void makeHostileArchives(@TempDir Path shared) throws IOException {
        hostileArchives = HostileArchives.in(shared);
        assertThat(hostileArchives).hasSizeGreaterThanOrEqualTo(40);
    }

    /// Keeps what it gets.
    private static final class Kept implements ArchiveSink {
        private final Map<String, String> files = new TreeMap<>();

        @Override
        public void file(EntryPath path, boolean executable, long size, InputStream content) throws IOException {
            String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize((int) size);
            files.put(path.value(), (executable ? "*" : "") + text);
        }

        @Override
        public void link(EntryPath path, String target) {
            files.put(path.value(), "-> " + target);
        }

        @Override
        public void copy(EntryPath path, EntryPath earlier) {
            files.put(path.value(), "= " + earlier);
        }
    }

    @TestFactory
    Stream<DynamicTest> aHostileArchiveIsRefused() {
        return hostileArchives.stream()
                .map(hostile -> DynamicTest.dynamicTest(hostile.what(), () -> {
                    long began = THREADS.getCurrentThreadCpuTime();
                    assertThatThrownBy(() -> new SafeUnpacker(hostile.limits())
                                    .unpack(hostile.file(), hostile.name(), new Kept()))
                            .isInstanceOfSatisfying(
                                    RopewalkException.class,
                                    e -> assertThat(e.code().status()).isEqualTo(400))
                            .hasMessageContaining(hostile.words());
                    assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - began))
                            .isLessThan(SLOWEST_REFUSAL);
                }));
    }

    @Test
    void refusingThemAllTakesLittleMemory() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=8m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Refusing.class.getName()));
        for (HostileArchives.Case hostile : hostileArchives) {
            command.add(hostile.file().toString());
            command.add(hostile.name());
            command.add(hostile.limits().equals(ArchiveLimits.USUAL) ? "usual" : "few");
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).isEqualTo(hostileArchives.size() + " refused");
    }

    /// Runs in a small Java of its own.
    static final class Refusing {
        private Refusing() {}

        public static void main(String[] arguments) throws IOException {
            int refused = 0;
            for (int i = 0; i < arguments.length; i += 3) {
                ArchiveLimits limits = arguments[i + 2].equals("few") ? HostileArchives.FEW : ArchiveLimits.USUAL;
                try {
                    new SafeUnpacker(limits).unpack(Path.of(arguments[i]), arguments[i + 1], new Kept());
                    System.out.print("taken: " + arguments[i] + " ");
                } catch (RopewalkException _) {
                    refused++;
                }
            }
            System.out.print(refused + " refused");
        }
    }

    @Test
    void anHonestZipIsUnpacked() throws IOException {
        Path zip = directory.resolve("good.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            put(out, "a/b.txt", "hello");
            put(out, "a/", "");
            put(out, "ünïcode.txt", "ü");
            put(out, "empty", "");
            put(out, "50%2e%2e.txt", "50%");
            put(out, "big", "x".repeat(300_000));
        }
        assertThat(unpack(zip, "good.zip"))
                .containsEntry("a/b.txt", "hello")
                .containsEntry("ünïcode.txt", "ü")
                .containsEntry("empty", "")
                .containsEntry("50%2e%2e.txt", "50%")
                .containsEntry("big", "x".repeat(300_000))
                .hasSize(5);
    }

    @Test
    void aZipKeepsLinksAndWhatCanBeRun() throws IOException {
        ZipMaker zip = new ZipMaker();
        zip.add("bin/run", "#!").mode(0100755).deflated();
        zip.add("d/l", "../bin/run").mode(0120777);
        assertThat(unpack(save("x.zip", zip.bytes()), "x.zip"))
                .isEqualTo(Map.of("bin/run", "*#!", "d/l", "-> ../bin/run"));
    }

    @Test
    void anHonestTarIsUnpacked() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String deep = "very/".repeat(40) + "deep.txt";
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            out.setAddPaxHeadersForNonAsciiNames(true);
            for (String name : List.of("./a/b.txt", "ünïcode.txt", deep)) {
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(5);
                out.putArchiveEntry(entry);
                out.write("hello".getBytes(StandardCharsets.UTF_8));
                out.closeArchiveEntry();
            }
        }
        assertThat(unpack(save("x.tar", bytes.toByteArray()), "x.tar"))
                .isEqualTo(Map.of("a/b.txt", "hello", "ünïcode.txt", "hello", deep, "hello"));
    }

    @Test
    void whatTheSystemsTarMakesIsUnpacked() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("folder"));
        Files.createDirectories(folder.resolve("sub/" + "x".repeat(120)));
        Files.writeString(folder.resolve("sub/" + "x".repeat(120) + "/" + "y".repeat(120)), "deep");
        Files.writeString(folder.resolve("run.sh"), "#!");
        assertThat(folder.resolve("run.sh").toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(folder.resolve("sub/link"), Path.of("../run.sh"));
        Files.createLink(folder.resolve("zz-hard"), folder.resolve("run.sh"));
        for (String format : List.of("gnu", "pax")) {
            Path archive = directory.resolve(format + ".tgz");
            Process process = new ProcessBuilder(
                            "tar",
                            "--sort=name",
                            "--format=" + format,
                            "-czf",
                            archive.toString(),
                            "-C",
                            folder.toString(),
                            ".")
                    .inheritIO()
                    .start();
            assertThat(process.waitFor()).isZero();
            assertThat(unpack(archive, "folder.tgz"))
                    .containsEntry("run.sh", "*#!")
                    .containsEntry("sub/link", "-> ../run.sh")
                    .containsEntry("zz-hard", "= run.sh")
                    .containsEntry("sub/" + "x".repeat(120) + "/" + "y".repeat(120), "deep")
                    .hasSize(4);
        }
    }

    @Test
    void anArchiveInAnArchiveIsAFile() throws IOException {
        byte[] inner = TarMaker.tar(t -> t.file("../evil", "x"));
        ZipMaker zip = new ZipMaker();
        zip.add("inner.tar".getBytes(StandardCharsets.UTF_8), inner);
        assertThat(unpack(save("x.zip", zip.bytes()), "x.zip")).containsOnlyKeys("inner.tar");
    }

    @Test
    void whatIsNoArchiveIsOneFile() throws IOException {
        assertThat(unpack(save("f", "1,2".getBytes(StandardCharsets.UTF_8)), "data.csv"))
                .isEqualTo(Map.of("data.csv", "1,2"));
        for (String name : List.of("../x", "/etc/x", "a/b", "..", "", "a\0b")) {
            assertThatThrownBy(() -> unpack(directory.resolve("f"), name)).isInstanceOf(RopewalkException.class);
        }
    }

    private Map<String, String> unpack(Path archive, String name) throws IOException {
        Kept kept = new Kept();
        new SafeUnpacker(ArchiveLimits.USUAL).unpack(archive, name, kept);
        return kept.files;
    }

    private Path save(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private static void put(ZipOutputStream out, String name, String text) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
    }
}
