package io.ropewalk.extensions.source.git;

import io.ropewalk.extensions.source.SettingRules;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a repository's address says: where to fetch, and maybe a revision and a folder in it, as the address bars of
/// code hosts show them.
///
/// @param url for git, without credentials
/// @param host with its port, as git names it; empty for a local one
/// @param userName as it stood in the address, else empty
/// @param name of the repository, and of the folder that its clone appears as
/// @param revision empty when the address names none
/// @param subPath folders below the repository's root, separated by `/`; empty for all of it
record GitAddress(
        Transport transport, String url, String host, String userName, String name, String revision, String subPath) {

    enum Transport {
        HTTPS,
        SSH,
        LOCAL;

        /// As git's allow-list calls it.
        String protocol() {
            return this == LOCAL ? "file" : name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String HOST = "(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+])";
    private static final String USER = "(?<user>[A-Za-z0-9._][A-Za-z0-9._-]*)";
    private static final Pattern URL =
            Pattern.compile("(?<scheme>https|ssh)://(?:" + USER + "@)?" + HOST + "(?<port>:[0-9]{1,5})?/(?<path>.*)");
    private static final Pattern SECURE_COPY = Pattern.compile(USER + "@" + HOST + ":(?<path>.*)");
    private static final Pattern WITH_PASSWORD =
            Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/]*:[^/]*@.*", Pattern.DOTALL);
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._~+@=,_-]+");
    private static final Set<String> GITEA_KINDS = Set.of("branch", "tag", "commit");

    static GitAddress parse(String repository) {
        String text = SettingRules.text(repository);
        if (text.isEmpty()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "The setting 'repository' is missing. Give an address, such as 'https://github.com/org/repo'.");
        }
        if (WITH_PASSWORD.matcher(text).matches()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "The setting 'repository' holds a password. Take it out of the address: give 'userName' and 'token'.");
        }
        if (text.startsWith("file:///")) {
            return local(text, text.substring("file://".length()));
        }
        if (text.startsWith("/")) {
            return local(text, text);
        }
        Matcher url = URL.matcher(text);
        if (url.matches()) {
            return remote(text, url, url.group("scheme").equals("https") ? Transport.HTTPS : Transport.SSH);
        }
        Matcher secureCopy = SECURE_COPY.matcher(text);
        if (secureCopy.matches()) {
            return secureCopy(text, secureCopy);
        }
        throw refused(text, "is not an address that this server fetches from");
    }

    /// The folder of a clone that the address means, below the directory that the clone is made in.
    String mountedPath() {
        return subPath.isEmpty() ? name : name + "/" + subPath;
    }

    /// The same repository of this machine, by the path that it really has.
    GitAddress at(Path real) {
        return new GitAddress(transport, real.toString(), host, userName, name, revision, subPath);
    }

    private static GitAddress local(String text, String path) {
        List<String> segments = SettingRules.segments("repository", path);
        if (segments.isEmpty() || segments.getLast().startsWith("-")) {
            throw refused(text, "names no repository");
        }
        int end = endOfRepository(segments, segments.size());
        List<String> repository = segments.subList(0, end);
        return new GitAddress(
                Transport.LOCAL,
                "/" + String.join("/", repository),
                "",
                "",
                nameOf(text, repository),
                "",
                String.join("/", segments.subList(end, segments.size())));
    }

    private static GitAddress remote(String text, Matcher url, Transport transport) {
        String port = url.group("port") == null ? "" : url.group("port");
        if (!port.isEmpty() && !isPort(port.substring(1))) {
            throw refused(text, "has an impossible port");
        }
        String user = url.group("user") == null ? "" : url.group("user");
        List<String> segments = segments(text, url.group("path"));
        Split split = Split.of(url.group("host"), segments);
        if (split.end() > segments.size() || split.end() == 0) {
            throw refused(text, "names no repository");
        }
        List<String> repository = segments.subList(0, split.end());
        String host = url.group("host") + port;
        // Git's ssh takes the user from the address; its https would only ask for the password of that user.
        String at = transport == Transport.SSH && !user.isEmpty() ? user + "@" : "";
        return new GitAddress(
                transport,
                url.group("scheme") + "://" + at + host + "/" + String.join("/", repository),
                host,
                user,
                nameOf(text, repository),
                split.revision(),
                split.subPath(segments));
    }

    private static GitAddress secureCopy(String text, Matcher address) {
        boolean fromRoot = address.group("path").startsWith("/");
        List<String> segments = segments(text, address.group("path"));
        int end = endOfRepository(segments, Math.min(2, segments.size()));
        if (end == 0) {
            throw refused(text, "names no repository");
        }
        List<String> repository = segments.subList(0, end);
        return new GitAddress(
                Transport.SSH,
                address.group("user") + "@" + address.group("host") + ":" + (fromRoot ? "/" : "")
                        + String.join("/", repository),
                address.group("host"),
                address.group("user"),
                nameOf(text, repository),
                "",
                String.join("/", segments.subList(end, segments.size())));
    }

    /// Where the repository ends among the segments, and what follows it.
    private record Split(int end, String revision, int subPathFrom) {
        static Split of(String host, List<String> segments) {
            int usual = segments.contains("_git") ? segments.indexOf("_git") + 2 : 2;
            int dash = segments.indexOf("-");
            int end = endOfRepository(segments, dash >= 2 ? dash : usual);
            int at = end < segments.size() && segments.get(end).equals("-") ? end + 1 : end;
            if (segments.size() < at + 2 || !isMarker(host, segments.get(at))) {
                return new Split(end, "", at);
            }
            boolean gitea = segments.get(at).equals("src")
                    && GITEA_KINDS.contains(segments.get(at + 1))
                    && segments.size() > at + 2;
            String revision = segments.get(gitea ? at + 2 : at + 1);
            return new Split(end, revision.equals("master") ? "" : revision, gitea ? at + 3 : at + 2);
        }

        /// GitHub has no `/src/` addresses, so there it is a folder.
        private static boolean isMarker(String host, String segment) {
            return segment.equals("tree")
                    || (segment.equals("src") && !host.toLowerCase(Locale.ROOT).equals("github.com"));
        }

        String subPath(List<String> segments) {
            return String.join("/", segments.subList(Math.min(subPathFrom, segments.size()), segments.size()));
        }
    }

    /// A segment that ends in `.git` ends the repository; else it has as many segments as hosts usually give it.
    private static int endOfRepository(List<String> segments, int usual) {
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).endsWith(".git")) {
                return i + 1;
            }
        }
        return usual;
    }

    private static List<String> segments(String text, String path) {
        List<String> segments = SettingRules.segments("repository", path);
        for (String segment : segments) {
            boolean option = segment.startsWith("-") && segment.length() > 1;
            if (option || !SEGMENT.matcher(segment).matches()) {
                throw refused(text, "has the part '" + SettingRules.shown(segment) + "'");
            }
        }
        return segments;
    }

    private static String nameOf(String text, List<String> repository) {
        String last = repository.getLast();
        String name = last.endsWith(".git") ? last.substring(0, last.length() - ".git".length()) : last;
        if (name.isEmpty() || name.startsWith("-")) {
            throw refused(text, "gives the repository no name");
        }
        return name;
    }

    private static boolean isPort(String digits) {
        int port = Integer.parseInt(digits);
        return port > 0 && port < 65536;
    }

    private static RopewalkException refused(String text, String why) {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                "The setting 'repository' is '%s', which %s. Write 'https://host/org/repo', 'git@host:org/repo.git', 'ssh://host/path/repo.git' or the absolute path of a repository on the server."
                        .formatted(SettingRules.shown(text), why));
    }
}
