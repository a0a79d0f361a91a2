package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import io.ropewalk.cli.StandInServer.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The command line with a real server and real programs.
@Timeout(180)
class RunCommandStoryTest {
    @TempDir
    Path home;

    private static Outcome call(TestServer server, Path folder, String... arguments) {
        return StandInServer.call(
                Map.of(
                        "ROPEWALK_URL",
                        server.server().url(),
                        "ROPEWALK_TOKEN",
                        server.server().ownerToken()),
                folder,
                arguments);
    }

    @Test
    void theExitCodeIsTheProgramsOwn() throws IOException {
        Path folder = Files.createDirectory(home.resolve("codes"));
        Files.writeString(folder.resolve("end.sh"), "echo \"about to end with $1\"; exit $1\n");
        try (TestServer server = TestServer.start()) {
            for (int code : new int[] {0, 1, 7, 255}) {
                Outcome outcome = call(server, folder, "run", "--", "sh", "end.sh", Integer.toString(code));
                assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
                assertThat(outcome.out()).isEqualTo("about to end with " + code + "\n");
            }
            Outcome killed = call(server, folder, "run", "--", "sh", "-c", "kill -9 $$");
            assertThat(killed.code()).as(killed.err()).isEqualTo(137);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aParameterThatIsSetReachesTheProgramAndIsShownAgain(TestServer server) throws IOException {
        Path folder = Files.createDirectory(home.resolve("set-" + System.nanoTime()));
        Files.writeString(folder.resolve("ropewalk.yaml"), """
                name: set
                tasks:
                  - name: train
                    parameters: {lr: 0.1, name: base}
                    command: echo "$lr {{ .name }}"
                """);
        assertThat(call(server, folder, "apply").code()).isZero();
        Outcome outcome = call(server, folder, "run", "train", "--set", "lr=0.5", "--set", "name=a b");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isEqualTo("0.5 a b\n");
        Outcome shown = call(server, folder, "show", "1", "--json");
        Tree parameters = Tree.parse(shown.out()).at("parameters");
        assertThat(parameters.at("lr").text()).isEqualTo("0.5");
        assertThat(parameters.at("name").text()).isEqualTo("a b");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aNewProjectIsPreparedByItsInitTasksOnce(TestServer server) throws IOException {
        Path folder = Files.createDirectory(home.resolve("init-" + System.nanoTime()));
        Files.writeString(folder.resolve("prepare.sh"), "echo prepared\n");
        Files.writeString(folder.resolve("ropewalk.yaml"), """
                name: prepared
                sources:
                - name: code
                  upload: {}
                tasks:
                  - {name: download, type: init, command: sh $CODE_DIR/prepare.sh}
                  - {name: train, command: "true"}
                """);
        Outcome first = call(server, folder, "apply");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out()).contains("prepares the project");
        Outcome log = call(server, folder, "logs", "prepared/1", "-f");
        assertThat(log.out()).as(log.err()).isEqualTo("prepared\n");
        assertThat(call(server, folder, "apply").out()).doesNotContain("prepares the project");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            broken     | '[a-\\n!\\n/\\n\\\\\\n[[:nothing:]\\n[z-a]\\nsecret.txt\\n'
            empty      | ''
            commented  | '# nothing\\n\\n   \\nsecret.txt\\n'
            """)
    void aMalformedListOfIgnoredFilesDoesNotStopARun(String name, String rules) throws IOException {
        Path folder = Files.createDirectory(home.resolve(name));
        Files.writeString(folder.resolve(".gitignore"), rules.translateEscapes());
        Files.writeString(folder.resolve("kept.txt"), "kept\n");
        Files.writeString(folder.resolve("secret.txt"), "secret\n");
        try (TestServer server = TestServer.start()) {
            Outcome outcome = call(server, folder, "run", "--", "sh", "-c", "cat kept.txt; ls");
            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(outcome.out()).startsWith("kept\n");
            assertThat(outcome.out().contains("secret.txt")).isEqualTo(!rules.contains("secret.txt"));
        }
    }

    @Test
    void aListOfIgnoredFilesThatIsNoTextOrNoFileDoesNotStopARun() throws IOException {
        Path folder = Files.createDirectory(home.resolve("bytes"));
        Files.write(folder.resolve(".gitignore"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, '\n', 'x', '\n'});
        Files.writeString(folder.resolve("kept.txt"), "kept\n");
        Files.writeString(folder.resolve("x"), "ignored\n");
        Path below = Files.createDirectory(folder.resolve("below"));
        Files.createDirectory(below.resolve(".gitignore"));
        Files.writeString(below.resolve("deep.txt"), "deep\n");
        try (TestServer server = TestServer.start()) {
            Outcome outcome = call(server, folder, "run", "--", "sh", "-c", "cat kept.txt below/deep.txt; ls x");
            assertThat(outcome.out()).as(outcome.err()).startsWith("kept\ndeep\n");
            assertThat(outcome.code()).isEqualTo(2);
        }
    }
}
