package io.ropewalk.access;

import io.ropewalk.spi.RunId;
import io.ropewalk.support.failpoint.Failpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The secrets that prove who calls. The owner's token stands in a file that only its owner can read; a run's token
/// follows from the run's id and this server's key, so that none is stored and a run can be started again with the
/// same.
public final class Tokens {
    private static final String OWNER_PREFIX = "rw_";
    private static final String RUN_PREFIX = "rwr_";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String owner;
    private final byte[] key;

    /// Reads the secrets of a data directory, making them at the first start.
    public Tokens(Path dataDirectory) {
        owner = readOrMake(dataDirectory.resolve("owner-token"), OWNER_PREFIX);
        key = readOrMake(dataDirectory.resolve("secret-key"), "").getBytes(StandardCharsets.US_ASCII);
    }

    public String owner() {
        return owner;
    }

    public boolean isOwner(String token) {
        return equal(token, owner);
    }

    public String ofRun(RunId run) {
        return RUN_PREFIX + run + "." + signature("run:" + run);
    }

    /// A secret for one purpose, which follows from the purpose and this server's key, so that it is stored nowhere.
    public byte[] derived(String purpose) {
        return hmac("derived:" + purpose);
    }

    /// The run that a token was made for, whether or not it still runs.
    public Optional<RunId> run(String token) {
        int dot = token.lastIndexOf('.');
        if (!token.startsWith(RUN_PREFIX) || dot < RUN_PREFIX.length()) {
            return Optional.empty();
        }
        String id = token.substring(RUN_PREFIX.length(), dot);
        return equal(token.substring(dot + 1), signature("run:" + id)) ? Optional.of(new RunId(id)) : Optional.empty();
    }

    static String random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private String signature(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hmac(text));
    }

    private byte[] hmac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static String readOrMake(Path file, String prefix) {
        try {
            if (!Files.exists(file)) {
                // Under another name first: a server that dies here must not leave half a secret.
                Path draft = file.resolveSibling(file.getFileName() + ".new");
                Files.deleteIfExists(draft);
                try (var channel = Files.newByteChannel(
                        draft,
                        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SYNC),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                    channel.write(StandardCharsets.US_ASCII.encode(prefix + random() + "\n"));
                }
                Failpoints.TOKEN_WRITTEN.reached();
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the secret '" + file + "'", e);
        }
    }
}
