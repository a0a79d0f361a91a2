package io.ropewalk.extensions.source.git;

import io.ropewalk.extensions.source.SettingRules;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.Setting;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The settings of a git source; after construction, what was left out is empty text.
public record GitSettings(
        @Setting(
                value =
                        "Address of the repository, such as 'https://github.com/org/repo', with '/tree/<revision>/<folder>' where only a folder is wanted, or 'git@host:org/repo.git'.",
                required = true)
        String repository,

        @Setting("Branch, tag or commit; left out, the repository's default branch.") @Nullable
        String revision,

        @Setting(
                "Folder that the clone appears as below the mount path; '.' for the mount path itself. Left out, the repository's name.")
        @Nullable
        String directory,

        @Setting(value = "Password or access token for https.", secret = true) @Nullable
        String token,

        @Setting("User name for https; most hosts take any with a token.") @Nullable
        String userName,

        @Setting(value = "Private key for ssh, without a passphrase, as text that begins '-----BEGIN'.", secret = true)
        @Nullable
        String privateKey) {

    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+=#/-]{0,249}");

    public GitSettings {
        repository = SettingRules.text(repository);
        revision = SettingRules.text(revision);
        directory = SettingRules.text(directory);
        token = SettingRules.text(token);
        userName = SettingRules.text(userName);
        privateKey = SettingRules.text(privateKey);
        GitAddress.parse(repository);
        checkRevision(revision);
        if (!directory.equals(".")) {
            SettingRules.segments("directory", directory);
        }
        if (token.chars().anyMatch(Character::isISOControl) || userName.chars().anyMatch(Character::isISOControl)) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "The setting 'token' or 'userName' of a git source holds a line break or control character.");
        }
        if (!privateKey.isEmpty() && !privateKey.startsWith("-----BEGIN ")) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "The setting 'privateKey' of a git source is not a private key: it must begin with '-----BEGIN'.");
        }
    }

    GitAddress address() {
        return GitAddress.parse(repository);
    }

    /// What is to be fetched: the setting, else the address's word, else the default branch (empty).
    String wanted() {
        return given(revision).isEmpty() ? address().revision() : given(revision);
    }

    /// The folder that the files appear in, `.` for none. A folder of a repository appears with its content.
    String folder() {
        if (!given(directory).isEmpty()) {
            return given(directory);
        }
        GitAddress address = address();
        return address.subPath().isEmpty() ? address.name() : ".";
    }

    static String given(@Nullable String setting) {
        return setting == null ? "" : setting;
    }

    /// Without the secrets.
    @Override
    public String toString() {
        return "GitSettings[" + repository + " " + revision + "]";
    }

    private static void checkRevision(String revision) {
        boolean well = revision.isEmpty()
                || (REVISION.matcher(revision).matches()
                        && !revision.contains("..")
                        && !revision.contains("//")
                        && !revision.contains("/.")
                        && !revision.endsWith("/")
                        && !revision.endsWith(".")
                        && !revision.endsWith(".lock"));
        if (!well) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "The setting 'revision' is '%s', which cannot be the name of a branch, tag or commit."
                            .formatted(SettingRules.shown(revision)));
        }
    }
}
