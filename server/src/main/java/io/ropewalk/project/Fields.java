package io.ropewalk.project;

import io.ropewalk.support.yaml.Place;
import io.ropewalk.support.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The keys of one mapping, asked for by name. [#finish] reports keys that the shape does not have, and
/// makes sure that
/// the reader has asked for every key that it does have.
final class Fields {
    private final YamlNode.Mapping mapping;
    private final Shape shape;
    private final Problems problems;
    private final Set<String> asked = new HashSet<>();

    private Fields(YamlNode.Mapping mapping, Shape shape, Problems problems) {
        this.mapping = mapping;
        this.shape = shape;
        this.problems = problems;
    }

    /// Empty, with a problem, when the node is not a mapping.
    static Optional<Fields> of(YamlNode node, Shape shape, Problems problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            return Optional.of(new Fields(mapping, shape, problems));
        }
        problems.error(
                node.place(),
                "%s must be a mapping, but is %s.".formatted(capitalised(shape.noun()), node.noun()),
                "It may have: %s.".formatted(String.join(", ", shape.names())));
        return Optional.empty();
    }

    Place place() {
        return mapping.place();
    }

    List<YamlNode.Entry> entries() {
        return mapping.entries();
    }

    /// What stands behind a key; empty when it is absent or says nothing.
    Optional<YamlNode> node(String key) {
        return entry(key).map(YamlNode.Entry::value);
    }

    Optional<YamlNode.Entry> entry(String key) {
        if (shape.key(key).isEmpty()) {
            throw new IllegalStateException("'%s' is not among the keys of %s".formatted(key, shape.noun()));
        }
        asked.add(key);
        return mapping.entry(key)
                .filter(entry -> !(entry.value() instanceof YamlNode.Scalar scalar && scalar.absent()));
    }

    /// The place of a key, or of the mapping where it is absent.
    Place placeOf(String key) {
        return mapping.entry(key).map(YamlNode.Entry::place).orElse(mapping.place());
    }

    /// The place of a key's value, or of the mapping where it is absent.
    Place valueOf(String key) {
        return mapping.entry(key).map(entry -> entry.value().place()).orElse(mapping.place());
    }

    Optional<String> text(String key) {
        return node(key).flatMap(node -> text(key, node));
    }

    /// Text that must be there.
    Optional<String> name(String key) {
        Optional<String> text = text(key).filter(name -> !name.isEmpty());
        if (text.isEmpty() && (node(key).isEmpty() || node(key).get() instanceof YamlNode.Scalar)) {
            problems.error(
                    mapping.place(),
                    "%s has no '%s'.".formatted(capitalised(shape.noun()), key),
                    "Add '%s: …'.".formatted(key));
        }
        return text;
    }

    private Optional<String> text(String key, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar) {
            return Optional.of(scalar.text());
        }
        mismatch(key, node, "text", "Put it on one line, or use '|' for several lines.");
        return Optional.empty();
    }

    boolean flag(String key, boolean fallback) {
        return flag(key).orElse(fallback);
    }

    Optional<Boolean> flag(String key) {
        Optional<YamlNode> node = node(key);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        if (node.get().value() instanceof Boolean flag) {
            return Optional.of(flag);
        }
        mismatch(key, node.get(), "true or false", "");
        return Optional.empty();
    }

    OptionalInt whole(String key) {
        Optional<YamlNode> node = node(key);
        if (node.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!(shape.key(key).orElseThrow().form() instanceof Form.Whole(int least, int most))) {
            throw new IllegalStateException("'%s' is not a whole number".formatted(key));
        }
        boolean written =
                node.get() instanceof YamlNode.Scalar scalar && scalar.text().matches("-?[0-9]{1,9}");
        if (written) {
            int number = Integer.parseInt(((YamlNode.Scalar) node.get()).text());
            if (number >= least && number <= most) {
                return OptionalInt.of(number);
            }
        }
        mismatch(key, node.get(), "a whole number from %d to %d".formatted(least, most), "");
        return OptionalInt.empty();
    }

    OptionalLong amount(String key, Function<String, OptionalLong> parse) {
        Optional<YamlNode> node = node(key);
        if (node.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong amount =
                node.get() instanceof YamlNode.Scalar scalar ? parse.apply(scalar.text()) : OptionalLong.empty();
        if (amount.isEmpty() && shape.key(key).orElseThrow().form() instanceof Form.Amount(String example)) {
            mismatch(key, node.get(), "an amount", "Write it as %s.".formatted(example));
        }
        return amount;
    }

    @Nullable
    Long seconds(String key) {
        Optional<YamlNode> node = node(key);
        if (node.isEmpty()) {
            return null;
        }
        OptionalLong seconds =
                node.get() instanceof YamlNode.Scalar scalar ? Durations.seconds(scalar.text()) : OptionalLong.empty();
        if (seconds.isPresent() && seconds.getAsLong() > 0) {
            return seconds.getAsLong();
        }
        mismatch(key, node.get(), "a length of time", "Write it as '90s', '5m' or '2h', or as a number of seconds.");
        return null;
    }

    /// One of the words of the key's form.
    Optional<String> word(String key) {
        Optional<String> word = text(key).filter(text -> !text.isEmpty());
        if (word.isEmpty() || !(shape.key(key).orElseThrow().form() instanceof Form.OneOf(List<String> words))) {
            return word;
        }
        if (words.contains(word.get())) {
            return word;
        }
        unknownWord("'%s'".formatted(key), word.get(), words, valueOf(key));
        return Optional.empty();
    }

    /// A list of some of these words.
    List<String> words(String key, List<String> words) {
        List<String> found = new ArrayList<>();
        for (YamlNode item : items(key)) {
            text("an item of '%s'".formatted(key), item).ifPresent(word -> {
                if (words.contains(word)) {
                    found.add(word);
                } else {
                    unknownWord("An item of '%s'".formatted(key), word, words, item.place());
                }
            });
        }
        return found;
    }

    private void unknownWord(String what, String word, List<String> words, Place place) {
        problems.error(
                place,
                "%s must be %s, but is '%s'.".formatted(what, listed(words), shortened(word)),
                Suggestion.nearest(word, words)
                        .map("Did you mean '%s'?"::formatted)
                        .orElse(""));
    }

    /// The items of a list; none, with a problem, when it is not one.
    List<YamlNode> items(String key) {
        Optional<YamlNode> node = node(key);
        if (node.isEmpty()) {
            return List.of();
        }
        if (node.get() instanceof YamlNode.Sequence sequence) {
            return sequence.items();
        }
        mismatch(key, node.get(), "a list", "Start every item with '- '.");
        return List.of();
    }

    /// A list of text.
    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (YamlNode item : items(key)) {
            text("an item of '%s'".formatted(key), item).ifPresent(texts::add);
        }
        return texts;
    }

    /// The entries of a mapping; none, with a problem, when it is not one.
    List<YamlNode.Entry> entries(String key) {
        Optional<YamlNode> node = node(key);
        if (node.isEmpty()) {
            return List.of();
        }
        if (node.get() instanceof YamlNode.Mapping inner) {
            return inner.entries();
        }
        mismatch(key, node.get(), "a mapping", "");
        return List.of();
    }

    /// A mapping to text.
    Map<String, String> textMap(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        for (YamlNode.Entry entry : entries(key)) {
            if (entry.value() instanceof YamlNode.Scalar scalar) {
                map.put(entry.key(), scalar.absent() ? "" : scalar.text());
            } else {
                mismatch(entry.key(), entry.value(), "text", "");
            }
        }
        return map;
    }

    Optional<Fields> structure(String key, Shape inner) {
        return node(key).flatMap(node -> {
            if (node instanceof YamlNode.Mapping) {
                return of(node, inner, problems);
            }
            mismatch(key, node, "a mapping", "It may have: %s.".formatted(String.join(", ", inner.names())));
            return Optional.empty();
        });
    }

    void mismatch(String key, YamlNode node, String expected, String remedy) {
        // As it was written, which is not the key asked for when the document was translated.
        String step = node.place().step();
        String written = step.startsWith(".") ? step.substring(1) : key;
        String what = key.startsWith("an item") ? capitalised(key) : "'%s'".formatted(shortened(written));
        problems.error(node.place(), "%s must be %s, but is %s.".formatted(what, expected, node.noun()), remedy);
    }

    void finish() {
        finish(Set.of());
    }

    /// @param more keys that this mapping may have beside its shape's
    void finish(Set<String> more) {
        for (Shape.Key key : shape.keys()) {
            if (!asked.contains(key.name())) {
                throw new IllegalStateException("'%s' of %s is never read".formatted(key.name(), shape.noun()));
            }
        }
        for (YamlNode.Entry entry : mapping.entries()) {
            if (shape.key(entry.key()).isEmpty() && !more.contains(entry.key())) {
                problems.error(
                        entry.place(),
                        "Unknown key '%s' in %s.".formatted(shortened(entry.key()), shape.noun()),
                        meant(entry.key(), more));
            }
        }
    }

    private String meant(String wrong, Set<String> more) {
        return shape.meant(wrong)
                .or(() -> Suggestion.nearest(wrong, more))
                .map("Did you mean '%s'?"::formatted)
                .orElse("%s may have: %s.".formatted(capitalised(shape.noun()), String.join(", ", shape.names())));
    }

    static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    static String listed(List<String> words) {
        List<String> quoted = words.stream().map("'%s'"::formatted).toList();
        if (quoted.size() < 2) {
            return String.join("", quoted);
        }
        return String.join(", ", quoted.subList(0, quoted.size() - 1)) + " or " + quoted.getLast();
    }

    static String capitalised(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
