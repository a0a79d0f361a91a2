package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.support.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProjectSchemaTest {
    private static final JsonNode SCHEMA = Json.tree(new ProjectSchema(TestSources.ALL).text());

    @Test
    void theSchemaSaysWhatTheReaderTakes() {
        assertThat(SCHEMA.at("/$schema").asText()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(names(SCHEMA.at("/properties"))).isEqualTo(Keys.PROJECT.names());
        assertThat(SCHEMA.at("/required")).isEqualTo(Json.tree("[\"name\"]"));
        JsonNode task = SCHEMA.at("/properties/tasks/items");
        assertThat(names(task.at("/properties"))).isEqualTo(Keys.TASK.names());
        assertThat(task.at("/properties/type/enum")).isEqualTo(Json.tree("[\"general\",\"init\",\"export\"]"));
        assertThat(task.at("/properties/replicas/maximum").asInt()).isEqualTo(10_000);
        assertThat(names(task.at("/properties/roles/items/properties"))).isEqualTo(Keys.ROLE.names());
        JsonNode source = SCHEMA.at("/properties/sources/items");
        List<String> sourceKeys = new ArrayList<>(Keys.SOURCE.names());
        sourceKeys.addAll(List.of("git", "upload", "storage", "hostPath", "emptyDir"));
        assertThat(names(source.at("/properties"))).isEqualTo(sourceKeys);
        assertThat(source.at("/oneOf/0")).isEqualTo(Json.tree("{\"required\":[\"git\"]}"));
        assertThat(source.at("/properties/git/required")).isEqualTo(Json.tree("[\"repository\"]"));
        assertThat(source.at("/properties/git/properties/token/writeOnly").asBoolean())
                .isTrue();
        assertThat(source.at("/properties/git/properties/mode/enum")).isEqualTo(Json.tree("[\"SHALLOW\",\"FULL\"]"));
    }

    @Test
    void everyKeyIsDescribed() {
        List<String> silent = new ArrayList<>();
        findSilent("", SCHEMA, silent);
        // The settings of the test's own storage have no descriptions.
        assertThat(silent).allMatch(path -> path.contains("storage"));
    }

    private static void findSilent(String path, JsonNode node, List<String> silent) {
        node.path("properties").properties().forEach(property -> {
            if (property.getValue().path("description").asText().isBlank()) {
                silent.add(path + "/" + property.getKey());
            }
        });
        node.properties().forEach(child -> findSilent(path + "/" + child.getKey(), child.getValue(), silent));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            findSilent(path + "/" + i, node.get(i), silent);
        }
    }

    private static List<String> names(JsonNode properties) {
        List<String> names = new ArrayList<>();
        properties.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
