package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PythonLibraryTest {
    @Test
    void everyFileOfTheLibraryIsUnpacked() throws Exception {
        Path library = Path.of(PythonLibraryTest.class
                        .getResource("/sdk/python/ropewalk/__init__.py")
                        .toURI())
                .getParent();

        try (Stream<Path> files = Files.list(library)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(PythonLibrary.FILES);
        }
    }
}
