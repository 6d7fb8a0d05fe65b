package dev.taskorder.activities.control;

import dev.taskorder.api.control.Pause.What;

/** Whether something is paused, for the statements that claim it. */
public final class Pauses {
    private Pauses() {}

    /**
     * A condition: this is paused neither for the bound tenant nor for all, as the statement sees it. Two rows by their keys; no question
     * of its own, and nothing that could be out of date.
     */
    public static String none(What what) {
        return """
                NOT EXISTS (SELECT FROM pause WHERE tenant_id = current_tenant() AND what = '%1$s')
                   AND NOT EXISTS (SELECT FROM pause_of_all WHERE what = '%1$s')""".formatted(what.word());
    }
}
