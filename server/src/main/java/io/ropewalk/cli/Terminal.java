package io.ropewalk.cli;

import io.ropewalk.support.text.AnsiText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What a command sees of the world it was called in.
///
/// @param colour whether escape sequences may be written
record Terminal(Map<String, String> environment, Path folder, PrintStream out, PrintStream err, boolean colour) {
    Terminal {
        environment = Map.copyOf(environment);
        folder = folder.toAbsolutePath().normalize();
    }

    static Terminal ofThisProcess() {
        Map<String, String> environment = System.getenv();
        boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb")
                && isOnScreen();
        return new Terminal(environment, Path.of(""), System.out, System.err, colour);
    }

    /// The launcher has looked; asking the JVM costs a call what the rest of it costs.
    static boolean isOnScreen() {
        return Boolean.getBoolean("ropewalk.terminal");
    }

    Terminal withoutColour() {
        return new Terminal(environment, folder, out, err, false);
    }

    /// What programs read must be JSON alone; the rest goes where people look.
    Terminal quiet() {
        return new Terminal(environment, folder, err, err, false);
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    void say(String line) {
        out.println(line);
    }

    /// For people only; programs read the other stream.
    void note(String line) {
        err.println(line);
    }

    /// What a program wrote, as it may be written here: its colours only where there are colours, and nothing else
    /// that moves a cursor or names a window.
    String shown(String text) {
        if (text.indexOf('\u001b') < 0) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length());
        boolean coloured = false;
        for (AnsiText.Piece piece : AnsiText.pieces(text)) {
            boolean keep = piece.isText() || (colour && piece.isColour());
            shown.append(keep ? piece.text() : "");
            coloured |= colour && piece.isColour();
        }
        // The next line begins plain, whatever this one left on.
        return shown.append(coloured ? "\u001b[0m" : "").toString();
    }

    String bold(String text) {
        return paint("1", text);
    }

    String dim(String text) {
        return paint("2", text);
    }

    /// The colour of a state, a word of its own even without colour.
    String state(String state) {
        return switch (state) {
            case "succeeded", "ok" -> paint("32", state);
            case "failed", "lost", "fail" -> paint("31", state);
            case "stopped", "ending", "warn" -> paint("33", state);
            case "running", "starting" -> paint("36", state);
            default -> state;
        };
    }

    String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
