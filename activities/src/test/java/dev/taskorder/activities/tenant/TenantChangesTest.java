package dev.taskorder.activities.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.TenantStatus;
import dev.taskorder.api.tenant.Tenants;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What one process changes of a tenant counts in another, which asks the database nothing as long as nothing changes. */
class TenantChangesTest {
    private static final Duration IN_FORCE = Duration.ofSeconds(2);
    private static final AtomicInteger ASKED = new AtomicInteger();
    private static Application other;

    private final Application application = Application.shared();
    private final JdbcClient superuser = TestDatabase.get().superuser();
    private final TenantId tenant = application.newTenant();

    @BeforeAll
    static void another_process() {
        other = new Application(2, source -> new DelegatingDataSource(source) {
            @Override
            public Connection getConnection() throws SQLException {
                ASKED.incrementAndGet();
                return super.getConnection();
            }
        });
    }

    @AfterAll
    static void is_over() {
        other.close();
    }

    @Test
    void a_change_by_another_process_is_in_force_within_two_seconds() {
        heard();
        for (String status : List.of("SUSPENDED", "ACTIVE", "SUSPENDED")) {
            change("status = '" + status + "'");
            await().atMost(IN_FORCE).until(() -> status().name().equals(status));
        }
    }

    @Test
    void another_policy_is_in_force_within_two_seconds() {
        heard();
        assertThat(activePolicy()).isEqualTo(1);
        superuser
                .sql("INSERT INTO tenant_policy (tenant_id, version, body) "
                        + "SELECT tenant_id, 2, body FROM tenant_policy WHERE tenant_id = :t")
                .param("t", tenant.value())
                .update();
        change("active_policy = 2");
        await().atMost(IN_FORCE).until(() -> activePolicy() == 2);
    }

    @Test
    void a_tenant_that_was_not_there_is_seen_when_it_is_made() {
        heard();
        TenantId later = new TenantId(tenant + "-later");
        assertThat(other.bean(Tenants.class).find(later)).isEmpty();
        application.as(later, () -> application
                .bean(dev.taskorder.activities.policy.TenantRegistry.class)
                .register(later, "Later"));
        await().atMost(IN_FORCE)
                .until(() -> other.bean(Tenants.class).find(later).isPresent());
    }

    @Test
    void a_change_that_a_lost_connection_missed_is_in_force_all_the_same() {
        heard();
        for (int i = 0; i < 3; i++) {
            String status = i % 2 == 0 ? "SUSPENDED" : "ACTIVE";
            assertThat(status().name()).isNotEqualTo(status);
            superuser
                    .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")
                    .query()
                    .listOfRows();
            change("status = '" + status + "'");
            await().atMost(IN_FORCE).until(() -> status().name().equals(status));
        }
    }

    @Test
    void a_change_that_a_silent_connection_never_tells_is_in_force_all_the_same() throws Exception {
        heard();
        assertThat(status()).isEqualTo(TenantStatus.ACTIVE);
        List<Integer> listening = superuser
                .sql("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %' OR query = ''")
                .query(Integer.class)
                .list();
        signal("-STOP", listening);
        try {
            change("status = 'SUSPENDED'");
            await().atMost(IN_FORCE).until(() -> status() == TenantStatus.SUSPENDED);
        } finally {
            signal("-CONT", listening);
        }
    }

    @Test
    void nothing_is_asked_of_what_is_known() {
        heard();
        assertThat(status()).isEqualTo(TenantStatus.ACTIVE);
        assertThat(activePolicy()).isEqualTo(1);
        int before = ASKED.get();
        for (int i = 0; i < 1000; i++) {
            status();
            activePolicy();
        }
        assertThat(ASKED.get()).isEqualTo(before);
    }

    @Test
    void a_tenant_whose_time_is_up_has_expired_without_being_told() {
        heard();
        change("expires_at = clock_timestamp() + interval '1 second'");
        await().atMost(IN_FORCE).until(() -> other.bean(Tenants.class)
                .find(tenant)
                .filter(view -> view.expiresAt() != null)
                .isPresent());
        await().atMost(IN_FORCE).until(() -> status() == TenantStatus.EXPIRED);
    }

    @Test
    void the_installation_is_a_tenant_that_nobody_can_name() {
        assertThat(application.bean(Tenants.class).find(TenantId.SYSTEM)).isPresent();
        assertThat(TenantId.isWellFormed(TenantId.SYSTEM.value())).isFalse();
    }

    private static void heard() {
        await().until(() -> other.bean(Changes.class).areHeard());
    }

    private TenantStatus status() {
        return other.bean(Tenants.class).find(tenant).orElseThrow().status();
    }

    private int activePolicy() {
        return other.as(tenant, () -> other.bean(Policies.class).active().version());
    }

    private void change(String what) {
        superuser
                .sql("UPDATE tenant SET " + what + " WHERE tenant_id = :t")
                .param("t", tenant.value())
                .update();
    }

    private static void signal(String which, List<Integer> pids) throws IOException, InterruptedException {
        for (int pid : pids) {
            assertThat(new ProcessBuilder("kill", which, String.valueOf(pid))
                            .start()
                            .waitFor())
                    .isZero();
        }
    }
}
