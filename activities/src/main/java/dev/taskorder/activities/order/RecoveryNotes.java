package dev.taskorder.activities.order;

import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.order.OrderRecovery.Loss;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditObject;
import dev.taskorder.api.audit.AuditRecord.AuditOrigin;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** What recovery writes down: for the order's followers its event, for an operator an entry of the tenant's audit log. */
final class RecoveryNotes {
    static final String MAINTENANCE = "maintenance";

    private final EventLog events;
    private final AuditLog audit;

    RecoveryNotes(EventLog events, AuditLog audit) {
        this.events = events;
        this.audit = audit;
    }

    void lost(OrderRow order, Loss loss) {
        write("workflow." + loss.name().toLowerCase(Locale.ROOT), order.taskId());
    }

    void runsAgain(OrderRow order, Loss loss) {
        events.append(List.of(new NewEvent(
                order.taskId(),
                "task_order.updated",
                MAINTENANCE,
                Map.of(
                        "what",
                        "run " + (order.runNo() + 1),
                        "message",
                        "Temporal lost run " + order.runNo() + ": " + loss))));
    }

    void withoutOrder(UUID taskId) {
        write("workflow.without_order", taskId);
    }

    private void write(String action, UUID taskId) {
        audit.write(new AuditRecord(
                MAINTENANCE,
                null,
                null,
                action,
                new AuditObject("task_order", taskId.toString()),
                AuditOutcome.DONE,
                null,
                new AuditOrigin(null, null)));
    }
}
