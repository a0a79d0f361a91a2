package io.ropewalk.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.environment.EnvironmentSpec.Packages;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Environments are built with the machine's own Python from a wheel made here; no network is used.
@Timeout(300)
class EnvironmentsTest {
    @TempDir
    Path directory;

    private final AtomicLong now =
            new AtomicLong(Instant.parse("2026-11-21T10:00:00Z").toEpochMilli());
    private final Database database = TestDatabases.sqlite().open();
    private final Map<String, String> server = new HashMap<>();
    private Environments environments = environments();

    private Environments environments() {
        return new Environments(
                directory == null ? Path.of("") : directory.resolve("environments"), database, server, (InstantSource)
                        () -> Instant.ofEpochMilli(now.get()));
    }

    @BeforeEach
    void makeIndex() throws IOException {
        for (String name : List.of("PATH", "HOME", "PYENV_ROOT")) {
            if (System.getenv(name) != null) {
                server.put(name, String.valueOf(System.getenv(name)));
            }
        }
        server.put("PIP_NO_INDEX", "1");
        server.put(
                "PIP_FIND_LINKS",
                Files.createDirectory(directory.resolve("wheels")).toString());
        wheel("ropetest", "1.0");
        wheel("ropetest", "2.0");
        environments = environments();
        Assumptions.assumeTrue(
                new Interpreters(server).installed().stream().anyMatch(Interpreter::complete),
                "no Python that can make virtual environments");
    }

    @AfterEach
    void close() {
        environments.close();
        database.close();
    }

    private void wheel(String name, String version) throws IOException {
        Path file = directory.resolve("wheels/%s-%s-py3-none-any.whl".formatted(name, version));
        String info = "%s-%s.dist-info/".formatted(name, version);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, name + ".py", "VERSION = '" + version + "'\n");
            entry(zip, info + "METADATA", "Metadata-Version: 2.1\nName: %s\nVersion: %s\n".formatted(name, version));
            entry(
                    zip,
                    info + "WHEEL",
                    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            entry(
                    zip,
                    info + "RECORD",
                    "%s.py,,\n%sMETADATA,,\n%sWHEEL,,\n%sRECORD,,\n".formatted(name, info, info, info));
        }
    }

    private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static EnvironmentSpec pip(String... names) {
        return new EnvironmentSpec("", "", List.of(new Packages("pip", List.of(names))));
    }

    private static String python(Prepared prepared, String code) throws Exception {
        return shell(prepared, "python -c '" + code + "'");
    }

    private static String shell(Prepared prepared, String command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(prepared.variables());
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text.strip();
    }

    private int builds() {
        return count(directory.resolve("environments"), 2, "b-");
    }

    private static int count(Path root, int depth, String prefix) {
        try (Stream<Path> all = Files.walk(root, depth)) {
            return (int) all.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> states() {
        return database.read(handle -> handle.createQuery("select state from environment order by key")
                .mapTo(String.class)
                .list());
    }

    @Test
    void anEnvironmentIsBuiltOnceAndFoundAgainAlsoByTheNextServer() throws Exception {
        List<String> log = new ArrayList<>();
        EnvironmentSpec spec = new EnvironmentSpec("", "# what it needs\nropetest==1.0\r\n", List.of());
        Prepared prepared = environments.prepare(spec, log::add);
        assertThat(python(prepared, "import ropetest, sys; print(ropetest.VERSION, sys.prefix)"))
                .isEqualTo("1.0 " + prepared.root().resolve("venv"));
        assertThat(prepared.variables())
                .containsEntry("VIRTUAL_ENV", prepared.root().resolve("venv").toString());
        assertThat(prepared.lock()).content().isEqualTo("ropetest==1.0\n");
        assertThat(String.join("\n", log)).contains("Successfully installed ropetest-1.0");
        assertThat(prepared.buildLog()).content().contains("Successfully installed ropetest-1.0");
        assertThat(states()).containsExactly("ready");

        List<String> quiet = new ArrayList<>();
        assertThat(environments.prepare(
                        new EnvironmentSpec("", "# what it needs\nropetest==1.0\n", List.of()), quiet::add))
                .isEqualTo(prepared);
        assertThat(environments().prepare(spec, quiet::add)).isEqualTo(prepared);
        assertThat(quiet).isEmpty();
        assertThat(environments.prepare(pip("ropetest==2.0"), quiet::add).root())
                .isNotEqualTo(prepared.root());
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void tenWhoAskAtOnceShareOneBuildAndAllSeeItsLines() throws Exception {
        List<Callable<Prepared>> askers = new ArrayList<>();
        List<List<String>> logs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            List<String> log = Collections.synchronizedList(new ArrayList<>());
            logs.add(log);
            askers.add(() -> environments.prepare(pip("ropetest==1.0"), log::add));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Prepared> prepared = new ArrayList<>();
            for (Future<Prepared> each : threads.invokeAll(askers)) {
                prepared.add(each.get());
            }
            assertThat(prepared).hasSize(10).containsOnly(prepared.getFirst());
        }
        assertThat(builds()).isEqualTo(1);
        String installed = Files.readString(directory
                .resolve("environments")
                .resolve(key())
                .resolve(build())
                .resolve("build.log"));
        assertThat(installed.split("Successfully installed", -1)).hasSize(2);
        assertThat(logs.stream().filter(log -> !log.isEmpty()))
                .allSatisfy(log -> assertThat(String.join("\n", log)).contains("Successfully installed"));
    }

    private String key() throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("environments"))) {
            return all.map(each -> each.getFileName().toString())
                    .filter(name -> !name.equals("bare"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private String build() throws IOException {
        return Files.readString(directory.resolve("environments").resolve(key()).resolve("ready"));
    }

    @Test
    void whatCannotBeBuiltLeavesNothingBehindAndSaysWhy() throws Exception {
        assertThatThrownBy(() -> environments.prepare(pip("ropetest==9.9"), _ -> {}))
                .isInstanceOf(RopewalkException.class)
                .hasMessageContaining("could not be built")
                .hasMessageContaining("ropetest==9.9")
                .hasMessageContaining("exit code 1")
                .hasMessageContaining("Correct the packages");
        assertThat(builds()).isZero();
        assertThat(states()).containsExactly("failed");
        wheel("ropetest", "9.9");
        assertThat(environments.prepare(pip("ropetest==9.9"), _ -> {}).lock())
                .content()
                .isEqualTo("ropetest==9.9\n");
        assertThat(states()).containsExactly("ready");
    }

    @Test
    void aBuildThatWasCutOffIsNeverGivenOut() throws Exception {
        Prepared first = environments.prepare(pip("ropetest==1.0"), _ -> {});
        Path home = first.root().resolveSibling("");
        Files.delete(home.resolve("ready"));
        Files.createDirectories(home.resolve("b-cut-off/venv/bin"));
        Prepared second = environments.prepare(pip("ropetest==1.0"), _ -> {});
        assertThat(second.root()).isNotEqualTo(first.root());
        assertThat(builds()).isEqualTo(1);
        assertThat(python(second, "import ropetest; print(ropetest.VERSION)")).isEqualTo("1.0");

        Files.delete(second.root().resolve("venv/bin/python"));
        Files.createSymbolicLink(second.root().resolve("venv/bin/python"), Path.of("/uninstalled"));
        Prepared third = environments.prepare(pip("ropetest==1.0"), _ -> {});
        assertThat(python(third, "import ropetest; print(ropetest.VERSION)")).isEqualTo("1.0");
    }

    @Test
    void laterEnvironmentsAreBegunWithACopyWhosePipIsTheirOwn() throws Exception {
        environments = new Environments(directory.resolve("a place"), database, server, InstantSource.system());
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        environments.prepare(pip("ropetest==1.0"), first::add);
        Prepared copy = environments.prepare(pip("ropetest==2.0"), second::add);
        assertThat(first).anyMatch(line -> line.startsWith("This is the first environment"));
        assertThat(second).noneMatch(line -> line.startsWith("This is the first environment"));
        try (Stream<Path> bare = Files.walk(directory.resolve("a place/bare"), 2)) {
            assertThat(bare.filter(path -> path.getFileName().toString().startsWith("b-")))
                    .hasSize(1);
        }
        assertThat(python(copy, "import pip; print(pip.__file__)"))
                .startsWith(copy.root().toString());
        for (String pip : List.of("pip", "pip3", "python -m pip")) {
            assertThat(shell(copy, pip + " list --disable-pip-version-check --format freeze"))
                    .contains("ropetest==2.0");
            assertThat(shell(copy, pip + " --version")).contains(copy.root().toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#!/pattern/bin/python3.11\nimport pip\npip.main()\n",
                "#!/bin/sh\n'''exec' \"/the pattern/bin/python\" \"$0\" \"$@\"\n' '''\nimport pip\npip.main()\n"
            })
    void aCopiedScriptNamesItsOwnInterpreter(String script) {
        assertThat(BareEnvironments.startedBy(Path.of("/a place/bin/python"), script))
                .isEqualTo(
                        "#!/bin/sh\n'''exec' \"/a place/bin/python\" \"$0\" \"$@\"\n' '''\nimport pip\npip.main()\n");
    }

    @Test
    void whenItWasLastUsedIsKnown() throws IOException {
        useFakePython();
        environments.prepare(pip(), _ -> {});
        now.addAndGet(3_600_000);
        environments.prepare(pip(), _ -> {});
        assertThat(database.<Long>read(handle -> handle.createQuery("select last_used_at from environment")
                        .mapTo(Long.class)
                        .one()))
                .isEqualTo(now.get());
    }

    @Test
    void aVersionMeansTheNewestThatBeginsWithIt() throws IOException {
        Path pyenv = directory.resolve("pyenv");
        for (String version : List.of("3.9.18", "3.11.2", "3.11.10", "3.12.1", "2.7.18")) {
            fakePython(pyenv.resolve("versions").resolve(version).resolve("bin/python3"), version, true);
        }
        fakePython(directory.resolve("bin/python3"), "3.10.5", true);
        fakePython(directory.resolve("shims/python3"), "3.12.99", true);
        Interpreters interpreters = new Interpreters(Map.of(
                "PATH",
                directory.resolve("shims") + ":" + directory.resolve("bin") + ":/usr/bin:/bin:relative",
                "PYENV_ROOT",
                pyenv.toString()));
        assertThat(interpreters.find("3.11.2").version()).isEqualTo("3.11.2");
        assertThat(interpreters.find("3.9").version()).isEqualTo("3.9.18");
        assertThat(interpreters.find("").version()).isEqualTo("3.10.5");
        Interpreters only = new Interpreters(Map.of("PATH", "", "PYENV_ROOT", pyenv.toString()));
        assertThat(only.find("3.11").version()).isEqualTo("3.11.10");
        assertThat(only.find("3").version()).isEqualTo("3.12.1");
        assertThatThrownBy(() -> only.find("3.1"))
                .isInstanceOf(RopewalkException.class)
                .hasMessage("Python 3.1 is not on this machine, which has 3.12.1, 3.11.10, 3.11.2, 3.9.18, 2.7.18."
                        + " Install it ('pyenv install 3.1'), or ask for one of these.");
        assertThatThrownBy(() -> new Interpreters(Map.of()).find("3.12")).hasMessageContaining("nor is any other");
        fakePython(pyenv.resolve("versions/3.13.0/bin/python3"), "3.13.0", false);
        assertThatThrownBy(() -> only.find("3.13")).hasMessageContaining("venv and ensurepip are missing");
    }

    private static void fakePython(Path file, String version, boolean complete) throws IOException {
        script(
                file,
                "printf '%s\\n' " + version + " linux-x86_64 " + file + "-" + version + " "
                        + (complete ? "True" : "False"));
    }

    /// A Python that does as if, in no time.
    private void useFakePython() throws IOException {
        script(directory.resolve("bin/python3"), """
                case "$*" in
                *"-m venv "*) for last; do :; done; mkdir -p "$last/bin" "$last/lib"; cp "$0" "$last/bin/python" ;;
                *"-m pip freeze"*) echo fake==1 ;;
                *"-m pip install"*) echo "installing $*" ;;
                *) printf '%s\\n' 3.11.7 linux-x86_64 /fake True ;;
                esac""");
        server.put("PATH", directory.resolve("bin") + ":/usr/bin:/bin");
        server.remove("PYENV_ROOT");
        server.remove("HOME");
        environments = environments();
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void uvIsUsedWhereItIsAndIsToldTheServersIndex() throws IOException {
        script(
                directory.resolve("bin/uv"),
                "echo \"uv $*\"; echo \"links $UV_FIND_LINKS index $UV_DEFAULT_INDEX secret $OTHER_SECRET.\"");
        server.put("PIP_INDEX_URL", "https://index.example/simple");
        server.put("OTHER_SECRET", "hidden");
        useFakePython();
        List<String> log = new ArrayList<>();
        environments.prepare(pip("ropetest"), log::add);
        assertThat(log)
                .anyMatch(line -> line.startsWith("uv pip install --python ") && line.endsWith(" --no-index ropetest"))
                .contains(
                        "links %s index https://index.example/simple secret .".formatted(server.get("PIP_FIND_LINKS")));
    }

    @Test
    void packagesForCondaAreLeftOutWithANoticeWhereThereIsNone() throws IOException {
        Assumptions.assumeFalse(Files.exists(Path.of("/usr/bin/conda")));
        useFakePython();
        List<String> log = new ArrayList<>();
        EnvironmentSpec spec = new EnvironmentSpec(
                "",
                "",
                List.of(new Packages("conda", List.of("cudatoolkit")), new Packages("pip3", List.of("ropetest"))));
        Prepared prepared = environments.prepare(spec, log::add);
        assertThat(prepared.notices())
                .singleElement()
                .asString()
                .contains("conda is not on this machine")
                .contains("cudatoolkit");
        assertThat(log).contains(prepared.notices().getFirst()).anyMatch(line -> line.endsWith(" ropetest"));
    }

    @Test
    void condaMakesTheEnvironmentWhereItIs() throws IOException {
        script(directory.resolve("bin/conda"), "echo \"conda $*\"; python3 -m venv \"$5\"");
        useFakePython();
        List<String> log = new ArrayList<>();
        environments.prepare(
                new EnvironmentSpec("3", "", List.of(new Packages("conda", List.of("cudatoolkit=12")))), log::add);
        assertThat(log)
                .anyMatch(line ->
                        line.matches("conda create --yes --quiet --prefix .*/venv pip python=3 cudatoolkit=12"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--index-url=http://evil", "-e .", "", "./local", "../up", "/abs", "a\nb", "a\u0000", "ä"})
    void whatIsNotAPackageIsRefused(String name) {
        assertThatThrownBy(() -> new Packages("pip", List.of(name)))
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.7", "3.x", ">=3.9", "3.11; rm -rf /", "../3", "3.11.7.1", "python3", "3.1111"})
    void whatIsNotAVersionIsRefused(String version) {
        assertThatThrownBy(() -> new EnvironmentSpec(version, "", List.of())).isInstanceOf(RopewalkException.class);
    }

    @Test
    void anInterruptedAskerGoesAndNobodyElseSuffers() throws Exception {
        useFakePython();
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Thread asker = Thread.ofVirtual().start(() -> {
            Thread.currentThread().interrupt();
            try {
                environments.prepare(pip("ropetest==1.0"), log::add);
            } catch (RopewalkException e) {
                log.add(String.valueOf(e.code()));
            }
        });
        asker.join();
        assertThat(log).contains("UNAVAILABLE");
        assertThat(environments.prepare(pip("ropetest==1.0"), _ -> {}).lock())
                .content()
                .isEqualTo("fake==1\n");
        assertThat(builds()).isEqualTo(1);
    }
}
