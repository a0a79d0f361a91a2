package io.ropewalk.project;

import io.ropewalk.support.yaml.Place;
import io.ropewalk.support.yaml.Yaml;
import io.ropewalk.support.yaml.YamlNode;
import io.ropewalk.support.yaml.YamlReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Finds what is secret in the text of a document, and hides it where it stands.
///
/// In the settings of a source everything is secret that is not known to be harmless: a key with a slip of the pen
/// still holds a password.
final class SecretsOfText {
    /// Instead of a text in which the secrets cannot be told from the rest.
    static final String WITHHELD = "# Only those who may change the project can see this text.\n";

    private static final String QUOTED_MASK = "\"" + SourceSettings.MASK + "\"";

    private final SourceSettings settings;

    SecretsOfText(SourceSettings settings) {
        this.settings = settings;
    }

    private record Found(List<YamlNode.Scalar> secrets, List<YamlNode.Scalar> addresses) {
        static Found nothing() {
            return new Found(new ArrayList<>(), new ArrayList<>());
        }

        boolean masked() {
            return addresses.isEmpty()
                    && secrets.stream()
                            .map(YamlNode.Scalar::text)
                            .allMatch(text -> text.isEmpty() || text.equals(SourceSettings.MASK));
        }

        static List<Place> places(List<YamlNode.Scalar> scalars) {
            return scalars.stream().map(YamlNode.Scalar::place).toList();
        }
    }

    String masked(String text) {
        Optional<Found> found = find(text);
        if (found.isEmpty()) {
            return WITHHELD;
        }
        String withoutSecrets = Yaml.replaced(text, Found.places(found.get().secrets()), _ -> QUOTED_MASK);
        Optional<Found> rest = find(withoutSecrets);
        if (rest.isEmpty()) {
            return WITHHELD;
        }
        String masked =
                Yaml.replaced(withoutSecrets, Found.places(rest.get().addresses()), SecretsOfText::withoutPassword);
        return find(masked).filter(Found::masked).isPresent() ? masked : WITHHELD;
    }

    private static String withoutPassword(String written) {
        String without = SourceSettings.withoutPassword(written);
        return without.equals(written) ? QUOTED_MASK : without;
    }

    private Optional<Found> find(String text) {
        YamlReading yaml = Yaml.read(text);
        if (!yaml.problems().isEmpty()
                || yaml.root().isEmpty()
                || !(yaml.root().get() instanceof YamlNode.Mapping root)) {
            return Optional.empty();
        }
        Found found = Found.nothing();
        for (YamlNode.Entry entry : root.entries()) {
            switch (plain(entry.key())) {
                case "sources" -> sources(entry.value(), found);
                case "spec" -> {
                    if (entry.value() instanceof YamlNode.Mapping spec) {
                        spec.entries().stream()
                                .filter(volumes -> plain(volumes.key()).equals("volumes"))
                                .forEach(volumes -> sources(volumes.value(), found));
                    }
                }
                default -> {}
            }
        }
        return Optional.of(found);
    }

    private void sources(YamlNode list, Found found) {
        if (list instanceof YamlNode.Sequence sources) {
            for (YamlNode item : sources.items()) {
                if (item instanceof YamlNode.Mapping source) {
                    source.entries().forEach(entry -> kind(entry, found));
                }
            }
        }
    }

    private void kind(YamlNode.Entry entry, Found found) {
        if (!(entry.value() instanceof YamlNode.Mapping given)) {
            return;
        }
        String kind = settings.kinds().contains(entry.key())
                ? entry.key()
                : MlappTranslation.KINDS.getOrDefault(plain(entry.key()), entry.key());
        for (YamlNode.Entry setting : given.entries()) {
            boolean secret = MlappTranslation.component(settings, kind, setting.key())
                    .map(name -> settings.isSecret(kind, name))
                    .orElse(true);
            collect(setting.value(), secret, found);
        }
    }

    private static void collect(YamlNode node, boolean secret, Found found) {
        switch (node) {
            case YamlNode.Scalar scalar -> {
                if (secret) {
                    found.secrets().add(scalar);
                } else if (!SourceSettings.withoutPassword(scalar.text()).equals(scalar.text())) {
                    found.addresses().add(scalar);
                }
            }
            case YamlNode.Sequence sequence -> sequence.items().forEach(item -> collect(item, secret, found));
            case YamlNode.Mapping mapping -> mapping.entries().forEach(entry -> collect(entry.value(), secret, found));
        }
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }
}
