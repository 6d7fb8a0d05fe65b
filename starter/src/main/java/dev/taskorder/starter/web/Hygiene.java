package dev.taskorder.starter.web;

import dev.taskorder.api.order.Limits;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What no JSON that we keep may hold, wherever it stands: the database could not store it, or not read it back. */
final class Hygiene {
    /** Beyond it a few characters such as 1e999999999 would become gigabytes of digits. */
    private static final int EXPONENT_MAX = 400;

    static final String TOO_LARGE_NUMBER =
            "must be a number between 1e-" + EXPONENT_MAX + " and 1e" + EXPONENT_MAX + " in magnitude, or 0";

    private final Violations violations;

    private Hygiene(Violations violations) {
        this.violations = violations;
    }

    /** Notes every place that is not clean. Most bodies are, so pointers are made only on a second walk. */
    static void check(JsonNode root, Violations violations) {
        if (!isClean(root, 0)) {
            new Hygiene(violations).find(root, "", 0);
        }
    }

    private static boolean isClean(JsonNode node, int depth) {
        if (complaint(node, depth) != null) {
            return false;
        }
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (unwritable(member.getKey()) != null || !isClean(member.getValue(), depth + 1)) {
                    return false;
                }
            }
        } else if (node.isArray()) {
            for (JsonNode item : node) {
                if (!isClean(item, depth + 1)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void find(JsonNode node, String pointer, int depth) {
        String complaint = complaint(node, depth);
        if (complaint != null) {
            violations.add(pointer, complaint);
        } else if (node.isObject()) {
            node.properties().forEach(member -> findIn(member, pointer, depth));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size() && !violations.isFull(); i++) {
                find(node.get(i), pointer + "/" + i, depth + 1);
            }
        }
    }

    private void findIn(Map.Entry<String, JsonNode> member, String pointer, int depth) {
        if (violations.isFull()) {
            return;
        }
        String below = pointer + Shown.pointerStep(member.getKey());
        String complaint = unwritable(member.getKey());
        if (complaint != null) {
            violations.add(below, "has a name that " + complaint);
        }
        find(member.getValue(), below, depth + 1);
    }

    private static @Nullable String complaint(JsonNode node, int depth) {
        if (node.isString()) {
            return unwritable(node.stringValue());
        }
        if (node.isBigDecimal()) {
            return isOutOfRange(node.decimalValue()) ? TOO_LARGE_NUMBER + ", was " + Shown.of(node) : null;
        }
        return node.isContainer() && depth >= Limits.JSON_DEPTH_MAX ? tooDeep(depth + 1) : null;
    }

    /** The refusal of what stands so many levels deep. */
    static String tooDeep(int level) {
        return "nests deeper than the " + Limits.JSON_DEPTH_MAX + " levels allowed, stands at level " + level;
    }

    private static boolean isOutOfRange(BigDecimal number) {
        long exponent = (long) number.precision() - number.scale() - 1;
        return Math.abs(exponent) > EXPONENT_MAX;
    }

    /** Why the text cannot be kept; null if it can. */
    static @Nullable String unwritable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return "must not contain the character NUL";
            }
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return "must not contain half of a surrogate pair";
                }
                i++;
            }
        }
        return null;
    }
}
