package io.ropewalk.support.db;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;

/// Columns with a text that somebody looks for, in any case. A database may know the small letters of ASCII only, so
/// the text is also looked for as it was typed.
public final class SearchText {
    private SearchText() {}

    /// A condition in parentheses; its parameters are bound by [#bind].
    public static String condition(String... columns) {
        return Arrays.stream(columns)
                .map(column -> "lower(%s) like :search escape '!' or %s like :searchAsTyped escape '!'"
                        .formatted(column, column))
                .collect(Collectors.joining(" or ", "(", ")"));
    }

    public static void bind(Query query, String text) {
        query.bind("search", like(text.toLowerCase(Locale.ROOT))).bind("searchAsTyped", like(text));
    }

    private static String like(String text) {
        return "%" + text.replaceAll("([%_!])", "!$1") + "%";
    }
}
