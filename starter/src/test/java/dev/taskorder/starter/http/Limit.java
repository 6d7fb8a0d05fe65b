package dev.taskorder.starter.http;

import dev.taskorder.starter.testing.Bodies;

/**
 * The bound of one member: a value one below it, one at it, one above it, and what the refusal of the last one says of
 * bound and actual value.
 *
 * @param pointer where the refusal has to point
 */
record Limit(String pointer, String below, String at, String above, String words) {
    /** A member of the body, its values as JSON. */
    static Limit of(String name, String below, String at, String above, String words) {
        String member = "\"" + name + "\":";
        return new Limit("/" + name, member + below, member + at, member + above, words);
    }

    /** A text of so many characters. */
    static Limit ofChars(String name, int max, String words) {
        return ofChars(name, "x", max, words);
    }

    /** A text that repeats this character so many times. */
    static Limit ofChars(String name, String character, int max, String words) {
        return of(
                name,
                Bodies.text(character, max - 1),
                Bodies.text(character, max),
                Bodies.text(character, max + 1),
                words + ", has " + (max + 1));
    }

    /** The same member in another place, such as an item of an array. */
    Limit within(String outer, String pattern) {
        String member = "\"" + outer + "\":";
        return new Limit(
                "/" + outer + (pattern.startsWith("[") ? "/0" : "") + pointer,
                member + pattern.replace("#", below),
                member + pattern.replace("#", at),
                member + pattern.replace("#", above),
                words);
    }

    /** The same member, its refusal pointing elsewhere. */
    Limit pointing(String elsewhere) {
        return new Limit(elsewhere, below, at, above, words);
    }
}
