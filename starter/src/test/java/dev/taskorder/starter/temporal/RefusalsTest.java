package dev.taskorder.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private static final TenantId THERE = new TenantId("there");

    private final List<String> written = new ArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Refusals refusals = new Refusals(new OneTenant(), new Written(), metrics);

    @Test
    void a_refusal_ends_its_workflow_and_stands_in_the_audit_log_of_the_tenant_that_the_id_names() {
        ApplicationFailure failure = refusals.refused(FailureType.TENANT_MISMATCH, of("there:prod:key"), "why");
        assertThat(failure.isNonRetryable()).isTrue();
        assertThat(failure.getType()).isEqualTo("TENANT_MISMATCH");
        assertThat(written)
                .containsExactly("there: temporal workflow.tenant_mismatch workflow there:prod:key tenant_mismatch");
        assertThat(refusedFor("tenant_mismatch")).isEqualTo(1);
        assertThat(refusedFor("not_of_order")).isZero();
    }

    @Test
    void an_id_that_names_no_tenant_or_one_that_is_not_there_is_counted_only() {
        var unused = refusals.refused(FailureType.TENANT_MISMATCH, of("nobody:prod:key"), "why");
        unused = refusals.refused(FailureType.TENANT_MISMATCH, of("no colon"), "why");
        unused = refusals.refused(FailureType.TENANT_MISMATCH, null, "why");
        assertThat(written).isEmpty();
        assertThat(refusedFor("tenant_mismatch")).isEqualTo(3);
    }

    @Test
    void an_id_is_written_without_what_the_database_cannot_keep_and_not_longer_than_ours() {
        var unused = refusals.refused(FailureType.NOT_OF_ORDER, of("there:\u0000\n\ud800" + "x".repeat(300)), "why");
        assertThat(written).singleElement().asString().contains("there:???xxx").hasSizeLessThan(400);
    }

    @Test
    void what_cannot_be_written_down_is_not_refused_for_good_so_that_it_comes_again() {
        Refusals unwritable = new Refusals(new OneTenant(), new Unwritable(), metrics);
        assertThatThrownBy(() -> {
                    throw unwritable.refused(FailureType.TENANT_MISMATCH, of("there:prod:key"), "why");
                })
                .isInstanceOf(IllegalStateException.class);
    }

    private double refusedFor(String code) {
        return metrics.counter("taskorder.activities.refused", "code", code).count();
    }

    private static ActivityInfo of(String workflowId) {
        Map<String, Object> told = Map.of("getWorkflowId", workflowId, "getActivityType", "order:Admit");
        return (ActivityInfo) Proxy.newProxyInstance(
                RefusalsTest.class.getClassLoader(),
                new Class<?>[] {ActivityInfo.class},
                (proxy, method, arguments) -> told.get(method.getName()));
    }

    static final class OneTenant implements Tenants {
        @Override
        public Optional<TenantView> find(TenantId tenant) {
            return tenant.equals(THERE)
                    ? Optional.of(new TenantView(tenant, "There", TenantStatus.ACTIVE, null, 1, null))
                    : Optional.empty();
        }
    }

    private class Written implements AuditLog {
        @Override
        public void write(AuditRecord act) {
            throw new AssertionError();
        }

        @Override
        public void writeOncePerHour(AuditRecord act) {
            throw new AssertionError();
        }

        @Override
        public void writeFor(TenantId owner, AuditRecord act) {
            throw new AssertionError();
        }

        @Override
        public void writeOncePerHourFor(TenantId owner, AuditRecord act) {
            assertThat(act.outcome()).isEqualTo(AuditOutcome.REFUSED);
            written.add(owner + ": " + act.actor() + " " + act.action() + " "
                    + act.object().type() + " " + act.object().id() + " " + act.code());
        }
    }

    private final class Unwritable extends Written {
        @Override
        public void writeOncePerHourFor(TenantId owner, AuditRecord act) {
            throw new IllegalStateException("the store is away");
        }
    }
}
