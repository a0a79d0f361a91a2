package io.ropewalk.support.config;

import io.ropewalk.support.config.SettingsReader.Flag;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Everything that can be said about a server before it starts.
public record ServerSettings(
        @Configured(
                value = "The server's own directory: database, files, logs, owner token.",
                standard = "~/.ropewalk",
                beforeFile = true)
        Path data,

        @Configured(
                value = "The address to listen on. Anything but this machine's own needs sign-in to be configured.",
                standard = "127.0.0.1")
        String bind,

        @Configured(value = "The port to listen on; 0 takes any free one.", standard = "8080")
        int port,

        @Configured(
                value = "Empty for SQLite in the data directory, or `jdbc:postgresql://host/name?user=…&password=…`.")
        String database,

        @Configured(
                value =
                        "Who may read the server's own numbers at `/metrics`: `owner`, or `public` for everybody who reaches the server.",
                standard = "owner")
        String metrics,

        @Configured(value = "Open a browser when the server is ready and a desktop is there.", standard = "true")
        boolean browser,

        @Configured(value = "Directories of this machine that projects may mount with `hostPath`.")
        List<Path> allowedHostPaths,

        @Configured("Where files are kept.") Storage storage,
        @Configured("How big things may be.") Limits limits,

        @Configured("What the cluster `local` may use of this machine.")
        Local local,

        @Configured("Backups that the server makes by itself.")
        Backup backup,

        @Configured("How people are told of their runs.") Notices notices,

        @Configured("Settings of extensions; each extension documents its own.")
        Map<String, String> extensions) {

    public static final String FILE_NAME = "ropewalk.yaml";

    /// Variables that the launcher, the command line and programs in runs use.
    private static final Set<String> NOT_SETTINGS = Set.of(
            "ROPEWALK_URL",
            "ROPEWALK_TOKEN",
            "ROPEWALK_HOME",
            "ROPEWALK_JAVA_HOME",
            "ROPEWALK_JAVA_OPTIONS",
            "ROPEWALK_AOT",
            "ROPEWALK_BUILD",
            "ROPEWALK_FAILPOINT",
            "ROPEWALK_RUN_ID",
            "ROPEWALK_RUN_URL",
            "ROPEWALK_PARENT_RUN_ID",
            "ROPEWALK_PARENT_OUTPUT_DIR",
            "ROPEWALK_PROJECT",
            "ROPEWALK_WORKSPACE",
            "ROPEWALK_ROLE",
            "ROPEWALK_OUTPUT_DIR",
            "ROPEWALK_CHECKPOINT_DIR",
            "ROPEWALK_PARAMETERS",
            "ROPEWALK_SPOOL_DIR",
            "ROPEWALK_OFFLINE");

    public ServerSettings {
        List<String> wrong = new ArrayList<>();
        if (bind.isBlank()) {
            wrong.add("bind must be an address such as 127.0.0.1");
        }
        if (port < 0 || port > 65535) {
            wrong.add("port must be a port number, 0 to 65535");
        }
        if (!database.isEmpty() && !database.startsWith("jdbc:postgresql:")) {
            wrong.add("database must be empty (SQLite) or start with jdbc:postgresql:");
        }
        if (!metrics.equals("owner") && !metrics.equals("public")) {
            wrong.add("metrics must be `owner` or `public`");
        }
        for (Path path : allowedHostPaths) {
            if (!path.isAbsolute()) {
                wrong.add("allowedHostPaths must hold full paths, not " + path);
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", wrong));
        }
        data = data.toAbsolutePath().normalize();
        allowedHostPaths = List.copyOf(allowedHostPaths);
        extensions = Map.copyOf(extensions);
    }

    /// What the files, variables and flags of this machine say.
    ///
    /// @throws ConfigurationException with everything that is wrong
    public static Settings<ServerSettings> read(Map<String, String> environment, List<Flag> flags) {
        SettingsReader<ServerSettings> early = new SettingsReader<>(ServerSettings.class)
                .environment(environment, NOT_SETTINGS)
                .flags(flags);
        Path data = SettingsReader.path(early.text("data").orElse("~/.ropewalk"));
        return new SettingsReader<>(ServerSettings.class)
                .file(data.toAbsolutePath().normalize().resolve(FILE_NAME))
                .environment(environment, NOT_SETTINGS)
                .flags(flags)
                .read();
    }

    /// @param root a relative path is below the data directory
    public record Storage(
            @Configured(value = "The root of workspace storage.", standard = "storage")
            Path root) {}

    public record Limits(
            @Configured(value = "The largest body of an API request.", standard = "16MiB")
            ByteSize body,

            @Configured(value = "The largest single uploaded file or archive.", standard = "64GiB")
            ByteSize upload,

            @Configured(
                    value =
                            "The most that is kept of one replica's log; of a longer one the beginning and the end stay. 0 for all.",
                    standard = "4GiB")
            ByteSize log) {}

    /// Zero means all that the machine has.
    public record Local(
            @Configured(value = "Processor cores to give to runs; 0 for all.", standard = "0")
            double cpus,

            @Configured(value = "Memory to give to runs; 0 for all.", standard = "0")
            ByteSize memory,

            @Configured(value = "GPUs to give to runs; -1 for all that are found.", standard = "-1")
            int gpus) {
        public Local {
            if (!(cpus >= 0) || cpus > 1e6) {
                throw new IllegalArgumentException("cpus must be 0 or more");
            }
            if (gpus < -1) {
                throw new IllegalArgumentException("gpus must be -1 or more");
            }
        }
    }

    /// @param allow machines, each with or without a port
    public record Notices(
            @Configured(
                    value =
                            "Machines of one's own that webhooks may reach although no stranger could, such as `localhost` or `10.0.0.5:9000`.")
            List<String> allow,

            @Configured(
                    value =
                            "After so many minutes without a word from its program, a run from outside is shown as silent.",
                    standard = "5")
            int silentMinutes,

            @Configured("Where e-mail is handed over; without a host there is none.")
            Mail mail) {
        private static final Pattern MACHINE =
                Pattern.compile("[A-Za-z0-9._-]+(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{1,5})?");

        public Notices {
            List<String> wrong = new ArrayList<>();
            for (String machine : allow) {
                if (!MACHINE.matcher(machine).matches()) {
                    wrong.add("allow must hold machines such as `localhost`, `10.0.0.5:9000` or `[::1]`, not `%s`"
                            .formatted(machine));
                }
            }
            if (silentMinutes < 1) {
                wrong.add("silentMinutes must be 1 or more");
            }
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException(String.join("\n", wrong));
            }
            allow = List.copyOf(allow);
        }
    }

    /// @param passwordFile empty for none
    public record Mail(
            @Configured("The machine that takes e-mail; empty for no e-mail.")
            String host,

            @Configured(value = "Its port.", standard = "587")
            int port,

            @Configured("Whom e-mail comes from, such as `ropewalk@example.org`.")
            String from,

            @Configured("The name to sign in with; empty for no sign-in.")
            String user,

            @Configured("A file with the password, which only the server's own user can read.")
            Path passwordFile,

            @Configured(
                    value =
                            "`starttls`, `tls` (from the first byte, as on port 465) or `none` (only without a sign-in).",
                    standard = "starttls")
            String security) {
        public Mail {
            List<String> wrong = new ArrayList<>();
            if (port < 1 || port > 65535) {
                wrong.add("port must be a port number, 1 to 65535");
            }
            if (!List.of("starttls", "tls", "none").contains(security)) {
                wrong.add("security must be `starttls`, `tls` or `none`");
            }
            if (!host.isEmpty() && !from.contains("@")) {
                wrong.add("from must be an e-mail address when there is a host");
            }
            if (!user.isEmpty() && security.equals("none")) {
                wrong.add("security must not be `none` with a user: the password would be readable on the way");
            }
            if (!user.isEmpty() && passwordFile.toString().isEmpty()) {
                wrong.add("passwordFile must name a file when there is a user");
            }
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException(String.join("\n", wrong));
            }
        }

        /// Whether there is a machine to hand e-mail to.
        public boolean isSet() {
            return !host.isEmpty();
        }
    }

    /// @param every empty for never
    public record Backup(
            @Configured(value = "Where backups are kept, as a full path; best on another disk.")
            Path directory,

            @Configured(value = "How often one is made, such as `12h` or `1d`; empty for never.")
            String every,

            @Configured(value = "How many of them are kept; older ones are removed.", standard = "7")
            int keep) {
        private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

        public Backup {
            List<String> wrong = new ArrayList<>();
            if (!directory.toString().isEmpty() && !directory.isAbsolute()) {
                wrong.add("directory must be a full path");
            }
            if (!every.isEmpty() && !LENGTH.matcher(every).matches()) {
                wrong.add("every must be a length of time such as 12h or 1d");
            }
            if (!every.isEmpty() && directory.toString().isEmpty()) {
                wrong.add("every needs backup.directory to be set as well");
            }
            if (keep < 1) {
                wrong.add("keep must be 1 or more");
            }
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException(String.join("\n", wrong));
            }
        }

        /// Empty when the server makes none by itself.
        public Optional<Duration> between() {
            Matcher length = LENGTH.matcher(every);
            if (!length.matches()) {
                return Optional.empty();
            }
            long count = Long.parseLong(length.group(1));
            return Optional.of(
                    switch (length.group(2)) {
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    });
        }
    }

    /// What extensions are told: their own settings, and what of this machine is given to runs.
    public Map<String, String> forExtensions() {
        Map<String, String> told = new HashMap<>();
        if (local.cpus() > 0) {
            told.put(
                    "local.cpus",
                    BigDecimal.valueOf(local.cpus()).stripTrailingZeros().toPlainString());
        }
        if (local.memory().bytes() > 0) {
            told.put("local.memory", Long.toString(local.memory().bytes()));
        }
        if (local.gpus() >= 0) {
            told.put("local.gpus", Integer.toString(local.gpus()));
        }
        told.putAll(extensions);
        return told;
    }

    /// The root of workspace storage as a full path.
    public Path storageRoot() {
        return data.resolve(storage.root()).normalize();
    }

    /// Whether the server's own numbers need no token.
    public boolean metricsArePublic() {
        return metrics.equals("public");
    }

    /// Whether only programs of this machine can reach the server.
    public boolean loopbackOnly() {
        return bind.equals("localhost") || bind.equals("::1") || bind.equals("[::1]") || bind.startsWith("127.");
    }
}
