package io.ropewalk.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.util.BytesRef;

/// The different sequences of three bytes in a piece of text, each once. One at a time is in use.
final class Grams extends TokenStream {
    static final int LENGTH = 3;
    /// More of them hardly make an answer any narrower.
    private static final int MOST_OF_A_TEXT = 48;

    private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
    private final long[] seen = new long[1 << 18];
    private int[] grams = new int[8_192];
    private int size;
    private int at;

    void take(byte[] bytes, int length) {
        for (int i = 0; i < size; i++) {
            seen[grams[i] >> 6] = 0;
        }
        size = 0;
        at = 0;
        int gram = 0;
        for (int i = 0; i < length; i++) {
            gram = ((gram << 8) | (bytes[i] & 0xFF)) & 0xFF_FFFF;
            if (i >= LENGTH - 1 && (seen[gram >> 6] & (1L << gram)) == 0) {
                seen[gram >> 6] |= 1L << gram;
                if (size == grams.length) {
                    grams = Arrays.copyOf(grams, size * 2);
                }
                grams[size++] = gram;
            }
        }
    }

    @Override
    public boolean incrementToken() {
        if (at == size) {
            return false;
        }
        clearAttributes();
        term.setBytesRef(ref(grams[at++]));
        return true;
    }

    /// Those of a text that is looked for.
    static List<BytesRef> of(byte[] text) {
        List<BytesRef> all = new ArrayList<>();
        for (int i = 0; i + LENGTH <= text.length && all.size() < MOST_OF_A_TEXT; i++) {
            all.add(new BytesRef(Arrays.copyOfRange(text, i, i + LENGTH)));
        }
        return all.stream().distinct().toList();
    }

    private static BytesRef ref(int gram) {
        return new BytesRef(new byte[] {(byte) (gram >> 16), (byte) (gram >> 8), (byte) gram});
    }
}
