package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.log.LogLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What programs really write when they fail, and what is made of it.
class EvidenceTest {
    private static List<LogLine> lines(String text) {
        List<LogLine> lines = new ArrayList<>();
        long offset = 0;
        for (String line : text.split("\n", -1)) {
            lines.add(new LogLine(offset, line, null, null, null));
            offset += line.getBytes(StandardCharsets.UTF_8).length + 1;
        }
        return lines;
    }

    private static String written(String program) {
        try (InputStream in =
                Objects.requireNonNull(EvidenceTest.class.getResourceAsStream("/failures/" + program + ".log"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Diagnosis of(FailureCause cause, @Nullable Integer exit, String text) {
        return new Evidence(cause, "worker-0 ended", "worker-0", 1, exit, lines(text)).diagnosis();
    }

    @ParameterizedTest(name = "{0}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            python-module     | 1   | missing-module    | The Python module 'cv2' is not installed               | [opencv-python-headless]
            python-own        | 1   | missing-module    | The Python module 'models' is not installed            | PYTHONPATH
            python-file       | 1   | file-missing      | The file '/data/train.json' is not there               | source
            python-memory     | 1   | out-of-memory     | The program could not get the memory it asked for      | limits
            python-key        | 1   | exception         | KeyError: 'accuracy'                                   | again
            python-chain      | 1   | file-missing      | The file '/nope' is not there                          | source
            python-refused    | 1   | network           | A connection was refused                               | port
            python-cuda       | 1   | gpu-out-of-memory | The GPU's memory was not enough                        | batch
            python-disk       | 1   | disk-full         | The disk is full                                       | room
            python-wrapped    | 1   | exception         | KeyError: 'accuracy'                                   | again
            python-args       | 2   | bad-arguments     | The program refused its arguments: the following arguments are required: --epochs | command
            python-no-program | 2   | file-missing      | The program '/job/code/nothing.py' is not there        | workDir
            python-syntax     | 1   | bad-program       | The program is not valid Python (SyntaxError)          | line
            bash-not-found    | 127 | command-not-found | The command 'trian' was not found                      | spelling
            sh-not-found      | 127 | command-not-found | The command 'trian' was not found                      | spelling
            bash-denied       | 126 | permission-denied | No permission for './x.sh'                             | chmod
            cpp-abort         | 134 | exception         | the weights have 3 layers, not 4                       | again
            cpp-memory        | 134 | out-of-memory     | The program could not get the memory it asked for      | limits
            java-exception    | 1   | file-missing      | The file '/model.bin' is not there                     | source
            java-memory       | 1   | out-of-memory     | The program could not get the memory it asked for      | -Xmx
            """)
    void whatAProgramWroteIsUnderstood(String program, int exit, String cause, String headline, String helps) {
        String text = written(program);
        Diagnosis found = of(FailureCause.USER_EXIT, exit, "starting\n" + text);
        assertThat(found.cause()).as(found.toString()).isEqualTo(cause);
        assertThat(found.headline()).isEqualTo(headline);
        assertThat(found.remedy() + found.meaning()).contains(helps);
        assertThat(found.lines()).isNotEmpty();
        assertThat(found.offset()).isEqualTo(found.lines().getFirst().offset());
        assertThat(found.log()).isEqualTo("worker-0");
    }

    @Test
    void theErrorIsPlacedInTheUsersOwnFile() {
        assertThat(of(FailureCause.USER_EXIT, 1, written("python-refused")).meaning())
                .contains("It happened in train.py, line 24, in main.");
    }

    @Test
    void onlyTheTracebackItselfIsShown() {
        Diagnosis found = of(
                FailureCause.USER_EXIT,
                1,
                "epoch 1\nepoch 2\n" + written("python-key").replace("epoch 1\n", ""));
        assertThat(found.lines().getFirst().text()).startsWith("Traceback");
        assertThat(found.lines().getLast().text()).isEqualTo("KeyError: 'accuracy'");
        assertThat(found.offset()).isEqualTo("epoch 1\nepoch 2\n".length());
    }

    @Test
    void coloursDoNotHideAnError() {
        String coloured =
                written("python-module").replace("ModuleNotFoundError", "\u001b[1;35mModuleNotFoundError\u001b[0m");
        assertThat(of(FailureCause.USER_EXIT, 1, coloured).cause()).isEqualTo("missing-module");
    }

    @Test
    void anErrorThatWasOvercomeIsNotTheCauseOfAKill() {
        String recovered = written("python-file") + "trying again\n".repeat(50);
        Diagnosis found = of(FailureCause.USER_EXIT, 137, recovered);
        assertThat(found.cause()).isEqualTo("killed");
        assertThat(found.lines().getLast().text()).isEqualTo("trying again");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            137 | killed  | The program was killed (SIGKILL)
            139 | crashed | The program crashed (SIGSEGV)
            135 | crashed | The program crashed (SIGBUS)
            143 | killed  | The program was asked to end (SIGTERM)
            136 | crashed | The program crashed (SIGFPE)
            3   | exit-code | worker-0 ended with exit code 3
            """)
    void aProgramThatSaidNothingIsJudgedByItsEnd(int exit, String cause, String headline) {
        Diagnosis found = of(FailureCause.USER_EXIT, exit, "epoch 1\nepoch 2\n");
        assertThat(found.cause()).isEqualTo(cause);
        assertThat(found.headline()).isEqualTo(headline);
        assertThat(found.lines().getLast().text()).isEqualTo("epoch 2");
    }

    @ParameterizedTest
    @CsvSource({
        "OUT_OF_MEMORY, out-of-memory",
        "TIMED_OUT, timed-out",
        "SCHEDULE_TIMEOUT, schedule-timeout",
        "PREEMPTED, preempted",
        "IMAGE_MISSING, image-missing",
        "SOURCE_MISSING, source-missing",
        "ENVIRONMENT_FAILED, environment-failed",
        "SETUP_FAILED, setup-failed",
        "CLUSTER_LOST, lost"
    })
    void whatTheServerKnowsItselfIsNotGuessed(FailureCause failure, String cause) {
        Diagnosis found = of(failure, null, written("python-key"));
        assertThat(found.cause()).isEqualTo(cause);
        assertThat(found.headline()).isNotBlank();
        assertThat(found.meaning()).isNotBlank();
        assertThat(found.remedy()).isNotBlank();
    }

    @Test
    void aPackageThatDoesNotExistIsNamed() {
        Diagnosis found = new Evidence(
                        FailureCause.ENVIRONMENT_FAILED,
                        "The packages could not be installed",
                        "master",
                        1,
                        null,
                        lines("ERROR: No matching distribution found for nunpy\n"))
                .diagnosis();
        assertThat(found.headline()).isEqualTo("There is no package 'nunpy' to install");
    }

    @Test
    void aLogWithoutALineIsNoReasonToSayNothing() {
        Diagnosis found = new Evidence(FailureCause.USER_EXIT, "", "worker-0", 2, 1, List.of()).diagnosis();
        assertThat(found.headline()).isEqualTo("worker-0 (attempt 2) ended with exit code 1");
        assertThat(found.lines()).isEmpty();
    }

    @Test
    void oneLongLineCostsLittle() {
        String line = "No module named " + "a".repeat(60_000) + " error: argument ".repeat(500);
        assertThat(of(FailureCause.USER_EXIT, 1, line.repeat(3)).headline().length())
                .isLessThan(5_000);
    }
}
