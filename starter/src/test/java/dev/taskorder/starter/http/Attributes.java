package dev.taskorder.starter.http;

import dev.taskorder.starter.testing.Bodies;

/** The limits of attributes, which assets and hints share. */
final class Attributes {
    private Attributes() {}

    static Limit count() {
        return Limit.of("attributes", members(31), members(32), members(33), "must have at most 32 members, has 33");
    }

    static Limit name(String character) {
        return Limit.of(
                "attributes",
                named(character, 127),
                named(character, 128),
                named(character, 129),
                "has a name that must have 1 to 128 characters, has 129");
    }

    static Limit value(String character) {
        return Limit.of(
                        "attributes",
                        valued(character, 254),
                        valued(character, 255),
                        valued(character, 256),
                        "must have at most 255 characters, has 256")
                .pointing("/attributes/a");
    }

    private static String members(int count) {
        return Bodies.array("\"m#\":#", count).replace("[", "{").replace("]", "}");
    }

    private static String named(String character, int chars) {
        return "{" + Bodies.text(character, chars) + ":1}";
    }

    private static String valued(String character, int chars) {
        return "{\"a\":" + Bodies.text(character, chars) + "}";
    }
}
