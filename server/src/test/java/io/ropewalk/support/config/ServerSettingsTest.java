package io.ropewalk.support.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ropewalk.support.config.SettingsReader.Flag;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSettingsTest {
    private static final Path GUIDE = Path.of("..", "docs", "guide", "configuration.md");

    @TempDir
    Path data;

    private Settings<ServerSettings> read(String yaml, Map<String, String> environment, Flag... flags)
            throws IOException {
        Files.writeString(data.resolve(ServerSettings.FILE_NAME), yaml);
        List<Flag> all = new ArrayList<>(List.of(flags));
        all.add(new Flag("--data", "data", data.toString()));
        return ServerSettings.read(environment, all);
    }

    private List<String> problems(String yaml, Map<String, String> environment, Flag... flags) throws IOException {
        try {
            read(yaml, environment, flags);
            return List.of();
        } catch (ConfigurationException e) {
            return e.problems().stream().map(Object::toString).toList();
        }
    }

    @Test
    void everyKeyOfTheFileReachesTheRecord() throws Exception {
        Settings<ServerSettings> defaults = read("", Map.of());
        Settings<ServerSettings> all = read("""
                bind: 127.0.0.2
                port: 9090
                database: jdbc:postgresql://db/ropewalk
                metrics: public
                browser: false
                allowedHostPaths: [/srv/data, /mnt]
                storage:
                  root: /srv/storage
                limits:
                  body: 1MiB
                  upload: 2GiB
                  log: 1GiB
                local:
                  cpus: 1.5
                  memory: 4GiB
                  gpus: 0
                backup:
                  directory: /srv/backup
                  every: 12h
                  keep: 3
                notices:
                  allow: [localhost, "10.0.0.5:9000"]
                  silentMinutes: 9
                  mail:
                    host: mail.example.org
                    port: 25
                    from: ropewalk@example.org
                    user: ropewalk
                    passwordFile: /etc/ropewalk/mail
                    security: tls
                extensions:
                  slurm:
                    host: cluster
                """, Map.of());

        assertThat(unchanged(ServerSettings.class, "", defaults.value(), all.value()))
                .containsExactly("data");
        assertThat(all.value().extensions()).containsExactly(Map.entry("slurm.host", "cluster"));
        assertThat(all.entries())
                .filteredOn(entry -> !entry.key().equals("data"))
                .allSatisfy(entry -> assertThat(entry.origin()).isInstanceOf(Origin.InFile.class));
    }

    private static List<String> unchanged(Class<?> type, String prefix, Object one, Object other) throws Exception {
        List<String> same = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Object before = component.getAccessor().invoke(one);
            Object after = component.getAccessor().invoke(other);
            String path = prefix + component.getName();
            if (component.getType().isRecord() && component.getType() != ByteSize.class) {
                same.addAll(unchanged(component.getType(), path + ".", before, after));
            } else if (before.equals(after)) {
                same.add(path);
            }
        }
        return same;
    }

    @Test
    void laterSourcesWinAndEveryValueKnowsItsOrigin() throws IOException {
        Settings<ServerSettings> settings = read(
                "port: 1000\nbind: 127.0.0.2\nbrowser: false\n",
                Map.of("ROPEWALK_PORT", "2000", "ROPEWALK_BIND", "127.0.0.3"),
                new Flag("--port", "port", "3000"));

        assertThat(settings.value().port()).isEqualTo(3000);
        assertThat(settings.value().bind()).isEqualTo("127.0.0.3");
        assertThat(settings.value().browser()).isFalse();
        Map<String, String> origins = settings.entries().stream()
                .collect(java.util.stream.Collectors.toMap(
                        Settings.Entry::key, entry -> entry.origin().toString()));
        assertThat(origins)
                .containsEntry("port", "flag --port")
                .containsEntry("bind", "variable ROPEWALK_BIND")
                .containsEntry("browser", data.resolve("ropewalk.yaml") + ":3")
                .containsEntry("database", "default");
    }

    @Test
    void allProblemsAreToldAtOnceWithTheirPlace() throws IOException {
        List<String> problems = problems(
                "prot: 80\nport: many\nlocal:\n  cpus: -1\n  gpu: 1\ndata: /x\n",
                Map.of("ROPEWALK_PROT", "1", "ROPEWALK_BROWSER", "maybe", "ROPEWALK_TOKEN", "t"),
                new Flag("--set limits.boddy", "limits.boddy", "1"));

        String file = data.resolve("ropewalk.yaml").toString();
        assertThat(problems)
                .contains(
                        file + ":1: prot is not a setting; did you mean port?",
                        file + ":2: port must be a whole number, not `many`",
                        file + ":5: local.gpu is not a setting; did you mean local.gpus?",
                        file
                                + ":6: data cannot be set here, because it says where this file is; use ROPEWALK_DATA or --data",
                        file + ":4: local.cpus must be 0 or more",
                        "variable ROPEWALK_PROT: no setting has this variable; did you mean ROPEWALK_PORT?",
                        "variable ROPEWALK_BROWSER: browser must be true or false, not `maybe`",
                        "flag --set limits.boddy: limits.boddy is not a setting; did you mean limits.body?")
                .hasSize(8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    port: 70000               | port must be a port number, 0 to 65535
                    bind: '  '                | bind must be an address such as 127.0.0.1
                    database: mysql://x       | database must be empty (SQLite) or start with jdbc:postgresql:
                    metrics: everybody        | metrics must be `owner` or `public`
                    allowedHostPaths: [x]     | allowedHostPaths must hold full paths, not x
                    limits: {body: 1 parsec}  | limits.body must be an amount of bytes such as 512MiB or 4GB, not `1 parsec`
                    limits: 3                 | limits is a group of keys, each on a line of its own below it
                    port: [1]                 | port must be a whole number
                    local: {gpus: -2}         | local.gpus must be -1 or more
                    backup: {directory: x}    | backup.directory must be a full path
                    backup: {every: 1d}       | backup.every needs backup.directory to be set as well
                    backup: {every: often, directory: /x} | backup.every must be a length of time such as 12h or 1d
                    backup: {keep: 0}         | backup.keep must be 1 or more
                    notices: {allow: [a b]}   | notices.allow must hold machines such as `localhost`, `10.0.0.5:9000` or `[::1]`, not `a b`
                    notices: {mail: {host: x, from: y}} | notices.mail.from must be an e-mail address when there is a host
                    notices: {mail: {security: ssl}} | notices.mail.security must be `starttls`, `tls` or `none`
                    - port                    | the file must be a list of `key: value` lines
                    """)
    void aBadValueIsNamedWithItsRule(String yaml, String message) throws IOException {
        assertThat(problems(yaml, Map.of()))
                .singleElement()
                .asString()
                .endsWith(message)
                .startsWith(data.toString());
    }

    @Test
    void brokenYamlIsNamedWithItsLine() throws IOException {
        assertThat(problems("port: 1\nbind: [a\n", Map.of()))
                .singleElement()
                .asString()
                .startsWith(data.resolve("ropewalk.yaml") + ":")
                .contains("YAML");
        assertThat(problems("port: 1\nport: 2\n", Map.of()))
                .singleElement()
                .asString()
                .startsWith(data.resolve("ropewalk.yaml") + ":2: ")
                .contains("given twice");
        assertThat(problems("", Map.of("ROPEWALK_EXTENSIONS", "x"))).hasSize(1);
    }

    @Test
    void secretsAreMasked() throws IOException {
        Settings<ServerSettings> settings = read("""
                database: jdbc:postgresql://db/ropewalk?user=me&password=hush&ssl=true
                extensions: {ldap: {bindPassword: hush, host: directory}, git: {url: "https://me:hush@host/x"}}
                """, Map.of());

        assertThat(settings.entries())
                .allSatisfy(entry -> assertThat(entry.shown()).doesNotContain("hush"));
        assertThat(settings.entries())
                .extracting(Settings.Entry::shown)
                .contains("jdbc:postgresql://db/ropewalk?user=me&password=********&ssl=true", "directory", "********");
    }

    @Test
    void relativeStorageIsBelowTheDataDirectory() throws IOException {
        assertThat(read("", Map.of()).value().storageRoot()).isEqualTo(data.resolve("storage"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "1KiB, 1024",
        "1.5 MiB, 1572864",
        "2GB, 2000000000",
        "4g, 4294967296",
        "3Ti, 3298534883328"
    })
    void amountsOfBytesAreRead(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
        assertThat(ByteSize.parse(ByteSize.parse(text).toString()).bytes()).isEqualTo(bytes);
    }

    @Test
    void absurdAmountsOfBytesAreRefused() {
        for (String text : List.of("", "-1", "MiB", "1e3", "99999999999999999999T", "1 MiB x")) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> ByteSize.parse(text));
        }
    }

    @ParameterizedTest
    @CsvSource({"prot, port", "PORT, port", "browsr, browser", "storage.rot, storage.root", "zebra, "})
    void theNearestNameIsFound(String written, String meant) {
        assertThat(Spelling.nearest(written, List.of("port", "bind", "browser", "storage.root"))
                        .orElse(null))
                .isEqualTo(meant);
    }

    /// Run with `-Dropewalk.update` to write the page anew.
    @Test
    void theGuideListsEveryKey() throws IOException {
        StringBuilder table =
                new StringBuilder("| key | what it is | default | variable | meaning |\n|---|---|---|---|---|\n");
        for (SettingsReader.Key key : new SettingsReader<>(ServerSettings.class).keys()) {
            assertThat(key.about()).as(key.path()).endsWith(".");
            table.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            key.path(),
                            key.kind(),
                            key.standard().isEmpty() ? "" : "`" + key.standard() + "`",
                            key.kind().startsWith("group") ? "" : "`" + key.variable() + "`",
                            key.about()));
        }
        String guide = Files.readString(GUIDE);
        String begin = "<!-- keys: made by ServerSettingsTest -->\n";
        String end = "<!-- end of keys -->";
        int from = guide.indexOf(begin) + begin.length();
        int to = guide.indexOf(end);
        String expected = guide.substring(0, from) + table + guide.substring(to);
        if (System.getProperty("ropewalk.update") != null) {
            Files.writeString(GUIDE, expected);
        }
        assertThat(Files.readString(GUIDE)).isEqualTo(expected);
    }
}
