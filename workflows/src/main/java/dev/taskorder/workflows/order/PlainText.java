package dev.taskorder.workflows.order;

import org.jspecify.annotations.Nullable;

/** Text from outside, made safe to store: PostgreSQL refuses NUL, and UTF-8 has no half of a surrogate pair. */
final class PlainText {
    private static final int WHO_CHARS_MAX = 255;
    private static final char REPLACEMENT = '\uFFFD';

    private PlainText() {}

    /** Who says to have asked, if anybody. */
    static @Nullable String who(@Nullable String requestedBy) {
        return requestedBy == null ? null : of(requestedBy, WHO_CHARS_MAX);
    }

    /** The text with what cannot be stored replaced, and cut to so many characters. */
    static String of(String text, int charsMax) {
        StringBuilder plain = new StringBuilder(Math.min(text.length(), charsMax));
        for (int at = 0, width; at < text.length(); at += width) {
            int codePoint = text.codePointAt(at);
            width = Character.charCount(codePoint);
            if (plain.length() + width > charsMax) {
                break;
            }
            boolean storable = codePoint != 0 && Character.getType(codePoint) != Character.SURROGATE;
            plain.appendCodePoint(storable ? codePoint : REPLACEMENT);
        }
        return plain.toString();
    }
}
