package io.ropewalk.support.yaml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads and writes YAML 1.2, and `<<` merge keys.
public final class Yaml {
    /// The longest text that is read, in characters.
    public static final int LONGEST = 1 << 20;

    private static final int DEEPEST = 64;
    private static final int MOST_NODES = 100_000;
    private static final int MOST_CHARACTERS = 2 * LONGEST;
    private static final int LONGEST_MESSAGE = 300;
    private static final Pattern SCALAR =
            Pattern.compile("(?<properties>([&!]\\S*\\s+)*)(?<written>.*?)(?<end>(\\R\\s*)?)", Pattern.DOTALL);
    private static final String TAG_PREFIX = "tag:yaml.org,2002:";

    private final List<YamlProblem> problems = new ArrayList<>();
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private final Iterator<Event> events;
    private int nodes;
    private int characters;
    private int deepest;

    private Yaml(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /// An anchored node and how much it stands for, so that copies are counted without making them.
    private record Anchored(YamlNode node, int nodes, int characters, int height) {}

    /// Ends the reading: nothing after this place can be trusted.
    private static final class Unreadable extends RuntimeException {
        private final transient YamlProblem problem;

        Unreadable(Place place, String message, String remedy) {
            super(message, null, false, false);
            this.problem = new YamlProblem(place, message, remedy);
        }
    }

    /// Reads one document.
    public static YamlReading read(String text) {
        if (text.length() > LONGEST) {
            return new YamlReading(
                    Optional.empty(),
                    List.of(new YamlProblem(
                            Place.root(1, 1),
                            "The text is longer than %d characters.".formatted(LONGEST),
                            "Keep data in files and sources; a document only names them.")));
        }
        Yaml yaml = new Yaml(text);
        YamlNode root = null;
        try {
            root = yaml.document();
        } catch (Unreadable e) {
            yaml.problems.add(e.problem);
        } catch (MarkedYamlEngineException e) {
            yaml.problems.add(syntaxError(e));
        } catch (ReaderException e) {
            yaml.problems.add(strangeCharacter(e, text));
        } catch (YamlEngineException e) {
            yaml.problems.add(new YamlProblem(
                    Place.root(1, 1), "This is not YAML: " + shortened(String.valueOf(e.getMessage())) + ".", ""));
        }
        return new YamlReading(Optional.ofNullable(root), yaml.problems);
    }

    /// Writes plain Java values (maps, lists, text, numbers, truth values, `null`) in block style, with a
    /// newline at
    /// the end.
    public static String write(@Nullable Object value) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setSchema(new CoreSchema())
                .setDereferenceAliases(true)
                .setSplitLines(false)
                .setMaxSimpleKeyLength(1024)
                .build();
        return new Dump(settings).dumpToString(value);
    }

    /// The text of one readable document with something else where some of its scalars stand.
    ///
    /// @param scalars their places, as [#read] gave them
    /// @param written gives what to write from what is written now, quotes included, anchor and tag left out
    public static String replaced(String text, Collection<Place> scalars, UnaryOperator<String> written) {
        Set<List<Integer>> spots = new HashSet<>();
        scalars.forEach(place -> spots.add(List.of(place.line(), place.column())));
        StringBuilder replaced = new StringBuilder();
        int copied = 0;
        int at = 0;
        int index = 0;
        for (Iterator<Event> events = new Yaml(text).events; events.hasNext(); ) {
            Event event = events.next();
            if (!(event instanceof ScalarEvent) || !spots.contains(List.of(line(event), column(event)))) {
                continue;
            }
            int start = event.getStartMark().orElseThrow().getIndex();
            int end = event.getEndMark().orElseThrow().getIndex();
            int from = text.offsetByCodePoints(at, start - index);
            at = text.offsetByCodePoints(from, end - start);
            index = end;
            Matcher parts = SCALAR.matcher(text.substring(from, at));
            if (parts.matches() && !parts.group("written").isEmpty()) {
                replaced.append(text, copied, from).append(parts.group("properties"));
                replaced.append(written.apply(parts.group("written"))).append(parts.group("end"));
                copied = at;
            }
        }
        return replaced.append(text, copied, text.length()).toString();
    }

    private @Nullable YamlNode document() {
        events.next(); // the start of the stream
        Event event = events.next();
        if (event.getEventId() == Event.ID.StreamEnd) {
            return null;
        }
        Event first = events.next();
        YamlNode root = node(first, Place.root(line(first), column(first)), 0);
        events.next(); // the end of the document
        Event next = events.next();
        if (next.getEventId() == Event.ID.DocumentStart) {
            problems.add(new YamlProblem(
                    Place.root(line(next), column(next)),
                    "A second document starts here.",
                    "Write one document per file, without '---' between parts."));
        }
        return root;
    }

    private YamlNode node(Event event, Place place, int depth) {
        descend(depth, place);
        count(1, 0, place);
        if (event instanceof AliasEvent alias) {
            return aliased(alias, place, depth);
        }
        int nodesBefore = nodes;
        int charactersBefore = characters;
        int deepestBefore = deepest;
        deepest = depth;
        Optional<Anchor> anchor = event instanceof NodeEvent named ? named.getAnchor() : Optional.empty();
        anchor.ifPresent(anchors::remove); // inside itself it does not exist yet
        YamlNode node = switch (event) {
            case ScalarEvent scalar -> scalar(scalar, place);
            case SequenceStartEvent start -> sequence(start, place, depth);
            case MappingStartEvent start -> mapping(start, place, depth);
            default -> throw new IllegalStateException("a node cannot start with " + event);
        };
        anchor.ifPresent(name -> anchors.put(
                name, new Anchored(node, nodes - nodesBefore + 1, characters - charactersBefore, deepest - depth)));
        deepest = Math.max(deepest, deepestBefore);
        return node;
    }

    private void descend(int depth, Place place) {
        if (depth > DEEPEST) {
            throw new Unreadable(
                    place, "Nested deeper than %d levels.".formatted(DEEPEST), "Put less inside each other.");
        }
        deepest = Math.max(deepest, depth);
    }

    private void count(int moreNodes, int moreCharacters, Place place) {
        nodes += moreNodes;
        characters += moreCharacters;
        if (nodes > MOST_NODES || characters > MOST_CHARACTERS) {
            throw new Unreadable(
                    place,
                    "More than %d values or %d characters, counting aliases as often as they are used."
                            .formatted(MOST_NODES, MOST_CHARACTERS),
                    "Use fewer aliases.");
        }
    }

    private YamlNode aliased(AliasEvent alias, Place place, int depth) {
        Anchored anchored = anchors.get(alias.getAlias());
        if (anchored == null) {
            throw new Unreadable(
                    place,
                    "The alias '*%s' has no anchor before it."
                            .formatted(shortened(alias.getAlias().getValue())),
                    "Mark the value with '&%s', or put the text in quotes."
                            .formatted(shortened(alias.getAlias().getValue())));
        }
        descend(depth + anchored.height(), place);
        count(anchored.nodes(), anchored.characters(), place);
        return anchored.node();
    }

    private YamlNode scalar(ScalarEvent event, Place place) {
        String tag = event.getTag().orElse("");
        switch (tag) {
            case "", "!", TAG_PREFIX + "str", TAG_PREFIX + "int", TAG_PREFIX + "float", TAG_PREFIX + "bool" -> {}
            case TAG_PREFIX + "null" -> {
                return new YamlNode.Scalar("", true, place);
            }
            default -> refuseTag(tag, place);
        }
        count(0, event.getValue().length(), place);
        boolean text = tag.equals("!") || tag.endsWith(":str");
        return new YamlNode.Scalar(event.getValue(), event.isPlain() && !text, place);
    }

    private YamlNode sequence(SequenceStartEvent start, Place place, int depth) {
        start.getTag().filter(tag -> !tag.equals(TAG_PREFIX + "seq")).ifPresent(tag -> refuseTag(tag, place));
        List<YamlNode> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event, place.index(items.size(), line(event), column(event)), depth + 1));
        }
        return new YamlNode.Sequence(items, place);
    }

    private YamlNode mapping(MappingStartEvent start, Place place, int depth) {
        start.getTag().filter(tag -> !tag.equals(TAG_PREFIX + "map")).ifPresent(tag -> refuseTag(tag, place));
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        List<YamlNode> merged = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            String key = key(event, place);
            Place at = place.key(key, line(event), column(event));
            Event valueStart = events.next();
            Place valuePlace = place.key(key, line(valueStart), column(valueStart));
            YamlNode value = node(valueStart, valuePlace, depth + 1);
            if (key.equals("<<") && ((ScalarEvent) event).isPlain()) {
                merged.add(value);
                continue;
            }
            YamlNode.@Nullable Entry first = entries.putIfAbsent(key, new YamlNode.Entry(key, at, value));
            if (first != null) {
                problems.add(new YamlProblem(
                        at,
                        "The key '%s' is given twice; the first is on line %d."
                                .formatted(shortened(key), first.place().line()),
                        "Remove one of them."));
            }
        }
        merged.forEach(value -> merge(value, entries));
        return new YamlNode.Mapping(List.copyOf(entries.values()), place);
    }

    private String key(Event event, Place place) {
        if (event instanceof ScalarEvent scalar) {
            count(1, scalar.getValue().length(), place);
            return scalar.getValue();
        }
        boolean alias = event instanceof AliasEvent;
        throw new Unreadable(
                new Place(line(event), column(event), place.parent(), place.step()),
                alias ? "An alias stands where a key should be." : "A list or mapping stands where a key should be.",
                alias ? "Write the key out." : "Put quotes around text that starts with '{' or '['.");
    }

    private void merge(YamlNode value, Map<String, YamlNode.Entry> entries) {
        switch (value) {
            case YamlNode.Mapping mapping -> {
                count(mapping.entries().size(), 0, mapping.place());
                mapping.entries().forEach(entry -> entries.putIfAbsent(entry.key(), entry));
            }
            case YamlNode.Sequence sequence -> {
                for (YamlNode item : sequence.items()) {
                    if (item instanceof YamlNode.Mapping) {
                        merge(item, entries);
                    } else {
                        refuseMerge(item);
                    }
                }
            }
            case YamlNode.Scalar scalar -> refuseMerge(scalar);
        }
    }

    private void refuseMerge(YamlNode node) {
        problems.add(new YamlProblem(
                node.place(), "'<<' merges mappings, but this is %s.".formatted(node.noun()), "Give it an alias."));
    }

    private void refuseTag(String tag, Place place) {
        problems.add(new YamlProblem(
                place,
                "The tag '%s' means nothing here.".formatted(shortened(tag.replace(TAG_PREFIX, "!!"))),
                "Remove the tag; put the value in quotes if it is text that starts with '!'."));
    }

    private static YamlProblem syntaxError(MarkedYamlEngineException e) {
        Place place = e.getProblemMark().or(e::getContextMark).map(Yaml::at).orElse(Place.root(1, 1));
        String problem = shortened(e.getProblem() == null ? String.valueOf(e.getMessage()) : e.getProblem());
        String remedy = "";
        if (problem.contains("TAB")) {
            remedy = "Indent with spaces.";
        } else if (problem.contains("mapping values are not allowed")) {
            remedy = "Put quotes around text that contains ': ', and check the indentation.";
        } else if (problem.contains("could not find expected ':'")) {
            remedy = "Every line of a mapping is 'key: value'; check the line above too.";
        } else if (problem.contains("expected <block end>")) {
            remedy = "Check the indentation: keys of one mapping start in the same column.";
        }
        return new YamlProblem(place, "This is not YAML: " + problem + ".", remedy);
    }

    private static YamlProblem strangeCharacter(ReaderException e, String text) {
        int line = 1;
        int column = 1;
        int end = text.offsetByCodePoints(0, Math.min(e.getPosition(), text.codePointCount(0, text.length())));
        for (int i = 0; i < end; i++) {
            boolean newline = text.charAt(i) == '\n';
            line += newline ? 1 : 0;
            column = newline ? 1 : column + 1;
        }
        return new YamlProblem(
                Place.root(line, column),
                "The character U+%04X may not stand in YAML.".formatted(e.getCodePoint()),
                "Remove it, or write it as an escape in double quotes.");
    }

    private static Place at(Mark mark) {
        return Place.root(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static int line(Event event) {
        return event.getStartMark().orElseThrow().getLine() + 1;
    }

    private static int column(Event event) {
        return event.getStartMark().orElseThrow().getColumn() + 1;
    }

    private static String shortened(String text) {
        String line = text.strip().replace('\n', ' ');
        return line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "…" : line;
    }
}
