package io.ropewalk.cli;

import io.ropewalk.support.yaml.Yaml;
import io.ropewalk.support.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that every verb has, and what follows from them.
final class Session {
    private static final List<String> DOCUMENT_NAMES = List.of("ropewalk.yaml", "ropewalk.yml");

    private Terminal terminal;
    private Optional<Client> client = Optional.empty();

    @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
    boolean json;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data directory of the server to talk to (default: ~/.ropewalk).")
    String data = "";

    @Option(
            names = {"-w", "--workspace"},
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The workspace (default: ${DEFAULT-VALUE}).")
    String workspace = "default";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    Session(Terminal terminal) {
        this.terminal = terminal;
    }

    Terminal terminal() {
        return json ? terminal.withoutColour() : terminal;
    }

    Client client() {
        if (client.isEmpty()) {
            client = Optional.of(new Client(ServerAddress.find(terminal, namedData())));
        }
        return client.get();
    }

    Optional<String> namedData() {
        return Optional.of(data).filter(text -> !text.isEmpty());
    }

    Path dataDirectory() {
        return ServerAddress.dataDirectory(terminal, namedData());
    }

    String workspacePath() {
        return "/api/v1/workspaces/" + Client.encode(workspace);
    }

    String projectPath(String project) {
        return workspacePath() + "/projects/" + Client.encode(project);
    }

    /// The project that this folder is about: the one its document names, else the folder's own name.
    String folderProject() {
        return folderDocument()
                .flatMap(Session::documentName)
                .orElseGet(() -> projectNameOf(terminal.folder().getFileName()));
    }

    /// The project document of this folder or of the nearest one above that has one.
    Optional<Path> folderDocument() {
        for (Path folder = terminal.folder(); folder != null; folder = folder.getParent()) {
            Optional<Path> document = documentIn(folder);
            if (document.isPresent()) {
                return document;
            }
        }
        return Optional.empty();
    }

    static Optional<Path> documentIn(Path folder) {
        return DOCUMENT_NAMES.stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .filter(file -> documentName(file).isPresent())
                .findFirst();
    }

    /// The project's name in a document of either form; what has none is no project document.
    static Optional<String> documentName(Path document) {
        try {
            Tree root = new Tree(Yaml.read(Files.readString(document))
                    .root()
                    .map(YamlNode::value)
                    .orElse(null));
            return root.at("name")
                    .optional()
                    .or(() -> root.at("metadata", "name").optional());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The nearest text that may name a project.
    static String projectNameOf(Path folder) {
        String name = folder == null ? "" : folder.toString().toLowerCase(Locale.ROOT);
        name = name.replaceAll("[^-a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        if (name.length() > 63) {
            name = name.substring(0, 63).replaceAll("-+$", "");
        }
        return name.isEmpty() ? "project" : name;
    }

    Optional<Tree> findRun(String text) {
        Optional<RunReference> reference = RunReference.parse(text, folderProject());
        try {
            return switch (reference.orElse(null)) {
                case null -> Optional.empty();
                case RunReference.ById byId -> Optional.of(client().get("/api/v1/runs/" + Client.encode(byId.id())));
                case RunReference.ByNumber byNumber -> {
                    Tree run = client().get(projectPath(byNumber.project()) + "/runs/" + byNumber.number());
                    boolean same =
                            byNumber.task().isEmpty() || run.at("task").text().equals(byNumber.task());
                    yield same ? Optional.of(run) : Optional.empty();
                }
            };
        } catch (Client.Refusal e) {
            if (e.status() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    Tree run(String text) {
        return findRun(text)
                .orElseThrow(() -> Failure.user("There is no run `" + text + "`"
                        + (text.contains("/") ? "" : " in project " + folderProject())
                        + ". Name it as PROJECT/NUMBER, such as digits/7; `ropewalk ls runs` lists them."));
    }

    static Map<String, Object> parameters(List<String> sets) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (String set : sets) {
            int sign = set.indexOf('=');
            if (sign < 1) {
                throw new Failure(Failure.USAGE, "`--set " + set + "` must be NAME=VALUE, such as --set lr=0.1");
            }
            parameters.put(set.substring(0, sign), set.substring(sign + 1));
        }
        return parameters;
    }

    /// Prints the tree itself when JSON is wanted.
    boolean printedAsJson(Tree tree) {
        if (json) {
            terminal.say(tree.pretty());
        }
        return json;
    }

    /// The address of a run's page.
    String page(Tree run) {
        return projectPage(run.at("project").text()) + "/runs/"
                + run.at("number").text();
    }

    String projectPage(String project) {
        return client().server().url() + "/w/" + workspace + "/projects/" + project;
    }
}
