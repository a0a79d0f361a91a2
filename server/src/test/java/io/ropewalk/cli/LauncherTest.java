package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher's search for a JDK, in a world made of directories.
class LauncherTest {
    private static final Path LAUNCHER =
            Path.of("..", "ropewalk").toAbsolutePath().normalize();

    @TempDir
    Path world;

    private Path jdk(String place, String version) throws IOException {
        Path home = Files.createDirectories(world.resolve(place));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho started >&2\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    /// What the finder prints, on either stream.
    private String find(Map<String, String> more) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/bash", "-c", "source \"$1\"; find_jdk", "test", LAUNCHER.toString())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("HOME", world.resolve("home").toString());
        builder.environment().put("ROPEWALK_JVM_ROOT", world.resolve("jvm").toString());
        builder.environment().putAll(more);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return text.strip();
    }

    private String pathWith(Path jdk) {
        return jdk.resolve("bin") + ":/usr/bin:/bin";
    }

    @Test
    void theNamedOneIsTakenBeforeAllOthers() throws Exception {
        Path named = jdk("named", "26");
        Path home = jdk("java-home", "25.0.3");
        jdk("jvm/other", "25");
        assertThat(find(Map.of("ROPEWALK_JAVA_HOME", named.toString(), "JAVA_HOME", home.toString())))
                .isEqualTo(named.toString());
        assertThat(find(Map.of("JAVA_HOME", home.toString()))).isEqualTo(home.toString());
    }

    @Test
    void oneThatIsTooOldIsPassedOver() throws Exception {
        Path old = jdk("old", "17.0.15");
        Path older = jdk("jvm/a-older", "1.8.0_402");
        Path good = jdk("jvm/b-good", "25-ea");
        assertThat(older).isDirectory();
        assertThat(find(Map.of("JAVA_HOME", old.toString(), "PATH", pathWith(old))))
                .isEqualTo(good.toString());
    }

    @Test
    void theOneOnThePathIsFoundThroughItsLinks() throws Exception {
        Path real = jdk("real", "25.0.1");
        Path links = Files.createDirectories(world.resolve("links"));
        Files.createSymbolicLink(links.resolve("java"), real.resolve("bin/java"));
        assertThat(find(Map.of("PATH", links + ":/usr/bin:/bin"))).isEqualTo(real.toString());
    }

    @Test
    void oneOfSdkmanIsFound() throws Exception {
        Path own = jdk("home/.sdkman/candidates/java/25.0.1-tem", "25.0.1");
        Path old = jdk("old", "21");
        assertThat(find(Map.of("PATH", pathWith(old)))).isEqualTo(own.toString());
    }

    @Test
    void whatIsMissingIsSaidInOneLine() throws Exception {
        Path old = jdk("old", "17.0.15");
        assertThat(find(Map.of("PATH", pathWith(old))))
                .isEqualTo(
                        "ropewalk: needs a JDK of version 25 or newer; found only 17. Install one, or point ROPEWALK_JAVA_HOME at it.");
    }
}
