package io.ropewalk.artifact;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The beginning of a file, ready to be shown.
///
/// @param text of text, JSON (indented) and HTML; HTML is the source, to be shown in a frame that runs nothing
/// @param mediaType of an image
/// @param columns of a table, from its first line
/// @param types what is in each column: `integer`, `number`, `boolean`, `time`, `text`, or `empty`
/// @param truncated there is more than is shown
/// @param bytes of the whole file
public record Preview(
        FileKind kind,
        @Nullable String text,
        @Nullable String mediaType,
        @Nullable List<String> columns,
        @Nullable List<String> types,
        @Nullable List<List<String>> rows,
        boolean truncated,
        long bytes) {

    static Preview text(FileKind kind, String text, boolean truncated, long bytes) {
        return new Preview(kind, text, null, null, null, null, truncated, bytes);
    }

    static Preview image(String mediaType, long bytes) {
        return new Preview(FileKind.IMAGE, null, mediaType, null, null, null, false, bytes);
    }

    static Preview binary(long bytes) {
        return new Preview(FileKind.BINARY, null, null, null, null, null, false, bytes);
    }

    static Preview table(Table table, boolean truncated, long bytes) {
        return new Preview(
                FileKind.CSV,
                null,
                null,
                table.columns(),
                table.types(),
                table.rows(),
                truncated || table.truncated(),
                bytes);
    }
}
