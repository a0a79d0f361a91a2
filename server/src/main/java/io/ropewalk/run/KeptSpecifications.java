package io.ropewalk.run;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ropewalk.project.ProjectDocument;
import io.ropewalk.spi.source.SourceType.Pin;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Specifications as read from their rows, those last used: reading one costs more than everything else of a row. Most
/// runs of a task have the same, or one that differs in its parameters alone; its document is read once. Thread-safe.
final class KeptSpecifications {
    private final Kept<RunSpecification> whole;
    private final Kept<ProjectDocument> documents;

    /// @param most how much text is kept, in characters
    KeptSpecifications(long most) {
        whole = new Kept<>(most);
        documents = new Kept<>(most);
    }

    /// @param text as stored with a run
    RunSpecification get(String text) {
        return whole.get(text, this::read);
    }

    private RunSpecification read(String text) {
        Optional<Place> place = placeOfDocument(text);
        if (place.isEmpty()) {
            return Json.read(text, RunSpecification.class);
        }
        String document = text.substring(place.get().from(), place.get().to());
        Rest rest = Json.read("{" + text.substring(place.get().to() + 1), Rest.class);
        return new RunSpecification(
                documents.get(document, one -> Json.read(one, ProjectDocument.class)), rest.parameters(), rest.pins());
    }

    record Rest(Map<String, Object> parameters, Map<String, Pin> pins) {}

    private record Place(int from, int to) {}

    /// Where the document stands when it comes first and something follows.
    private static Optional<Place> placeOfDocument(String text) {
        try (JsonParser in = Json.MAPPER.createParser(text)) {
            if (in.nextToken() != JsonToken.START_OBJECT
                    || !"document".equals(in.nextFieldName())
                    || in.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            int from = (int) in.currentTokenLocation().getCharOffset();
            in.skipChildren();
            int to = (int) in.currentLocation().getCharOffset();
            return text.startsWith(",", to) ? Optional.of(new Place(from, to)) : Optional.empty();
        } catch (IOException e) {
            throw new IllegalArgumentException("stored text is not JSON", e);
        }
    }

    /// What has been read from texts.
    private static final class Kept<T> {
        private final long most;
        private final Map<String, T> kept = new LinkedHashMap<>(16, 0.75f, true);
        private long size;

        Kept(long most) {
            this.most = most;
        }

        T get(String text, Function<String, T> reader) {
            synchronized (this) {
                T known = kept.get(text);
                if (known != null) {
                    return known;
                }
            }
            T read = reader.apply(text);
            keep(text, read);
            return read;
        }

        private synchronized void keep(String text, T one) {
            if (kept.put(text, one) == null) {
                size += text.length();
            }
            var oldest = kept.keySet().iterator();
            while (size > most && oldest.hasNext()) {
                size -= oldest.next().length();
                oldest.remove();
            }
        }
    }
}
