package io.ropewalk.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Brings a folder to a source of the `upload` kind. Says first which files it has; only contents that the server lacks
/// travel: small ones together, big ones each alone.
final class Upload {
    private static final long BIG = 4L << 20;
    private static final long BATCH = 8L << 20;
    private static final int BLOCK = 512;

    private final Client client;
    private final String workspace;
    private final ProgressLine progress;

    Upload(Client client, String workspace, ProgressLine progress) {
        this.client = client;
        this.workspace = workspace;
        this.progress = progress;
    }

    /// @param sent how many bytes had to travel
    record Result(Tree snapshot, int files, long bytes, long sent) {}

    /// @param snapshots the API path of the source's snapshots
    Result send(Folder folder, String snapshots) {
        List<Folder.File> files =
                folder.files((count, bytes) -> progress.show("reading " + count + " files, " + Human.bytes(bytes)));
        long bytes = files.stream().mapToLong(Folder.File::size).sum();
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("files", files.stream().map(Folder.File::asJson).toList());
        Map<String, Object> origin = folder.origin();
        if (!origin.isEmpty()) {
            request.put("origin", origin);
        }
        long sent = 0;
        // A second round happens when the server forgot a content in between; more would be a mistake of its own.
        for (int round = 0; round < 3; round++) {
            Tree answer = client.post(snapshots, request);
            if (!answer.at("snapshot").isAbsent()) {
                progress.clear();
                return new Result(answer.at("snapshot"), files.size(), bytes, sent);
            }
            Set<String> missing = new HashSet<>();
            answer.at("missing").items().forEach(hash -> missing.add(hash.text()));
            sent += sendContents(folder, files, missing);
        }
        throw Failure.user("The server keeps asking for files of " + folder.root()
                + " that it was sent. Are they changing right now? Try again when they are not.");
    }

    private long sendContents(Folder folder, List<Folder.File> files, Set<String> missing) {
        Map<String, Folder.File> wanted = new LinkedHashMap<>();
        files.stream()
                .filter(file -> missing.contains(file.hash()))
                .forEach(file -> wanted.putIfAbsent(file.hash(), file));
        long total = wanted.values().stream().mapToLong(Folder.File::size).sum();
        long sent = 0;
        long batched = 0;
        List<Folder.File> batch = new ArrayList<>();
        progress.start();
        for (Folder.File file : wanted.values()) {
            if (file.size() >= BIG) {
                sendOne(folder, file);
                sent += file.size();
            } else {
                batch.add(file);
                batched += file.size();
                if (batched >= BATCH || batch.size() >= 1000) {
                    sendBatch(folder, batch);
                    sent += batched;
                    batch.clear();
                    batched = 0;
                }
            }
            progress.showRate("sending", sent, total);
        }
        if (!batch.isEmpty()) {
            sendBatch(folder, batch);
        }
        return total;
    }

    private void sendOne(Folder folder, Folder.File file) {
        client.send("PUT", "/api/v1/workspaces/" + workspace + "/blobs/" + file.hash(), new Client.Body() {
            @Override
            public long length() {
                return file.size();
            }

            @Override
            public String contentType() {
                return "application/octet-stream";
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                copyExactly(folder, file, out);
            }
        });
    }

    private void sendBatch(Folder folder, List<Folder.File> batch) {
        List<Folder.File> files = List.copyOf(batch);
        client.send("POST", "/api/v1/workspaces/" + workspace + "/blobs", new Client.Body() {
            @Override
            public long length() {
                return 2 * BLOCK
                        + files.stream()
                                .mapToLong(file -> BLOCK + roundedUp(file.size()))
                                .sum();
            }

            @Override
            public String contentType() {
                return "application/x-tar";
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                for (Folder.File file : files) {
                    out.write(tarHeader(file.hash(), file.size()));
                    copyExactly(folder, file, out);
                    out.write(new byte[(int) (roundedUp(file.size()) - file.size())]);
                }
                out.write(new byte[2 * BLOCK]);
            }
        });
    }

    private static void copyExactly(Folder folder, Folder.File file, OutputStream out) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = file.size();
        try (InputStream in = folder.open(file)) {
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw Failure.user(folder.pathOf(file) + " became shorter while it was sent. Try again.");
                }
                out.write(buffer, 0, read);
                left -= read;
            }
        }
    }

    private static long roundedUp(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    /// A POSIX `ustar` header of a plain file.
    static byte[] tarHeader(String name, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", size));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o", sum));
        header[154] = 0;
        return header;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
