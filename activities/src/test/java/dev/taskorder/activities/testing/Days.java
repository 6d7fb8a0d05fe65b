package dev.taskorder.activities.testing;

import java.util.List;

/** Lets days pass for a tenant's money: the database's clock stays, and what happened so far moves back. */
public final class Days {
    private static final List<String> BACK = List.of(
            "UPDATE budget SET turns_at = now() - interval '1 second' WHERE tenant_id = :tenant AND turns_at IS NOT NULL",
            // far away first: a day's row would meet that of the day before
            periods("- 1000"),
            periods("+ 999"),
            "UPDATE ledger_entry SET counts_on = counts_on - 1, created_at = created_at - interval '1 day' WHERE tenant_id = :tenant",
            "UPDATE lease SET held_on = held_on - 1 WHERE tenant_id = :tenant",
            "UPDATE task_order SET executor_hold_on = executor_hold_on - 1 WHERE tenant_id = :tenant");

    private Days() {}

    /** As if what happened so far had happened a day earlier; maintenance has not noticed yet. */
    public static void pass(Tenant tenant) {
        for (String statement : BACK) {
            TestDatabase.get()
                    .superuser()
                    .sql(statement)
                    .param("tenant", tenant.id().value())
                    .update();
        }
    }

    private static String periods(String days) {
        return """
                UPDATE budget_period p SET starts_on = p.starts_on %s
                  FROM budget b
                 WHERE b.tenant_id = p.tenant_id AND b.env = p.env AND b.scope = p.scope AND b.scope_id = p.scope_id
                   AND b.period = 'day' AND p.tenant_id = :tenant
                """.formatted(days);
    }
}
