package io.ropewalk.extensions.executor.local;

import java.util.regex.Pattern;

/// Text for a POSIX shell.
final class Shell {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private Shell() {}

    /// The text as one word that the shell leaves as it is, whatever is in it.
    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    static boolean isVariableName(String text) {
        return NAME.matcher(text).matches();
    }

    /// A path that is itself shell text (`$SRC_DIR/my code`) as one word: variables expand, spaces stay.
    static String expandable(String text) {
        if (text.indexOf('"') >= 0 || text.indexOf('\'') >= 0 || text.indexOf('\\') >= 0) {
            return text;
        }
        if (text.equals("~") || text.startsWith("~/")) {
            return "\"$HOME" + text.substring(1) + "\"";
        }
        return "\"" + text + "\"";
    }
}
