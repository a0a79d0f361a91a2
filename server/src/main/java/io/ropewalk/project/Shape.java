package io.ropewalk.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The keys of one kind of mapping in a document.
///
/// @param noun as in "a role"
record Shape(String noun, String description, List<Key> keys) {
    Shape {
        keys = List.copyOf(keys);
    }

    /// @param alsoCalled words for the same thing elsewhere; not accepted, but recognised in a mistake
    record Key(String name, boolean required, Form form, String description, List<String> alsoCalled) {
        Key {
            alsoCalled = List.copyOf(alsoCalled);
        }

        Key mandatory() {
            return new Key(name, true, form, description, alsoCalled);
        }

        Key alsoCalled(String... words) {
            return new Key(name, required, form, description, List.of(words));
        }
    }

    static Key key(String name, Form form, String description) {
        return new Key(name, false, form, description, List.of());
    }

    Optional<Key> key(String name) {
        return keys.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    List<String> names() {
        return keys.stream().map(Key::name).toList();
    }

    Shape and(String newNoun, String newDescription, List<Key> more) {
        List<Key> all = new ArrayList<>(keys);
        more.stream().filter(key -> key(key.name()).isEmpty()).forEach(all::add);
        return new Shape(newNoun, newDescription, all);
    }

    /// The key that a wrong one was probably meant to be.
    Optional<String> meant(String wrong) {
        for (Key key : keys) {
            if (key.alsoCalled().contains(wrong)) {
                return Optional.of(key.name());
            }
        }
        return Suggestion.nearest(wrong, names());
    }
}
