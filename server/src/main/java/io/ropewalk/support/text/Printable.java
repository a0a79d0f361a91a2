package io.ropewalk.support.text;

/// What a terminal or a page shows as it is: nothing that moves the cursor, turns the direction or stands for nothing.
public final class Printable {
    private Printable() {}

    public static boolean is(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
