package io.ropewalk.log;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.text.AnsiText;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What a line must contain to be shown. Looked for in what a person sees: colours are left out.
public sealed interface LinePattern {
    LinePattern ANY = new Any();

    boolean matches(LogLine line);

    /// A text that every matching line holds, if one is known.
    Optional<String> required();

    static LinePattern text(String text) {
        return text.isEmpty() ? ANY : new Text(text);
    }

    static LinePattern regex(String expression) {
        return new Regex(expression);
    }

    record Any() implements LinePattern {
        @Override
        public boolean matches(LogLine line) {
            return true;
        }

        @Override
        public Optional<String> required() {
            return Optional.empty();
        }
    }

    record Text(String text) implements LinePattern {
        @Override
        public boolean matches(LogLine line) {
            return AnsiText.plain(line.text()).contains(text);
        }

        @Override
        public Optional<String> required() {
            return Optional.of(text);
        }
    }

    /// A regular expression that cannot run away: repetitions are bounded by [#MOST_REPETITIONS] when it is
    /// read, steps by [#MOST_STEPS] a line when it runs.
    final class Regex implements LinePattern {
        static final int LONGEST = 1_000;
        static final long MOST_REPETITIONS = 10_000;
        static final long MOST_STEPS = 20_000_000;
        private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,18})(,(\\d{0,18}))?");

        private final String expression;
        private final Pattern pattern;

        private Regex(String expression) {
            this.expression = expression;
            if (expression.length() > LONGEST) {
                throw refused("is longer than " + LONGEST + " characters; shorten it");
            }
            if (repetitions(expression) > MOST_REPETITIONS) {
                throw refused("repeats too often; its counts, multiplied, may be " + MOST_REPETITIONS + " at most");
            }
            try {
                pattern = Pattern.compile(expression);
            } catch (PatternSyntaxException e) {
                String where = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
                throw refused("is not valid" + where + ": " + e.getDescription() + ". Correct it, or search for plain"
                        + " text with `grep` alone");
            } catch (StackOverflowError _) {
                throw refused("is nested too deeply; make it simpler");
            }
        }

        @Override
        public boolean matches(LogLine line) {
            try {
                Matcher matcher = pattern.matcher(new Counted(AnsiText.plain(line.text()), new long[] {MOST_STEPS}));
                return matcher.find();
            } catch (OutOfSteps | StackOverflowError _) {
                throw refused("takes too long on the line at offset " + line.offset()
                        + "; make it simpler, without repetitions inside repetitions");
            }
        }

        @Override
        public Optional<String> required() {
            return RequiredText.of(expression);
        }

        /// The product of all upper bounds, at most a little over what is allowed.
        private static long repetitions(String expression) {
            long product = 1;
            Matcher counts = COUNT.matcher(expression);
            while (counts.find() && product <= MOST_REPETITIONS) {
                String upper = counts.group(3) == null || counts.group(3).isEmpty() ? counts.group(1) : counts.group(3);
                long bound = Math.max(1, Long.parseLong(upper));
                product = bound > MOST_REPETITIONS ? bound : product * bound;
            }
            return product;
        }

        private RopewalkException refused(String why) {
            String shown = expression.length() > 80 ? expression.substring(0, 80) + "…" : expression;
            return new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "The regular expression '%s' %s.".formatted(shown, why));
        }

        /// Characters that are counted as they are looked at.
        private record Counted(String text, long[] left) implements CharSequence {
            @Override
            public char charAt(int index) {
                if (left[0]-- <= 0) {
                    throw new OutOfSteps();
                }
                return text.charAt(index);
            }

            @Override
            public int length() {
                return text.length();
            }

            @Override
            public CharSequence subSequence(int start, int stop) {
                return new Counted(text.substring(start, stop), left);
            }

            @Override
            public String toString() {
                return text;
            }
        }

        private static final class OutOfSteps extends RuntimeException {
            OutOfSteps() {
                super(null, null, false, false);
            }
        }
    }
}
