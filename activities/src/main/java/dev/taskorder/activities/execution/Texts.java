package dev.taskorder.activities.execution;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What PostgreSQL can keep of what an executor says: no NUL, no half of a surrogate pair, no endless anything. */
final class Texts {
    private static final char REPLACEMENT = '\uFFFD';
    private static final int SHOWN_CHARS_MAX = 64;
    private static final JsonMapper JSON = new JsonMapper();

    private Texts() {}

    /** The text with what cannot be kept replaced, and at most this long. */
    static String clean(String text, int charsMax) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), charsMax));
        for (int i = 0; i < text.length() && clean.length() < charsMax; i++) {
            char c = text.charAt(i);
            boolean pair = isPairAt(text, i);
            if (pair && clean.length() + 2 > charsMax) {
                break;
            }
            if (pair) {
                clean.append(c).append(text.charAt(++i));
            } else {
                clean.append(c == 0 || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return clean.toString();
    }

    /**
     * The JSON text of an object, checked that it can be kept.
     *
     * @throws IllegalArgumentException in words that name what is wrong
     */
    static String json(String what, Map<String, @Nullable Object> object, int bytesMax, int depthMax) {
        String text;
        int size;
        JsonNode tree;
        try {
            text = JSON.writeValueAsString(object);
            size = bytes(text);
            tree = size > bytesMax ? JSON.nullNode() : JSON.readTree(text);
        } catch (JacksonException | StackOverflowError e) {
            throw new IllegalArgumentException(what + " cannot be written as JSON", e);
        }
        if (size > bytesMax) {
            throw new IllegalArgumentException(what + " must have at most " + bytesMax + " bytes, has " + size);
        }
        requireStorable(what, tree, 1, depthMax);
        return text;
    }

    /** The text as it can stand in a message: itself, or only its length where it is long. */
    static String shown(String text) {
        return text.length() > SHOWN_CHARS_MAX
                ? "has " + text.length() + " characters"
                : "was '" + clean(text, SHOWN_CHARS_MAX) + "'";
    }

    /** How long a text is in UTF-8. */
    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void requireStorable(String what, JsonNode node, int level, int depthMax) {
        if (node.isContainer() && level > depthMax) {
            throw new IllegalArgumentException(
                    what + " nests deeper than the " + depthMax + " levels allowed, has a level " + level);
        }
        if (node.isString() && !isStorable(node.stringValue())) {
            throw new IllegalArgumentException(what + " has a NUL or half a surrogate pair in a string");
        }
        node.propertyStream().forEach(property -> {
            if (!isStorable(property.getKey())) {
                throw new IllegalArgumentException(what + " has a NUL or half a surrogate pair in a key");
            }
        });
        node.forEach(child -> requireStorable(what, child, level + 1, depthMax));
    }

    private static boolean isStorable(String text) {
        return text.indexOf(0) < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static boolean isPairAt(String text, int i) {
        return i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
    }
}
