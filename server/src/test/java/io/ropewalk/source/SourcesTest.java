package io.ropewalk.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.conformance.source.FakeSnapshots;
import io.ropewalk.conformance.source.Traversals;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.Extension;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.executor.Mount;
import io.ropewalk.spi.source.SourceType;
import io.ropewalk.spi.source.SourceType.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
    private static final ProjectPlace PLACE =
            new ProjectPlace(new WorkspaceId("w-1"), "default", new ProjectId("p-1"), "digits");

    @TempDir
    Path directory;

    private final FakeSnapshots snapshots = new FakeSnapshots();
    private Sources sources = sources();

    @BeforeEach
    void prepare() throws IOException {
        Files.createDirectories(directory.resolve("allowed/data/deep"));
        sources = sources();
    }

    private Sources sources() {
        return new Sources(
                builtIn(),
                new MaterialisedTrees(path("cache/trees"), Clock.systemUTC()),
                snapshots,
                new Sources.Directories(path("storage"), List.of(path("allowed")), path("cache")));
    }

    private Path path(String below) {
        return directory == null ? Path.of("/nowhere", below) : directory.resolve(below);
    }

    static List<SourceType<?>> builtIn() {
        List<SourceType<?>> types = new ArrayList<>();
        ServiceLoader.load(Extension.class).forEach(extension -> types.addAll(extension.sourceTypes()));
        return types;
    }

    @Test
    void everyKindHasASchemaForItsForm() {
        assertThat(sources.kinds())
                .extracting(Sources.Kind::kind)
                .contains("git", "upload", "storage", "hostPath", "emptyDir");
        JsonNode git = schema("git");
        assertThat(git.at("/properties/repository/description").asText()).isNotBlank();
        assertThat(git.at("/required/0").asText()).isEqualTo("repository");
        assertThat(git.at("/required")).hasSize(1);
        assertThat(git.at("/properties/token/writeOnly").asBoolean()).isTrue();
        assertThat(git.at("/properties/revision/type").asText()).isEqualTo("string");
        assertThat(git.at("/additionalProperties").asBoolean(true)).isFalse();
        List<String> names = new ArrayList<>();
        git.get("properties").fieldNames().forEachRemaining(names::add);
        assertThat(names).startsWith("repository", "revision", "directory");
        assertThat(schema("storage").at("/properties/shared/type").asText()).isEqualTo("boolean");
    }

    @Test
    void settingsThatAreWrongAreNamed() {
        refused("git", Map.of("repository", "https://h/o/r", "branch", "x"), "no setting 'branch'", "revision");
        refused("git", Map.of(), "'repository' is missing");
        refused("git", Map.of("repository", List.of("a")), "'repository' must be text");
        refused("git", Map.of("repository", "ext::sh"), "'repository'");
        refused("storage", Map.of("shared", "perhaps"), "'shared' must be true or false");
        refused("storage", Map.of("path", "../x"), "'path'");
        refused("hostPath", Map.of(), "'path' is missing");
        refused("emptyDir", Map.of("size", 1), "it has none");
        refused("nfs", Map.of(), "of kind 'nfs'", "storage");
    }

    @Test
    void aSecretIsInNoViewAndNoMessage() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("repository", "https://me:hunter2@host/org/repo");
        settings.put("token", "hunter2");
        settings.put("privateKey", "hunter2");
        SourceDefinition git = new SourceDefinition("src", "git", settings, null, false);
        assertThat(sources.shown(git))
                .containsEntry("token", "***")
                .containsEntry("privateKey", "***")
                .containsEntry("repository", "https://host/org/repo");
        assertThat(git.toString()).doesNotContain("hunter2");
        SourceDefinition unknown = new SourceDefinition("src", "vault", settings, null, false);
        assertThat(sources.shown(unknown).toString()).doesNotContain("hunter2");
        assertThatThrownBy(() -> sources.check(git)).hasMessageNotContaining("hunter2");
        settings.put("repository", "https://host/org/repo");
        settings.put("token", Map.of("hunter2", "hunter2"));
        SourceDefinition wrong = new SourceDefinition("src", "git", settings, null, false);
        assertThatThrownBy(() -> sources.check(wrong)).hasMessageNotContaining("hunter2");
    }

    @Test
    void storageIsMountedItselfAndFetchedTreesAreShared() {
        snapshots.add(PLACE.projectId(), "code", "s-1", Map.of("a", "hello"));
        assertThat(prepare("code", "upload", Map.of(), false))
                .isInstanceOfSatisfying(Prepared.Directory.class, prepared -> {
                    assertThat(prepared.access()).isEqualTo(Mount.Access.PRIVATE);
                    assertThat(prepared.path().resolve("a")).hasContent("hello");
                });
        assertThat(prepare("models", "storage", Map.of("path", "x"), false))
                .isEqualTo(new Prepared.Directory(
                        real("storage").resolve("default/w-1/digits/x"), Mount.Access.READ_WRITE));
        assertThat(prepare("tmp", "emptyDir", Map.of(), true)).isEqualTo(new Prepared.Scratch());
    }

    @Test
    @DisplayName("AT-K15: a source that is read-only is mounted read-only, whatever its kind")
    void aReadOnlySourceIsMountedReadOnly() {
        snapshots.add(PLACE.projectId(), "code", "s-1", Map.of("a", "hello"));
        List<Prepared> readOnly = List.of(
                prepare("code", "upload", Map.of(), true),
                prepare("models", "storage", Map.of("path", "x"), true),
                prepare("data", "hostPath", Map.of("path", directory + "/allowed/data"), true));
        assertThat(readOnly)
                .allSatisfy(prepared ->
                        assertThat(((Prepared.Directory) prepared).access()).isEqualTo(Mount.Access.READ_ONLY));
    }

    @Test
    void aPartOfASourceCanBeMounted() throws IOException {
        Prepared data = prepare("data", "hostPath", Map.of("path", directory + "/allowed/data"), true);
        assertThat(data.beneath("data", "/deep/"))
                .isEqualTo(new Prepared.Directory(real("allowed").resolve("data/deep"), Mount.Access.READ_ONLY));
        assertThat(data.beneath("data", "")).isEqualTo(data);
        assertThatThrownBy(() -> data.beneath("data", "none")).hasMessageContaining("no directory 'none'");
        Prepared storage = prepare("models", "storage", Map.of("path", "x"), false);
        assertThat(((Prepared.Directory) storage.beneath("data", "new/one")).path())
                .isDirectory();
        Files.createSymbolicLink(((Prepared.Directory) storage).path().resolve("out"), Path.of("/etc"));
        assertThatThrownBy(() -> storage.beneath("data", "out")).isInstanceOf(RopewalkException.class);
        assertThatThrownBy(() -> storage.beneath("data", "out/ssh")).isInstanceOf(RopewalkException.class);
        Files.createSymbolicLink(real("allowed").resolve("data/out"), Path.of("/etc"));
        assertThatThrownBy(() -> data.beneath("data", "out")).isInstanceOf(RopewalkException.class);
    }

    @Test
    void noSpellingOfAWayOutIsAPartOfASource() throws IOException {
        Files.createDirectories(directory.resolve("allowed/secret"));
        Prepared data = prepare("data", "hostPath", Map.of("path", directory + "/allowed/data"), true);
        Prepared storage = prepare("models", "storage", Map.of("path", "x"), false);
        for (Prepared prepared : List.of(data, storage)) {
            Path root = ((Prepared.Directory) prepared).path();
            for (String spelling : Traversals.all()) {
                try {
                    assertThat(((Prepared.Directory) prepared.beneath("data", spelling)).path())
                            .as(spelling)
                            .startsWith(root);
                } catch (RopewalkException e) {
                    assertThat(e.code().status()).as(spelling).isEqualTo(400);
                }
            }
        }
    }

    private Prepared prepare(String name, String kind, Map<String, Object> settings, boolean readOnly) {
        ProjectSource source = new ProjectSource(PLACE, new SourceDefinition(name, kind, settings, null, readOnly));
        Pin pin = sources.pin(source);
        return sources.prepare(source, pin, _ -> {});
    }

    private Path real(String below) {
        try {
            return directory.resolve(below).toRealPath();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private JsonNode schema(String kind) {
        return sources.kinds().stream()
                .filter(each -> each.kind().equals(kind))
                .findFirst()
                .orElseThrow()
                .schema();
    }

    private void refused(String kind, Map<String, Object> settings, String... words) {
        assertThatThrownBy(() -> sources.check(new SourceDefinition("src", kind, settings, null, false)))
                .isInstanceOfSatisfying(
                        RopewalkException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.INVALID_DOCUMENT, ErrorCode.INVALID_REQUEST))
                .hasMessageContainingAll(words);
    }
}
