package dev.taskorder.starter.web;

import dev.taskorder.api.ledger.Amounts;
import tools.jackson.databind.JsonNode;

/** A caller's own value, cut and cleaned so that it can stand in a message. */
public final class Shown {
    private static final int CHARS_MAX = 64;
    private static final int POINTER_CHARS_MAX = 256;
    private static final char REPLACEMENT = '\uFFFD';

    private Shown() {}

    static String of(JsonNode node) {
        if (node.isString()) {
            return of(node.stringValue());
        }
        if (node.isBigDecimal()) {
            return clean(Amounts.plain(node.decimalValue()), CHARS_MAX);
        }
        if (node.isObject()) {
            return "an object";
        }
        return node.isArray() ? "an array" : node.isNull() ? "null" : clean(node.asString(""), CHARS_MAX);
    }

    /** The text in single quotes, at most 64 characters of it. */
    public static String of(String text) {
        return "'" + clean(text, CHARS_MAX) + "'";
    }

    /** One step of a JSON pointer, escaped as RFC 6901 wants it. */
    public static String pointerStep(String name) {
        return "/" + clean(name, CHARS_MAX).replace("~", "~0").replace("/", "~1");
    }

    /** A pointer that is escaped already. */
    static String pointer(String pointer) {
        return clean(pointer, POINTER_CHARS_MAX);
    }

    private static String clean(String text, int charsMax) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), charsMax) + 1);
        for (int i = 0; i < text.length() && i < charsMax; i++) {
            char c = text.charAt(i);
            // a pair cut in two would be as unwritable as a lone half, so no half is shown at all
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? REPLACEMENT : c);
        }
        return text.length() > charsMax ? shown.append('…').toString() : shown.toString();
    }
}
