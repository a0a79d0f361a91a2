package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Another server on the same data directory, in a JVM of its own. Says `ready`, and for every line that it is sent
/// submits the same launch and says `submitted`.
final class SecondServer {
    private SecondServer() {}

    public static void main(String[] arguments) throws IOException {
        try (LocalExecutor executor = new LocalExecutor(new ExtensionContext(Path.of(arguments[0]), Map.of()))) {
            executor.isolation();
            System.out.println("ready");
            while (System.in.read() >= 0) {
                executor.submit(launch(Path.of(arguments[1]), arguments[2]));
                System.out.println("submitted");
            }
        }
    }

    static Launch launch(Path directory, String command) {
        return new Launch(
                new LaunchId(directory.getFileName().toString()),
                "two-servers",
                directory,
                List.of(replica(0, command), replica(1, command)));
    }

    static Process start(Path dataDirectory, Path launchDirectory, String command) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SecondServer.class.getName(),
                        dataDirectory.toString(),
                        Files.createDirectories(launchDirectory).toString(),
                        command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Launch.Replica replica(int index, String command) {
        return new Launch.Replica(
                new ReplicaId("main", index), 1, command, "", List.of(), List.of(), 0, Resources.NONE);
    }
}
