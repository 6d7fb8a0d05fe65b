package dev.taskorder.starter.maintenance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.Locale;

/** Counts what had to be mended, by kind: where nothing is lost and nobody interferes, all stay 0. */
final class Recovered {
    private final MeterRegistry metrics;

    /** What was found. */
    enum Kind {
        /** An order whose workflow was terminated by hand. */
        TERMINATED,
        /** An order whose workflow failed. */
        FAILED,
        /** An open order whose workflow had ended, as after a restore of an older PostgreSQL. */
        CLOSED,
        /** An order that Temporal did not know any more. */
        UNKNOWN,
        /** A running order that no workflow ended at its deadline. */
        OVERDUE,
        /** A granted order that had not begun. */
        ASLEEP,
        /** A workflow without an order, as after a restore of an older PostgreSQL. */
        NO_ORDER
    }

    Recovered(MeterRegistry metrics) {
        this.metrics = metrics;
        // all from the start, for what is first seen at 1 is no increase
        Arrays.stream(Kind.values()).forEach(kind -> count(kind, 0));
    }

    void count(Kind kind, int more) {
        Counter.builder("taskorder.recovered.orders")
                .description("Orders, and workflows without one, that maintenance found left alone and mended")
                .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                .register(metrics)
                .increment(more);
    }
}
