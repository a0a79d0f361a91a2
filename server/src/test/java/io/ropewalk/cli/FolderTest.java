package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
    @TempDir
    Path folder;

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void git(String... words) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(
                List.of("git", "-C", folder.toString(), "-c", "user.name=A", "-c", "user.email=a@example.org"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", words)).isZero();
    }

    /// Everything that ignore rules can say, and files that tell the rules apart.
    private void writeATree() throws IOException {
        write(".gitignore", """
                # comment
                *.log
                !keep.log
                /build
                cache/
                doc/*.txt
                **/deep/x
                a/**/z
                \\#odd
                name\\ with\\ blank
                [ab]1
                [!ab]2
                q?
                trail/**
                """);
        write("sub/.gitignore", "!*.log\nown\n");
        for (String path : List.of(
                "a.log",
                "keep.log",
                "sub/b.log",
                "sub/own",
                "build",
                "sub/build",
                "cache/x",
                "sub/cache/y",
                "doc/a.txt",
                "doc/in/b.txt",
                "deep/x",
                "m/deep/x",
                "a/z",
                "a/b/z",
                "a/b/c/z",
                "#odd",
                "name with blank",
                "a1",
                "c1",
                "a2",
                "c2",
                "q1",
                "q12",
                "trail/x/y",
                "plain.py",
                "ünïcode.txt")) {
            write(path, path);
        }
    }

    @Test
    void ourRulesAreGits() throws IOException, InterruptedException {
        writeATree();
        List<String> ours = new Folder(folder).paths();
        git("init", "-q");
        List<String> gits = new Folder(folder).paths();
        assertThat(ours).isEqualTo(gits).contains("keep.log", "sub/b.log", "doc/in/b.txt", "sub/build", "c1", "a2");
        assertThat(ours).doesNotContain("a.log", "build", "cache/x", "doc/a.txt", "a/b/c/z", "trail/x/y", "#odd");
    }

    @Test
    void theOriginSaysCommitAndWhatIsNotCommitted() throws IOException, InterruptedException {
        git("init", "-q", "-b", "main");
        write("a.txt", "one\n");
        git("add", ".");
        git("commit", "-q", "-m", "first");
        git("remote", "add", "origin", "https://me:hush@example.org/a.git");
        assertThat(new Folder(folder).origin()).containsOnlyKeys("commit", "branch", "remote");
        write("a.txt", "two\n");
        assertThat(new Folder(folder).origin())
                .containsEntry("branch", "main")
                .containsEntry("remote", "https://example.org/a.git")
                .hasEntrySatisfying("diff", diff -> assertThat(diff.toString()).contains("-one", "+two"));
    }

    @Test
    void filesHaveTheirModeSizeAndHash() throws IOException {
        write("run.sh", "abc");
        assertThat(folder.resolve("run.sh").toFile().setExecutable(true)).isTrue();
        assertThat(new Folder(folder).files((_, _) -> {}))
                .containsExactly(new Folder.File(
                        "run.sh", 0100755, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }

    @Test
    void linksAreKeptWhenTheyStayInside() throws IOException {
        write("real.txt", "x");
        Files.createSymbolicLink(folder.resolve("inside"), Path.of("real.txt"));
        Files.createSymbolicLink(folder.resolve("outside"), Path.of("/etc/hostname"));
        Files.createSymbolicLink(folder.resolve("broken"), Path.of("nowhere"));
        assertThat(new Folder(folder).files((_, _) -> {}))
                .extracting(file -> file.path() + " " + Integer.toOctalString(file.mode()) + " " + file.size())
                .containsExactly("inside 120000 8", "real.txt 100644 1");
    }
}
