package dev.taskorder.activities.event;

/** Whether the bound tenant wants timelines, for the statements that write and read them. */
final class ActivityLog {
    /** By the policy in force; one read of two rows by their keys, however many events. */
    static final String IS_ON = """
            (SELECT coalesce((p.body #>> '{handlers,activity_log}')::boolean, true)
               FROM tenant t
               JOIN tenant_policy p ON p.tenant_id = current_tenant() AND p.version = t.active_policy
              WHERE t.tenant_id = current_tenant())""";

    private ActivityLog() {}
}
