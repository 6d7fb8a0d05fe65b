package dev.taskorder.activities.tenant;

import static dev.taskorder.activities.testing.Orders.anOrder;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.AssetEvent;
import dev.taskorder.api.asset.AssetEvents;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import java.util.Map;
import java.util.Set;

/** A row of a tenant in each table: without one in it, nothing is shown of a table. */
final class EveryTable {
    private EveryTable() {}

    /** Its order that runs; another is over. */
    static TaskOrder filledFor(Tenant t) {
        t.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder paid = t.created(anOrder().wanting("RAW_NET", null, 1).spec());
        t.admitted(paid);
        t.answered(paid, 1, ExecutionResult.of("OK", null));
        t.concluded(paid, 1, How.ANSWERED);
        TaskOrder order =
                t.created(anOrder().wanting("RAW_NET", null, 1).tags("secret").spec());
        t.admitted(order);
        t.begin(order, 1);
        t.sql(jdbc -> jdbc.sql("INSERT INTO outbox (task_id, signal) VALUES (:task, 'wake')")
                .param("task", order.taskId())
                .update());
        AssetEvent event = new AssetEvent("told", "ip", null, null, "OK", Map.of(), null);
        t.as(() -> t.bean(AssetEvents.class).tell(event, Tenant.CALLER));
        t.sql(jdbc -> jdbc.sql("INSERT INTO match_wanted (env) VALUES ('prod')").update());
        t.sql(jdbc -> jdbc.sql("INSERT INTO violation (invariant, object_id, object_type, env, detail)"
                        + " VALUES ('slot_shared', 'ip', 'asset', 'prod', 'seen')")
                .update());
        t.sql(jdbc -> jdbc.sql("INSERT INTO budget (env, scope, scope_id, limit_amount, currency, period)"
                        + " VALUES ('prod', 'project', 'acme-shop', 100, 'USD', 'total')")
                .update());
        t.sql(jdbc -> jdbc.sql("INSERT INTO budget_period (env, scope, scope_id, starts_on, limit_amount)"
                        + " VALUES ('prod', 'project', 'acme-shop', '1970-01-01', 100)")
                .update());
        t.as(() -> t.bean(ApiKeys.class).create(new ApiKeys.NewKey("app", Role.VIEWER, null), Caller.SYSTEM));
        t.sql(jdbc -> jdbc.sql(
                        "INSERT INTO pause (what, mode, reason, paused_by) VALUES ('webhooks', 'hold', 'secret', 'me')")
                .update());
        t.sql(jdbc -> jdbc.sql("INSERT INTO audit_entry (actor, action, outcome) VALUES ('me', 'asset.put', 'DONE')")
                .update());
        t.sql(jdbc ->
                jdbc.sql("INSERT INTO webhook_fan_out (fanned_seq) VALUES (0)").update());
        t.sql(jdbc -> jdbc.sql("INSERT INTO webhook (webhook_id, url, types, secret, owner, owner_tenant, since_seq)"
                        + " VALUES ('hook', 'https://example.com/secret', '{*}', 'sealed', 'me', 'them', 0)")
                .update());
        t.sql(jdbc -> jdbc.sql("INSERT INTO webhook_delivery (webhook_id, seq, object, event_type, next_attempt_at)"
                        + " VALUES ('hook', 1, 'task_order/secret', 'task_order.created', now())")
                .update());
        t.sql(jdbc -> jdbc.sql("INSERT INTO handler_cursor (handler, seq) VALUES ('follow_ups', 0)")
                .update());
        t.as(() -> t.bean(EventRelay.class).seeNext());
        TaskOrderFilter all = new TaskOrderFilter(null, Set.of(), null, null, null, null, null, null, null, null);
        t.as(() -> t.bean(BulkOperations.class).cancel(all, "a mistake", false, Caller.SYSTEM));
        return order;
    }
}
