package io.ropewalk.support.config;

import java.nio.file.Path;

/// Where a value came from.
public sealed interface Origin {
    record Standard() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    record InFile(Path file, int line) implements Origin {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    record Variable(String name) implements Origin {
        @Override
        public String toString() {
            return "variable " + name;
        }
    }

    record Flag(String name) implements Origin {
        @Override
        public String toString() {
            return "flag " + name;
        }
    }
}
