package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Whoever reaches Temporal can start our workflow by hand; that must not open another tenant's door. */
@EndToEnd
class ForgedWorkflowTest {
    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @ParameterizedTest
    @CsvSource({
        "other, mine, mine",
        "mine, other, mine",
        "mine, mine, other",
        "nobody, mine, mine",
        "other, other, mine"
    })
    void a_workflow_that_names_two_tenants_is_refused_and_touches_nothing(
            String header, String input, String workflowId) {
        Customer mine = customers.fresh();
        Customer other = customers.fresh();
        mine.onlyABannedOne();
        String task = mine.order(Customer.ONE_NET);
        JsonNode before = mine.awaitStatus(task, "QUEUED");

        WorkflowStub forged = temporal.forge(
                tenant(workflowId, mine, other) + ":prod:forged",
                tenant(header, mine, other),
                new TaskOrderRef(new TenantId(tenant(input, mine, other)), UUID.fromString(task), 1));
        assertRefused(forged, "TENANT_MISMATCH");

        assertThat(mine.get(task)).isEqualTo(before);
    }

    @Test
    void a_workflow_of_one_tenant_does_not_find_another_tenant_s_order() {
        Customer mine = customers.fresh();
        Customer other = customers.fresh();
        mine.onlyABannedOne();
        String task = mine.order(Customer.ONE_NET);
        JsonNode before = mine.awaitStatus(task, "QUEUED");

        WorkflowStub forged = temporal.forge(
                other.tenant() + ":prod:forged",
                other.tenant(),
                new TaskOrderRef(new TenantId(other.tenant()), UUID.fromString(task), 1));
        assertThat(forged.getResult(String.class)).isEqualTo("ORDER_UNKNOWN");

        assertThat(mine.get(task)).isEqualTo(before);
    }

    private static void assertRefused(WorkflowStub forged, String type) {
        assertThatThrownBy(() -> forged.getResult(String.class))
                .isInstanceOf(WorkflowFailedException.class)
                .satisfies(failure -> assertThat(((ApplicationFailure) failure.getCause()).getType())
                        .isEqualTo(type));
    }

    private static String tenant(String who, Customer mine, Customer other) {
        return switch (who) {
            case "mine" -> mine.tenant();
            case "other" -> other.tenant();
            default -> "";
        };
    }
}
