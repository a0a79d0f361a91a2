package io.ropewalk.project;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Source types with settings of every kind, which deliver nothing.
final class TestSources {
    static final List<SourceType<?>> ALL = List.of(
            new Kind<>("git", Git.class),
            new Kind<>("upload", Upload.class),
            new Kind<>("storage", Storage.class),
            new Kind<>("hostPath", HostPath.class),
            new Kind<>("emptyDir", EmptyDir.class));

    private TestSources() {}

    enum Mode {
        SHALLOW,
        FULL
    }

    record Git(
            @Setting(value = "Address of the repository.", required = true)
            String repository,

            @Setting("Branch, tag or commit.") @Nullable String revision,

            @Setting("Folder of the clone.") @Nullable String directory,

            @Setting(value = "Access token.", secret = true) @Nullable
            String token,

            @Setting("User name.") @Nullable String userName,

            @Setting(value = "Private key.", secret = true) @Nullable
            String privateKey,

            @Setting("How many commits.") @Nullable Integer depth,

            @Setting("Folders to fetch.") @Nullable List<String> folders,

            @Setting("Options.") @Nullable Map<String, String> options,

            @Setting("How to fetch.") @Nullable Mode mode) {
        Git {
            if (!repository.contains("/")) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "The setting 'repository' is '%s', which is no address.".formatted(repository));
            }
        }
    }

    record Upload() {}

    record Storage(@Nullable String path, @Nullable Boolean shared) {}

    record HostPath(
            @Setting(value = "The directory.", required = true)
            String path) {}

    record EmptyDir() {}

    private record Kind<S extends Record>(String kind, Class<S> settings) implements SourceType<S> {
        @Override
        public String description() {
            return "A source of kind " + kind + ".";
        }

        @Override
        public Pin pin(S given, SourceContext context) {
            return Pin.NOTHING;
        }

        @Override
        public Delivery deliver(S given, Pin pin, SourceContext context) {
            return new Delivery.Scratch();
        }
    }
}
