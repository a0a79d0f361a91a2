package io.ropewalk.log;

/// Says, line by line, which lines make one traceback together: Python's (with those that it chains), Java's, and
/// what C++ says when it aborts. Takes lines without colours, in their order.
public final class TracebackParts {
    public enum Part {
        OUTSIDE,
        BEGINS,
        /// It belongs to the line before it.
        CONTINUES,
        /// It names the error, and belongs to the line before it.
        NAMES
    }

    private enum In {
        NOTHING,
        PYTHON_FRAMES,
        /// The error has been named; what follows may be more of its message, or a blank line before the next one.
        PYTHON_NAMED,
        PYTHON_GAP,
        PYTHON_CHAIN,
        JAVA,
        ABORT
    }

    private In in = In.NOTHING;

    public Part next(String line) {
        Part part = part(line);
        if (part == Part.OUTSIDE) {
            in = In.NOTHING;
        }
        return part;
    }

    private Part part(String line) {
        Part begun = begun(line);
        if (begun != Part.OUTSIDE) {
            return begun;
        }
        return switch (in) {
            case NOTHING -> Part.OUTSIDE;
            case PYTHON_FRAMES -> {
                if (isIndented(line)) {
                    yield Part.CONTINUES;
                }
                in = In.PYTHON_NAMED;
                yield line.isBlank() ? Part.OUTSIDE : Part.NAMES;
            }
            case PYTHON_NAMED -> {
                if (line.isBlank()) {
                    in = In.PYTHON_GAP;
                    yield Part.CONTINUES;
                }
                yield isIndented(line) ? Part.CONTINUES : Part.OUTSIDE;
            }
            case PYTHON_GAP -> {
                boolean chains = line.startsWith("During handling of the above exception")
                        || line.startsWith("The above exception was the direct cause");
                in = In.PYTHON_CHAIN;
                yield chains ? Part.CONTINUES : Part.OUTSIDE;
            }
            case PYTHON_CHAIN -> line.isBlank() ? Part.CONTINUES : Part.OUTSIDE;
            case JAVA -> {
                if (line.startsWith("Caused by: ")) {
                    yield Part.NAMES;
                }
                yield isJavaFrame(line) ? Part.CONTINUES : Part.OUTSIDE;
            }
            case ABORT -> line.startsWith("  what():  ") ? Part.NAMES : Part.OUTSIDE;
        };
    }

    private Part begun(String line) {
        boolean chained = in == In.PYTHON_CHAIN;
        if (line.startsWith("Traceback (most recent call last):")) {
            in = In.PYTHON_FRAMES;
            return chained ? Part.CONTINUES : Part.BEGINS;
        }
        if (in == In.NOTHING && line.startsWith("  File \"") && line.contains("\", line ")) {
            // A program that cannot be read has no frames above the place.
            in = In.PYTHON_FRAMES;
            return Part.BEGINS;
        }
        if (line.startsWith("Exception in thread \"")) {
            in = In.JAVA;
            return Part.BEGINS;
        }
        if (in == In.NOTHING && line.startsWith("\tat ")) {
            in = In.JAVA;
            return Part.CONTINUES;
        }
        if (line.startsWith("terminate called ")) {
            in = In.ABORT;
            return Part.BEGINS;
        }
        return Part.OUTSIDE;
    }

    private static boolean isIndented(String line) {
        return line.startsWith("  ") || line.startsWith("\t");
    }

    private static boolean isJavaFrame(String line) {
        return line.startsWith("\tat ")
                || line.startsWith("\t... ")
                || line.startsWith("\tSuppressed: ")
                || line.startsWith("\t\t");
    }
}
