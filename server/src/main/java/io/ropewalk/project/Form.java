package io.ropewalk.project;

import java.util.List;

/// What may stand behind a key.
sealed interface Form {
    Form TEXT = new Text("");
    Form FLAG = new Flag();
    Form ANYTHING = new Anything();
    Form CPU = new Amount("'500m' or '2'");
    Form MEMORY = new Amount("'512Mi' or '2Gi'");
    Form TIME = new Time();

    /// @param pattern a regular expression; empty for any text
    record Text(String pattern) implements Form {}

    record Flag() implements Form {}

    record Whole(int least, int most) implements Form {}

    /// @param example for people
    record Amount(String example) implements Form {}

    record Time() implements Form {}

    record OneOf(List<String> words) implements Form {
        public OneOf {
            words = List.copyOf(words);
        }
    }

    record ListOf(Form item) implements Form {}

    record MapOf(Form value) implements Form {}

    record Structure(Shape shape) implements Form {}

    record Either(List<Form> forms) implements Form {
        public Either {
            forms = List.copyOf(forms);
        }
    }

    record Anything() implements Form {}
}
