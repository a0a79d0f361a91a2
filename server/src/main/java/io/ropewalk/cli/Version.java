package io.ropewalk.cli;

import java.util.Optional;

/// What this build calls itself.
final class Version {
    private Version() {}

    static String text() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("development build");
    }
}
