package io.ropewalk.environment;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.List;
import java.util.regex.Pattern;

/// The environment that a program wants.
///
/// @param python a version or the beginning of one, such as `3.11`; empty for whatever is there
/// @param requirements the text of a requirements file; empty for none
public record EnvironmentSpec(String python, String requirements, List<Packages> packages) {
    private static final Pattern VERSION = Pattern.compile("3(\\.\\d{1,3}){0,2}");
    private static final int LONGEST_REQUIREMENTS = 1024 * 1024;

    public EnvironmentSpec {
        packages = List.copyOf(packages);
        requirements = requirements.replace("\r\n", "\n");
        if (!python.isEmpty() && !VERSION.matcher(python).matches()) {
            throw invalid("'python' is a version such as '3.11' or '3.11.7', in quotes; '%s' is not.", python);
        }
        if (requirements.length() > LONGEST_REQUIREMENTS) {
            throw invalid("The requirements file is longer than %s; name fewer packages.", "1 MiB");
        }
        if (requirements.indexOf('\0') >= 0) {
            throw invalid("The requirements file is not text%s; check that the right file is named.", "");
        }
    }

    /// Packages to install with one manager.
    ///
    /// @param manager `pip`, `pip3` or `conda`
    /// @param names as on the manager's command line, without options: `numpy`, `numpy==2.1`
    public record Packages(String manager, List<String> names) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][\\x20-\\x7e]{0,299}");

        public Packages {
            names = names.stream().map(String::strip).toList();
            for (String name : names) {
                if (!NAME.matcher(name).matches()) {
                    throw invalid(
                            "'%s' is not a package: give names with or without a version, such as 'numpy==2.1'."
                                    + " Options and paths belong into a requirements file.",
                            name.length() > 80 ? name.substring(0, 80) + "…" : name);
                }
            }
        }
    }

    /// The names for one kind of manager, in the order they were given.
    List<String> names(List<String> managers) {
        return packages.stream()
                .filter(section -> managers.contains(section.manager()))
                .flatMap(section -> section.names().stream())
                .toList();
    }

    private static RopewalkException invalid(String message, String detail) {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST, message.formatted(detail.replaceAll("\\p{Cntrl}", "?")));
    }
}
