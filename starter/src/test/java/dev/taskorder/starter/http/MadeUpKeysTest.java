package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** Anybody can make up what looks like a key. With a database of its own, whose keys can be held. */
@FullApplication
@DirtiesContext
@TestPropertySource(
        properties = {
            TestDatabase.WANTED + "=made_up_keys",
            "taskorder.security.accept=api-keys",
            "spring.datasource.hikari.maximum-pool-size=8",
            "spring.datasource.hikari.connection-init-sql=SET lock_timeout = '60s'"
        })
class MadeUpKeysTest {
    private static final int STRANGERS = 24;
    /** A quarter of the pool. */
    private static final int LOOK_UPS_MAX = 2;

    @LocalServerPort
    int port;

    @Value("${spring.datasource.url}")
    String url;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    @Autowired
    Changes changes;

    private final SecureRandom random = new SecureRandom();
    private ExecutorService callers;
    private Http http;
    private TenantId tenant;
    private String key;

    @BeforeEach
    void somebody_whose_key_is_known_here() {
        callers = Executors.newCachedThreadPool();
        http = new Http(port, "");
        tenant = new TenantId(tenants.fresh());
        Created made = (Created)
                runner.call(tenant, () -> keys.create(new ApiKeys.NewKey("app", Role.VIEWER, null), Caller.SYSTEM));
        key = made.text();
        await().until(() -> call(key).status() == 200
                && runner.call(tenant, () -> keys.show(made.key().keyId()))
                                .orElseThrow()
                                .lastUsedAt()
                        != null);
    }

    @AfterEach
    void they_go() {
        callers.shutdownNow();
    }

    @Test
    void strangers_take_a_few_connections_and_no_more_while_who_has_a_key_is_answered() throws Exception {
        List<Future<Answer>> strangers = new ArrayList<>();
        try (Connection holder = keysHeld()) {
            for (int i = 0; i < STRANGERS; i++) {
                strangers.add(callers.submit(() -> call(madeUp())));
            }
            await().until(() -> strangers.stream().filter(Future::isDone).count() == STRANGERS - LOOK_UPS_MAX);
            assertThat(lookUps()).isEqualTo(LOOK_UPS_MAX);
            for (int i = 0; i < 20; i++) {
                assertThat(call(key).status()).isEqualTo(200);
            }

            changes.tell(tenant);
            Future<Answer> asksAgain = callers.submit(() -> call(key));
            await().until(() -> lookUps() == LOOK_UPS_MAX + 1);
            assertThat(call(madeUp()).status()).isEqualTo(503);
            holder.rollback();
            assertThat(asksAgain.get().status())
                    .as("whose key was right before is no stranger")
                    .isEqualTo(200);
        }
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> one : strangers) {
            answers.add(one.get());
        }
        assertThat(answers).filteredOn(answer -> answer.status() == 401).hasSize(LOOK_UPS_MAX);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 401)
                .hasSize(STRANGERS - LOOK_UPS_MAX)
                .allSatisfy(answer -> {
                    assertThat(answer.status()).isEqualTo(503);
                    assertThat(answer.code()).isEqualTo("unavailable");
                    assertThat(answer.header("Retry-After")).hasValue("1");
                });
    }

    @Test
    void one_that_was_looked_for_before_it_was_made_is_accepted_soon_after() {
        KeyText early = KeyText.make(TenantId.SYSTEM, random);
        assertThat(call(early.text()).status()).isEqualTo(401);
        assertThat(call(early.text()).status()).isEqualTo(401);

        runner.call(TenantId.SYSTEM, () -> keys.adopt(early, false));

        await().atMost(Duration.ofSeconds(2))
                .until(() -> call(early.text()).code().equals("tenant_required"));
    }

    /** Until the end of its transaction nobody finds any key in the database. */
    private Connection keysHeld() throws SQLException {
        Connection holder = DriverManager.getConnection(url, "taskorder_owner", "owner");
        holder.setAutoCommit(false);
        try (var statement = holder.createStatement()) {
            statement.execute("LOCK TABLE api_key IN ACCESS EXCLUSIVE MODE");
        }
        return holder;
    }

    private static int lookUps() {
        return TestDatabase.asSuperuser("made_up_keys")
                .sql("""
                SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND usename = 'taskorder_app' AND wait_event_type = 'Lock'
                """)
                .query(Integer.class)
                .single();
    }

    private String madeUp() {
        return KeyText.make(tenant, random).text();
    }

    private Answer call(String text) {
        return http.get("/v1/assets", "Authorization", "Bearer " + text);
    }
}
