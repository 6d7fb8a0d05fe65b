package dev.taskorder.trials;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measured number.
 *
 * @param note how it came about, such as the least and the greatest of the rounds; may be empty
 * @param bar null for a number that explains another one
 */
record Figure(
        String what,
        double value,
        String unit,
        String note,
        @Nullable Bar bar) {
    static Figure of(String what, double value, String unit) {
        return new Figure(what, value, unit, "", null);
    }

    /** A median with the range that it comes from. */
    static Figure median(String what, Sample sample, String unit) {
        String range = "%s to %s in %d".formatted(shown(sample.min()), shown(sample.max()), sample.size());
        return new Figure(what, sample.median(), unit, range, null);
    }

    Figure with(Bar wanted) {
        return new Figure(what, value, unit, note, wanted);
    }

    Figure noted(String words) {
        return new Figure(what, value, unit, words, bar);
    }

    /** Empty without a bar. */
    String verdict() {
        return bar == null ? "" : (bar.isMetBy(value) ? "met" : "MISSED");
    }

    String shown() {
        return shown(value);
    }

    /** As many digits as tell something. */
    static String shown(double value) {
        double size = Math.abs(value);
        String digits = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, digits, value);
    }
}
