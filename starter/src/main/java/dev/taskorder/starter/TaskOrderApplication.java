package dev.taskorder.starter;

import dev.taskorder.activities.asset.AssetConfiguration;
import dev.taskorder.activities.attempt.AttemptConfiguration;
import dev.taskorder.activities.audit.AuditConfiguration;
import dev.taskorder.activities.budget.BudgetConfiguration;
import dev.taskorder.activities.control.ControlConfiguration;
import dev.taskorder.activities.dispatch.DispatchConfiguration;
import dev.taskorder.activities.event.EventConfiguration;
import dev.taskorder.activities.execution.ExecutionConfiguration;
import dev.taskorder.activities.executor.ExecutorConfiguration;
import dev.taskorder.activities.explain.ExplainConfiguration;
import dev.taskorder.activities.invariant.InvariantConfiguration;
import dev.taskorder.activities.lease.LeaseConfiguration;
import dev.taskorder.activities.ledger.LedgerConfiguration;
import dev.taskorder.activities.maintenance.MaintenanceConfiguration;
import dev.taskorder.activities.matching.MatchingConfiguration;
import dev.taskorder.activities.operation.OperationConfiguration;
import dev.taskorder.activities.order.OrderConfiguration;
import dev.taskorder.activities.policy.PolicyConfiguration;
import dev.taskorder.activities.principal.PrincipalConfiguration;
import dev.taskorder.activities.tenant.TenantTransactionConfiguration;
import dev.taskorder.activities.webhook.WebhookConfiguration;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.tenant.TenantId;
import java.security.SecureRandom;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Starts the one deployable; {@code taskorder.roles} says what this process does. */
@SpringBootApplication(proxyBeanMethods = false, exclude = UserDetailsServiceAutoConfiguration.class)
@Import({
    AssetConfiguration.class,
    AttemptConfiguration.class,
    AuditConfiguration.class,
    DispatchConfiguration.class,
    EventConfiguration.class,
    ExecutionConfiguration.class,
    ExecutorConfiguration.class,
    InvariantConfiguration.class,
    LeaseConfiguration.class,
    LedgerConfiguration.class,
    BudgetConfiguration.class,
    MaintenanceConfiguration.class,
    MatchingConfiguration.class,
    ControlConfiguration.class,
    ExplainConfiguration.class,
    OperationConfiguration.class,
    OrderConfiguration.class,
    PolicyConfiguration.class,
    PrincipalConfiguration.class,
    TenantTransactionConfiguration.class,
    WebhookConfiguration.class
})
public class TaskOrderApplication {
    /** {@code new-operator-key} alone prints a key for {@code TASKORDER_BOOTSTRAP_KEY}; anything else is settings. */
    public static void main(String[] args) {
        if (List.of(args).equals(List.of("new-operator-key"))) {
            System.out.println(KeyText.make(TenantId.SYSTEM, new SecureRandom()).text());
            return;
        }
        SpringApplication.run(TaskOrderApplication.class, args);
    }
}
