package dev.taskorder.starter.demo;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Where the demo writes: standard output, for people. */
@SuppressWarnings("SystemOut") // the demo's whole purpose
final class Screen {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    void chapter(String title) {
        System.out.println();
        System.out.println(title);
    }

    void line(String text) {
        System.out.println("  " + text);
    }

    void at(Instant time, String what, String text) {
        line("%s  %-22s %s".formatted(CLOCK.format(time), what, text));
    }
}
