package io.ropewalk.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// The rules of one `.gitignore`, for folders that are no git repository. Paths are relative to the file's folder, with
/// `/` between names.
final class Ignores {
    private final List<Rule> rules = new ArrayList<>();

    private record Rule(Pattern pattern, boolean negated, boolean directoriesOnly) {}

    /// What a set of rules says of a path.
    enum Verdict {
        IGNORED,
        KEPT,
        /// No rule speaks of it.
        SILENT
    }

    static Ignores parse(String text) {
        Ignores ignores = new Ignores();
        text.lines().forEach(ignores::add);
        return ignores;
    }

    /// The last matching rule wins.
    Verdict verdict(String path, boolean directory) {
        for (int i = rules.size() - 1; i >= 0; i--) {
            Rule rule = rules.get(i);
            if ((directory || !rule.directoriesOnly())
                    && rule.pattern().matcher(path).matches()) {
                return rule.negated() ? Verdict.KEPT : Verdict.IGNORED;
            }
        }
        return Verdict.SILENT;
    }

    private void add(String written) {
        String line = withoutTrailingBlanks(written);
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        boolean negated = line.startsWith("!");
        String pattern = negated ? line.substring(1) : line;
        boolean directoriesOnly = pattern.endsWith("/");
        if (directoriesOnly) {
            pattern = pattern.substring(0, pattern.length() - 1);
        }
        boolean anchored = pattern.contains("/");
        if (pattern.startsWith("/")) {
            pattern = pattern.substring(1);
        }
        if (pattern.isEmpty()) {
            return;
        }
        try {
            String regex = (anchored ? "" : "(?:.*/)?") + regex(pattern);
            rules.add(new Rule(Pattern.compile(regex, Pattern.DOTALL), negated, directoriesOnly));
        } catch (PatternSyntaxException e) {
            // Like git, a malformed pattern matches nothing.
        }
    }

    private static String withoutTrailingBlanks(String line) {
        int end = line.length();
        while (end > 0
                && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')
                && !(end > 1 && line.charAt(end - 2) == '\\')) {
            end--;
        }
        return line.substring(0, end);
    }

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < glob.length()) {
            char c = glob.charAt(i);
            if (glob.startsWith("**/", i) && (i == 0 || glob.charAt(i - 1) == '/')) {
                regex.append("(?:.*/)?");
                i += 3;
            } else if (glob.startsWith("**", i) && i + 2 == glob.length() && (i == 0 || glob.charAt(i - 1) == '/')) {
                regex.append(".+");
                i += 2;
            } else if (c == '*') {
                regex.append("[^/]*");
                i++;
            } else if (c == '?') {
                regex.append("[^/]");
                i++;
            } else if (c == '[' && glob.indexOf(']', i + 2) > 0) {
                int end = glob.indexOf(']', i + 2);
                String inside = glob.substring(i + 1, end)
                        .replace("\\", "\\\\")
                        .replace("[", "\\[")
                        .replace("&&", "&\\&");
                boolean not = inside.startsWith("!") || inside.startsWith("^");
                regex.append(not ? "[^/" : "[")
                        .append(not ? inside.substring(1) : inside)
                        .append(']');
                i = end + 1;
            } else {
                if (c == '\\' && i + 1 < glob.length()) {
                    i++;
                }
                regex.append(Pattern.quote(String.valueOf(glob.charAt(i))));
                i++;
            }
        }
        return regex.toString();
    }
}
