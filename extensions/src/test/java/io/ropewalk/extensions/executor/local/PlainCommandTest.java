package io.ropewalk.extensions.executor.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainCommandTest {
    private static final Map<String, String> VARIABLES =
            Map.of("lr", "0.1", "DIR", "/data/a-b", "TEXT", "two words", "NONE", "", "STAR", "*.py");

    @ParameterizedTest
    @CsvSource({
        "python train.py, python|train.py",
        "'  python   -m pkg.train  --lr=0.1 ', python|-m|pkg.train|--lr=0.1",
        "'exec ./run.sh a@b:1,2 +x 50%', './run.sh|a@b:1,2|+x|50%'",
        "python train.py --lr $lr --out ${DIR}/x, python|train.py|--lr|0.1|--out|/data/a-b/x",
        "/bin/echo $lr$lr, /bin/echo|0.10.1",
    })
    void aProgramAndItsArgumentsNeedNoShell(String command, String words) {
        assertThat(PlainCommand.words(command, VARIABLES)).contains(List.of(words.split("\\|", -1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "exec",
                "cd x",
                "echo hello",
                "exec -a name program",
                "A=1 python train.py",
                "python train.py > log",
                "python train.py; exit 3",
                "python train.py && true",
                "python train.py &",
                "python train.py\npython test.py",
                "python 'a b'",
                "python \"$lr\"",
                "python *.py",
                "python ~/train.py",
                "python $STAR",
                "python $TEXT",
                "python $NONE",
                "python $UNKNOWN",
                "python ${lr:-1}",
                "python $1",
                "python $(nproc)",
                "python `nproc`",
                "python a\tb",
                "python {a,b}",
                "# python",
                "!python",
                "time python train.py",
            })
    void whateverElseIsInItIsForAShell(String command) {
        assertThat(PlainCommand.words(command, VARIABLES)).isEmpty();
    }
}
