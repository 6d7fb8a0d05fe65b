package dev.taskorder.activities.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.audit.AuditEntry;
import dev.taskorder.api.audit.AuditFilter;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditObject;
import dev.taskorder.api.audit.AuditRecord.AuditOrigin;
import dev.taskorder.api.audit.AuditTrail;
import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantNotBoundException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who did what, with a pool of one connection. */
class AuditLogTest {
    private static final AuditOrigin ORIGIN = new AuditOrigin("192.0.2.7", "4bf92f3577b34da6a3ce929d0e0e4736");

    private static Application application;
    private Tenant tenant;
    private AuditLog log;

    @BeforeAll
    static void one_connection() {
        application = new Application(1);
    }

    @AfterAll
    static void close() {
        application.close();
    }

    @BeforeEach
    void a_tenant_without_entries() {
        tenant = new Tenant(application);
        log = application.bean(AuditLog.class);
    }

    @Test
    void an_entry_is_read_as_it_was_written() {
        AuditRecord refused = new AuditRecord(
                "ann",
                "viewer",
                "AbCdEfGhIjKl",
                "asset.put",
                new AuditObject("asset", "a1"),
                AuditOutcome.REFUSED,
                "forbidden",
                ORIGIN);
        AuditRecord bare =
                new AuditRecord("bob", null, null, "x", null, AuditOutcome.FAILED, null, new AuditOrigin(null, null));
        write(refused);
        write(bare);

        assertThat(list(AuditFilter.ALL)).extracting(AuditEntry::act).containsExactly(bare, refused);
    }

    @Test
    void an_entry_shares_the_fate_of_the_transaction_that_is_open() {
        TenantTransactions transactions = application.bean(TenantTransactions.class);
        tenant.as(() -> transactions.in(() -> {
            log.write(act("ann", "kept", "1"));
            return 1;
        }));
        assertThatThrownBy(() -> tenant.as(() -> transactions.in(() -> {
                    log.write(act("ann", "undone", "1"));
                    throw new IllegalStateException("the change failed");
                })))
                .hasMessage("the change failed");

        assertThat(list(AuditFilter.ALL))
                .extracting(entry -> entry.act().action())
                .containsExactly("kept");
    }

    @Test
    void without_a_tenant_nothing_is_written() {
        assertThatThrownBy(() -> log.write(act("ann", "asset.put", "1"))).isInstanceOf(TenantNotBoundException.class);
        assertThatThrownBy(() -> log.writeOncePerHour(act("ann", "asset.put", "1")))
                .isInstanceOf(TenantNotBoundException.class);
    }

    @Test
    void what_is_written_for_another_tenant_is_that_tenants_alone() {
        Tenant other = new Tenant(application);
        tenant.as(() -> {
            log.writeFor(other.id(), act("ann", "tenant_mismatch", null));
            return 1;
        });
        log.writeFor(other.id(), act("ann", "unbound", null));

        assertThat(list(AuditFilter.ALL)).isEmpty();
        assertThat(other.as(() -> application
                        .bean(AuditTrail.class)
                        .list(AuditFilter.ALL, new PageRequest(50, null))
                        .items()))
                .extracting(entry -> entry.act().action())
                .containsExactly("unbound", "tenant_mismatch");
    }

    @Test
    void for_another_tenant_nothing_is_written_inside_a_transaction_which_would_wait_for_itself() {
        TenantTransactions transactions = application.bean(TenantTransactions.class);
        assertThatThrownBy(() -> tenant.as(() -> transactions.in(() -> {
                    log.writeFor(tenant.id(), act("ann", "x", null));
                    return 1;
                })))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("after its end");
    }

    @Test
    void one_entry_stands_for_all_that_one_actor_does_in_an_hour_also_where_several_write_it_at_once()
            throws Exception {
        try (Application two = new Application(4)) {
            ExecutorService threads = Executors.newFixedThreadPool(8);
            List<Callable<Integer>> writers = IntStream.range(0, 32)
                    .<Callable<Integer>>mapToObj(i -> () -> {
                        Application process = i % 2 == 0 ? application : two;
                        AuditRecord act = act("op" + i % 4, "task_order.change", null);
                        return process.as(tenant.id(), () -> {
                            process.bean(AuditLog.class).writeOncePerHour(act);
                            return 1;
                        });
                    })
                    .toList();
            for (Future<Integer> written : threads.invokeAll(writers)) {
                written.get();
            }
            threads.shutdown();
        }

        // at the turn of the hour each may stand there twice
        assertThat(list(AuditFilter.ALL)).hasSizeBetween(4, 8);
        assertThat(list(AuditFilter.ALL).stream().map(entry -> entry.act().actor()))
                .contains("op0", "op1", "op2", "op3");
    }

    @Test
    void two_keys_of_one_name_have_an_entry_each() {
        for (String key : new String[] {"first", "second", "first", null, null}) {
            tenant.as(() -> {
                log.writeOncePerHour(act("ops", key, "task_order.change", null));
                return 1;
            });
        }

        // at the turn of the hour one may stand there twice
        assertThat(list(AuditFilter.ALL)).hasSizeBetween(3, 4);
        assertThat(list(AuditFilter.ALL).stream().map(entry -> entry.act().keyId()))
                .contains("first", "second", null);
    }

    @Test
    void for_another_tenant_too_one_entry_can_stand_for_an_hour() {
        Tenant other = new Tenant(application);
        for (int i = 0; i < 3; i++) {
            tenant.as(() -> {
                log.writeOncePerHourFor(other.id(), act("temporal", "workflow.tenant_mismatch", null));
                return 1;
            });
        }
        log.writeOncePerHourFor(other.id(), act("temporal", "workflow.order_unknown", null));

        assertThat(list(AuditFilter.ALL)).isEmpty();
        assertThat(other.as(() -> application
                        .bean(AuditTrail.class)
                        .list(AuditFilter.ALL, new PageRequest(50, null))
                        .items()))
                .extracting(entry -> entry.act().action())
                .containsOnlyOnce("workflow.order_unknown") // at the turn of the hour the other may stand there twice
                .contains("workflow.tenant_mismatch")
                .hasSizeBetween(2, 3);
    }

    @Test
    void an_hours_entry_that_was_undone_is_written_again() {
        TenantTransactions transactions = application.bean(TenantTransactions.class);
        AuditRecord act = act("op", "task_order.change", null);
        assertThatThrownBy(() -> tenant.as(() -> transactions.in(() -> {
                    log.writeOncePerHour(act);
                    throw new IllegalStateException("undone");
                })))
                .hasMessage("undone");
        tenant.as(() -> {
            log.writeOncePerHour(act);
            return 1;
        });

        assertThat(list(AuditFilter.ALL)).hasSize(1);
    }

    @Test
    void every_filter_leaves_what_it_names() {
        write(act("ann", "asset.put", "a1"));
        write(act("bob", "asset.put", "a2"));
        write(new AuditRecord("bob", null, null, "budget.put", null, AuditOutcome.FAILED, null, ORIGIN));
        Instant newest = list(AuditFilter.ALL).get(0).at();

        assertThat(list(new AuditFilter("bob", null, null, null, null, null, null)))
                .hasSize(2);
        assertThat(list(new AuditFilter(null, "asset.put", null, null, null, null, null)))
                .hasSize(2);
        assertThat(list(new AuditFilter(null, null, "asset", null, null, null, null)))
                .hasSize(2);
        assertThat(list(new AuditFilter(null, null, null, "a1", null, null, null)))
                .hasSize(1);
        assertThat(list(new AuditFilter(null, null, null, null, AuditOutcome.FAILED, null, null)))
                .hasSize(1);
        assertThat(list(new AuditFilter(null, null, null, null, null, newest, null)))
                .hasSize(1);
        assertThat(list(new AuditFilter(null, null, null, null, null, null, newest)))
                .hasSize(2);
        assertThat(list(new AuditFilter("ann", "budget.put", null, null, null, null, null)))
                .isEmpty();
    }

    @Test
    void pages_have_each_entry_once_while_others_are_written() {
        IntStream.range(0, 7).forEach(i -> write(act("ann", "asset.put", "a" + i)));
        Page<AuditEntry> first = page(AuditFilter.ALL, 3, null);
        write(act("ann", "asset.put", "late"));
        Page<AuditEntry> second = page(AuditFilter.ALL, 3, first.nextCursor());
        Page<AuditEntry> third = page(AuditFilter.ALL, 3, second.nextCursor());

        assertThat(List.of(first, second, third).stream()
                        .flatMap(page -> page.items().stream())
                        .map(entry -> entry.act().object().id()))
                .containsExactly("a6", "a5", "a4", "a3", "a2", "a1", "a0");
        assertThat(third.nextCursor()).isNull();
    }

    @Test
    void a_cursor_goes_on_with_its_own_filter_and_tenant_alone() {
        write(act("ann", "asset.put", "a1"));
        write(act("ann", "asset.put", "a2"));
        String cursor = page(AuditFilter.ALL, 1, null).nextCursor();

        assertThatThrownBy(() -> page(new AuditFilter("ann", null, null, null, null, null, null), 1, cursor))
                .isInstanceOf(BadCursorException.class);
        Tenant other = new Tenant(application);
        assertThatThrownBy(() -> other.as(
                        () -> application.bean(AuditTrail.class).list(AuditFilter.ALL, new PageRequest(1, cursor))))
                .isInstanceOf(BadCursorException.class);
    }

    private static AuditRecord act(String actor, String action, @Nullable String id) {
        return act(actor, null, action, id);
    }

    private static AuditRecord act(String actor, @Nullable String keyId, String action, @Nullable String id) {
        return new AuditRecord(
                actor, "operator", keyId, action, new AuditObject("asset", id), AuditOutcome.DONE, null, ORIGIN);
    }

    private void write(AuditRecord act) {
        tenant.as(() -> {
            log.write(act);
            return 1;
        });
    }

    private List<AuditEntry> list(AuditFilter filter) {
        return page(filter, 200, null).items();
    }

    private Page<AuditEntry> page(AuditFilter filter, int limit, @Nullable String cursor) {
        return tenant.as(() -> application.bean(AuditTrail.class).list(filter, new PageRequest(limit, cursor)));
    }
}
