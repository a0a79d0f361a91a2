package io.ropewalk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.ropewalk.support.http.OpenApi;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private static final Path COMMITTED = Path.of("src/main/resources/openapi.json");

    /// When this fails the wire has changed. Look whether it was meant to; then run the test with
    /// `-Dopenapi.write` and commit the document together with the change.
    @Test
    void theCommittedDocumentDescribesTheEndpoints() throws IOException {
        try (TestServer server = TestServer.start()) {
            JsonNode described = OpenApi.describe(server.server().endpoints());
            String text = Json.MAPPER
                            .copy()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .writeValueAsString(described)
                    + "\n";
            if (System.getProperty("openapi.write") != null) {
                Files.writeString(COMMITTED, text);
            }
            assertThat(Files.readString(COMMITTED)).isEqualTo(text);
        }
    }
}
