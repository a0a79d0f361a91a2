package io.ropewalk.extensions.executor.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Recognises commands that are only a program and its arguments, as most are: a shell would do nothing for them but
/// start the program, and takes longer to begin with than many a program. Whatever it is not sure of is left to bash.
final class PlainCommand {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
    private static final Pattern VARIABLE =
            Pattern.compile("\\$(?:([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)})");
    private static final Pattern SPACES = Pattern.compile(" +");
    /// Words that bash does not look for on the path.
    private static final Set<String> BASH = Set.of(
            (": . [ alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare "
                            + "dirs disown do done echo elif else enable esac eval exec exit export false fc fg fi for "
                            + "function getopts hash help history if in jobs kill let local logout mapfile popd printf "
                            + "pushd pwd read readarray readonly return select set shift shopt source suspend test then "
                            + "time times trap true type typeset ulimit umask unalias unset until wait while")
                    .split(" ", -1));

    private PlainCommand() {}

    /// The program and its arguments; empty when the command needs a shell.
    ///
    /// @param variables that the command may name
    static Optional<List<String>> words(String command, Map<String, String> variables) {
        List<String> words = new ArrayList<>();
        for (String word : SPACES.split(command.strip(), -1)) {
            Optional<String> text = text(word, variables);
            if (text.isEmpty()) {
                return Optional.empty();
            }
            words.add(text.get());
        }
        if (words.getFirst().equals("exec")) {
            words.removeFirst();
        }
        boolean program = !words.isEmpty()
                && !words.getFirst().startsWith("-")
                && words.getFirst().indexOf('=') < 0
                && !BASH.contains(words.getFirst());
        return program ? Optional.of(words) : Optional.empty();
    }

    private static Optional<String> text(String word, Map<String, String> variables) {
        StringBuilder text = new StringBuilder();
        Matcher variable = VARIABLE.matcher(word);
        while (variable.find()) {
            String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
            variable.appendReplacement(text, Matcher.quoteReplacement(variables.getOrDefault(name, "")));
            if (!WORD.matcher(variables.getOrDefault(name, "")).matches()) {
                // A shell would split it, leave it out, or take it for a pattern.
                return Optional.empty();
            }
        }
        variable.appendTail(text);
        return WORD.matcher(text).matches() ? Optional.of(text.toString()) : Optional.empty();
    }
}
