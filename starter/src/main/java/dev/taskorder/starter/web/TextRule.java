package dev.taskorder.starter.web;

import dev.taskorder.api.order.Limits;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a text must look like.
 *
 * @param shape what all of it matches; null means any text
 * @param charsMin in code points
 * @param charsMax in code points
 * @param words the rule in words
 */
public record TextRule(@Nullable Pattern shape, int charsMin, int charsMax, String words) {
    public static final TextRule NAME = shaped(Limits.NAME, 128, "must be 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'");
    public static final TextRule ENV =
            shaped(Limits.ENV, 32, "must be 1 to 32 of a-z, 0-9, '_' and '-', starting with a letter");
    public static final TextRule CURRENCY = shaped(Limits.CURRENCY, 5, "must be 3 to 5 capital letters");
    public static final TextRule SKU_PATTERN = shaped(
            Limits.SKU_PATTERN,
            128,
            "must be 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-', or such a prefix of at most 127 and a '*'");
    public static final TextRule SKU_PREFIX = shaped(
            Pattern.compile("[A-Za-z0-9._-]{0,128}"),
            128,
            "must be a prefix of at most 128 of A-Z, a-z, 0-9, '.', '_' and '-', without a '*'");
    public static final TextRule IDEMPOTENCY_KEY = ofLength(1, Limits.IDEMPOTENCY_KEY_CHARS_MAX);
    public static final TextRule EXTERNAL_REF = ofLength(0, Limits.EXTERNAL_REF_CHARS_MAX);
    public static final TextRule DESCRIPTION = ofLength(0, Limits.DESCRIPTION_CHARS_MAX);
    public static final TextRule REASON = ofLength(0, Limits.REASON_CHARS_MAX);
    public static final TextRule TAG = ofLength(1, Limits.TAG_CHARS_MAX);

    private static TextRule shaped(Pattern shape, int charsMax, String words) {
        return new TextRule(shape, 0, charsMax, words);
    }

    private static TextRule ofLength(int min, int max) {
        return new TextRule(
                null,
                min,
                max,
                min == 0
                        ? "must have at most " + max + " characters"
                        : "must have " + min + " to " + max + " characters");
    }

    /** What is wrong with the text, naming rule and actual value; null if it is fine. */
    public @Nullable String complaint(String text) {
        int chars = text.codePointCount(0, text.length());
        if (chars < charsMin || chars > charsMax) {
            return words + ", has " + chars;
        }
        return shape == null || shape.matcher(text).matches() ? null : words + ", was " + Shown.of(text);
    }
}
