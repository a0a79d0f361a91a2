package io.ropewalk.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.util.BytesRef;

/// What the index knows of a piece of text, each once: its sequences of three bytes, and its sequences of four signs of
/// numbers (digits, a to f, a point) with a digit among them. Any three digits stand together in almost every piece of
/// a log, four in few. One at a time is in use.
final class Grams extends TokenStream {
    static final int LENGTH = 3;
    static final int OF_NUMBERS = 4;
    /// More of them hardly make an answer any narrower.
    private static final int MOST_OF_A_TEXT = 48;

    private static final String SIGNS = "0123456789abcdef.";
    private static final int BASE = SIGNS.length();
    private static final int NUMBERS = BASE * BASE * BASE * BASE;
    private static final byte[] VALUES = values();

    private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
    private final Distinct grams = new Distinct(1 << 24);
    private final Distinct numbers = new Distinct(NUMBERS);
    private int at;

    private static byte[] values() {
        byte[] values = new byte[256];
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < BASE; i++) {
            values[SIGNS.charAt(i)] = (byte) i;
        }
        return values;
    }

    /// Small numbers, each once.
    private static final class Distinct {
        private final long[] seen;
        private int[] all = new int[8_192];
        private int size;

        Distinct(int most) {
            seen = new long[(most >> 6) + 1];
        }

        void clear() {
            for (int i = 0; i < size; i++) {
                seen[all[i] >> 6] = 0;
            }
            size = 0;
        }

        void add(int number) {
            long bit = 1L << number;
            if ((seen[number >> 6] & bit) == 0) {
                seen[number >> 6] |= bit;
                if (size == all.length) {
                    all = Arrays.copyOf(all, size * 2);
                }
                all[size++] = number;
            }
        }
    }

    void take(byte[] bytes, int length) {
        grams.clear();
        numbers.clear();
        at = 0;
        int gram = 0;
        int number = 0;
        int signs = 0;
        int sinceDigit = OF_NUMBERS;
        for (int i = 0; i < length; i++) {
            int sign = bytes[i] & 0xFF;
            gram = ((gram << 8) | sign) & 0xFF_FFFF;
            if (i >= LENGTH - 1) {
                grams.add(gram);
            }
            int value = VALUES[sign];
            if (value < 0) {
                signs = 0;
                number = 0;
                sinceDigit = OF_NUMBERS;
                continue;
            }
            number = (number * BASE + value) % NUMBERS;
            signs++;
            sinceDigit = value < 10 ? 0 : sinceDigit + 1;
            if (signs >= OF_NUMBERS && sinceDigit < OF_NUMBERS) {
                numbers.add(number);
            }
        }
    }

    @Override
    public boolean incrementToken() {
        clearAttributes();
        if (at < grams.size) {
            int gram = grams.all[at++];
            term.setBytesRef(new BytesRef(new byte[] {(byte) (gram >> 16), (byte) (gram >> 8), (byte) gram}));
            return true;
        }
        if (at < grams.size + numbers.size) {
            term.setBytesRef(new BytesRef(signs(numbers.all[at++ - grams.size])));
            return true;
        }
        return false;
    }

    private static byte[] signs(int number) {
        byte[] signs = new byte[OF_NUMBERS];
        int rest = number;
        for (int i = OF_NUMBERS - 1; i >= 0; i--) {
            signs[i] = (byte) SIGNS.charAt(rest % BASE);
            rest /= BASE;
        }
        return signs;
    }

    /// What a piece of text must have to hold this one. Empty when it is too short.
    static List<BytesRef> of(byte[] text) {
        Grams grams = new Grams();
        grams.take(text, Math.min(text.length, MOST_OF_A_TEXT));
        List<BytesRef> all = new ArrayList<>();
        while (grams.incrementToken()) {
            all.add(BytesRef.deepCopyOf(grams.term.getBytesRef()));
        }
        return all;
    }
}
