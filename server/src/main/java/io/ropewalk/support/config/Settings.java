package io.ropewalk.support.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// A configuration that was read, and where each of its values came from.
public record Settings<T extends Record>(T value, List<Entry> entries) {
    public Settings {
        entries = List.copyOf(entries);
    }

    /// One key and its value as text. [#shown] is what may be printed.
    public record Entry(String key, String value, Origin origin, String about) {
        private static final Pattern SECRET_KEY =
                Pattern.compile(".*(password|passwd|secret|token|api-?key|private-?key|credential).*");
        private static final Pattern SECRET_PARAMETER =
                Pattern.compile("(?i)([?&;](?:password|sslpassword|user-?secret)=)[^&;]*");
        private static final Pattern USER_INFO = Pattern.compile("(//[^/:@?]*:)[^/@]*@");

        public String shown() {
            String lastWord = key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            if (SECRET_KEY.matcher(lastWord).matches()) {
                return value.isEmpty() ? "" : "********";
            }
            String masked = SECRET_PARAMETER.matcher(value).replaceAll("$1********");
            return USER_INFO.matcher(masked).replaceAll("$1********@");
        }
    }
}
