package dev.taskorder.trials;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** Orders of one project, each with a key of its own; of a size that callers send (about 600 bytes). */
final class OrderBodies {
    private static final String FORM = """
            {"project_id": "%1$s", "env": "sandbox", "task_type": "SIMULATED", "idempotency_key": "%1$s-%2$d", \
            "priority": %4$d, "timeout_ms": 600000, "external_ref": "crm-%1$s-%2$d", "task_category": "trial", \
            "description": "An order of a trial: it does nothing, and is settled as soon as everything around it is done.", \
            "tags": ["trial", "load", "region-gb"], "constraints": {"max_retries": 2}, %3$s\
            "input": {"simulate": {"duration_ms": 0}, "customer": {"id": "c-%2$d", "segment": "retail"}, \
            "note": "This part is kept as it is and handed to the executor."}}""";

    /** One address of the trial's own pool, so that what is measured is a lease and not the wait for one. */
    private static final String ONE_HINT =
            "\"resource_hints\": [{\"sku_category\": \"RAW_NET\", \"sku_code\": \"trial.net.*\"}], ";

    private static final int USUAL = 50;
    private static final int URGENT = 90;

    private final String project;
    private final String hints;
    private final int priority;
    private final AtomicLong next = new AtomicLong();

    private OrderBodies(String project, String hints, int priority) {
        this.project = project;
        this.hints = hints;
        this.priority = priority;
    }

    static OrderBodies plain(String project) {
        return new OrderBodies(project, "", USUAL);
    }

    static OrderBodies withOneHint(String project) {
        return new OrderBodies(project, ONE_HINT, USUAL);
    }

    static OrderBodies urgent(String project) {
        return new OrderBodies(project, "", URGENT);
    }

    byte[] one() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    byte[] batch(int orders) {
        StringBuilder all = new StringBuilder("{\"task_orders\": [");
        for (int i = 0; i < orders; i++) {
            all.append(i == 0 ? "" : ", ").append(text());
        }
        return all.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private String text() {
        return FORM.formatted(project, next.incrementAndGet(), hints, priority);
    }
}
