package dev.taskorder.starter.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.isolation.Planter.Keys;
import dev.taskorder.starter.isolation.Planter.Planted;
import dev.taskorder.starter.security.AccessRules;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/**
 * Which role each call takes, by a table that is written by hand beside that of the application, and over HTTP: the least one is let
 * in, and the one below it is not.
 */
@FullApplication
@TestPropertySource(properties = "taskorder.security.accept=api-keys")
class LeastRoleTest {
    private static final Map<Role, List<String>> MAY = Map.of(
            Role.VIEWER,
            List.of(
                    "GET /v1/task-orders",
                    "GET /v1/task-orders/{task_id}",
                    "GET /v1/task-orders/dead-letters/summary",
                    "GET /v1/operations/{operation_id}",
                    "GET /v1/task-orders/{task_id}/attempts",
                    "GET /v1/task-orders/{task_id}/events",
                    "GET /v1/task-orders/{task_id}/explain",
                    "GET /v1/task-orders/{task_id}/leases",
                    "GET /v1/task-orders/{task_id}/ledger",
                    "GET /v1/assets",
                    "GET /v1/events",
                    "GET /v1/assets/{asset_id}",
                    "GET /v1/leases",
                    "GET /v1/budgets/{scope}/{id}",
                    "GET /v1/ledger/entries",
                    "GET /v1/ledger/summary",
                    "GET /v1/tenants/{tenant_id}",
                    "GET /v1/tenants/{tenant_id}/policies",
                    "GET /v1/tenants/{tenant_id}/policies/{version}"),
            Role.SUBMITTER,
            List.of(
                    "POST /v1/task-orders",
                    "POST /v1/task-orders/batch",
                    "PATCH /v1/task-orders/{task_id}",
                    "POST /v1/task-orders/{task_id}/cancel",
                    "POST /v1/assets/{asset_id}/events"),
            Role.TENANT_ADMIN,
            List.of(
                    "POST /v1/task-orders/{task_id}/redrive",
                    "POST /v1/task-orders/cancel",
                    "POST /v1/task-orders/redrive",
                    "POST /v1/operations/{operation_id}/abort",
                    "PUT /v1/assets/{asset_id}",
                    "POST /v1/assets/batch",
                    "POST /v1/leases/{lease_id}/release",
                    "PUT /v1/budgets/{scope}/{id}",
                    "POST /v1/ledger/entries",
                    "GET /v1/tenants/{tenant_id}/api-keys",
                    "POST /v1/tenants/{tenant_id}/api-keys",
                    "DELETE /v1/tenants/{tenant_id}/api-keys/{key_id}",
                    "POST /v1/tenants/{tenant_id}/pause",
                    "POST /v1/tenants/{tenant_id}/resume",
                    "GET /v1/webhooks",
                    "GET /v1/webhooks/{webhook_id}",
                    "PUT /v1/webhooks/{webhook_id}",
                    "DELETE /v1/webhooks/{webhook_id}",
                    "GET /v1/webhooks/{webhook_id}/deliveries",
                    "POST /v1/webhooks/{webhook_id}/replay",
                    "GET /v1/audit"),
            Role.OPERATOR,
            List.of(
                    "GET /v1/ledger/verify",
                    "GET /v1/control",
                    "POST /v1/control/pause",
                    "POST /v1/control/resume",
                    "GET /v1/tenants",
                    "PUT /v1/tenants/{tenant_id}",
                    "POST /v1/tenants/{tenant_id}/suspend",
                    "POST /v1/tenants/{tenant_id}/activate",
                    "POST /v1/tenants/{tenant_id}/policies",
                    "POST /v1/tenants/{tenant_id}/policies/{version}/activate"));

    @LocalServerPort
    int port;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    @Autowired
    OrderSteps steps;

    @Autowired
    AttemptStore attempts;

    @Autowired
    EventRelay relay;

    private Http http;
    private Planted planted;
    private String operator;
    private List<Operation> operations;

    @BeforeEach
    void a_tenant_with_something_of_everything() {
        http = new Http(port, "");
        operator = ((Created) runner.call(
                        TenantId.SYSTEM,
                        () -> keys.create(
                                new ApiKeys.NewKey("least-" + System.nanoTime(), Role.OPERATOR, null), Caller.SYSTEM)))
                .text();
        planted = new Planter(http, operator, runner, steps, attempts, relay).plant(1);
        operations = Operation.allOf(http.get("/v3/api-docs").json()).stream()
                .sorted(Comparator.comparing((Operation one) -> !one.isReading())
                        .thenComparing(one -> one.path().endsWith("/suspend"))
                        .thenComparing(Operation::toString))
                .toList();
    }

    @Test
    void the_document_and_the_rules_say_what_is_written_here() {
        Map<String, Role> meant = new TreeMap<>();
        MAY.forEach((role, calls) -> calls.forEach(call -> meant.put(call, role)));
        Map<String, Role> told = new TreeMap<>();
        Map<String, Role> ruled = new TreeMap<>();
        operations.forEach(operation -> {
            told.put(name(operation), operation.least());
            ruled.put(
                    name(operation),
                    AccessRules.least(operation.method(), mapped(operation)).orElseThrow());
        });
        assertThat(told).isEqualTo(meant);
        assertThat(ruled).isEqualTo(meant);
    }

    @Test
    void the_least_role_is_let_in_and_the_one_below_it_is_not_and_that_is_written_down() {
        List<String> findings = new ArrayList<>();
        int refused = 0;
        for (Operation operation : operations) {
            Role least = meant(operation);
            int before = refusals();
            Answer below = ask(operation, below(least));
            String expected = least == Role.VIEWER ? "unauthenticated" : "forbidden";
            refused += least == Role.VIEWER ? 0 : 1;
            int written = refusals() - before;
            if (below.status() != (least == Role.VIEWER ? 401 : 403)
                    || !below.code().equals(expected)) {
                findings.add(operation + " is open to less than a " + least.word() + ": " + below.text());
            }
            if (written != (least == Role.VIEWER ? 0 : 1)) {
                findings.add(operation + " was refused, and " + written + " entries say so");
            }
        }
        for (Operation operation : operations) {
            Answer answer = ask(operation, Keys.of(keyOf(meant(operation))).headers());
            boolean isForbidden = answer.status() == 403 && answer.code().equals("forbidden");
            if (isForbidden || answer.status() == 401 || answer.status() >= 500) {
                findings.add(operation + " is closed to a " + meant(operation).word() + ": " + answer.text());
            }
        }
        assertThat(findings).isEmpty();
        assertThat(refused).isGreaterThanOrEqualTo(21);
    }

    private Answer ask(Operation operation, String... headers) {
        List<String> sent = new ArrayList<>(List.of(headers));
        if (headers.length > 0) {
            sent.addAll(List.of("tenant", planted.its().tenant()));
        }
        return Question.of(operation)
                .get(0)
                .ask(http, sent.toArray(String[]::new), planted.its()::ownOf)
                .answer();
    }

    private String[] below(Role role) {
        return role == Role.VIEWER
                ? new String[0]
                : Keys.of(keyOf(Role.values()[role.ordinal() - 1])).headers();
    }

    private String keyOf(Role role) {
        return switch (role) {
            case VIEWER -> planted.viewer();
            case SUBMITTER -> planted.submitter();
            case TENANT_ADMIN -> planted.admin();
            case OPERATOR -> operator;
        };
    }

    private static Role meant(Operation operation) {
        return MAY.entrySet().stream()
                .filter(may -> may.getValue().contains(name(operation)))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new AssertionError("who may " + name(operation) + "? Say so here, by hand"));
    }

    private static String name(Operation operation) {
        return operation.method() + " " + mapped(operation);
    }

    /** As it is mapped, with no word in the place of a parameter. */
    private static String mapped(Operation operation) {
        return operation.path().replaceAll("^/v1/budgets/[a-z]+/", "/v1/budgets/{scope}/");
    }

    private int refusals() {
        return TestDatabase.asSuperuser("accepting")
                .sql("SELECT count(*) FROM audit_entry WHERE tenant_id = :tenant AND outcome = 'REFUSED'"
                        + " AND code = 'forbidden'")
                .param("tenant", planted.its().tenant())
                .query(Integer.class)
                .single();
    }
}
