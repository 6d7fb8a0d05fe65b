package dev.taskorder.starter.rate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import io.github.bucket4j.TimeMeter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CreateRatesTest {
    private static final TenantId A = new TenantId("tenant_a");
    private static final TenantId B = new TenantId("tenant_b");

    private long nanos;
    private Policy.Quotas quotas = new Policy.Quotas(1, 10, 4);
    private final CreateRates rates = new CreateRates(policies(), clock());

    @BeforeEach
    void bind() {
        TenantContext.bind(A);
    }

    @AfterEach
    void clear() {
        TenantContext.clear();
    }

    @Test
    void a_burst_is_let_in_and_then_so_many_in_each_second() {
        assertThat(taken("app", 10)).isEqualTo(4);
        nanos += TimeUnit.MILLISECONDS.toNanos(200);
        assertThat(taken("app", 10)).isEqualTo(2);
        nanos += TimeUnit.SECONDS.toNanos(60);
        assertThat(taken("app", 10)).isEqualTo(4);
    }

    @Test
    void every_tenant_has_a_bucket_of_its_own_which_its_keys_share() {
        assertThat(taken("k1", 10)).isEqualTo(4);
        assertThat(taken("k2", 10)).isZero();
        TenantContext.bind(B);
        assertThat(taken("k1", 10)).isEqualTo(4);
        assertThat(taken("k1", 10)).isZero();
    }

    @Test
    void while_several_keys_create_one_of_them_leaves_the_others_room() {
        quotas = new Policy.Quotas(1, 10, 100);
        assertThat(taken("calm", 1)).isEqualTo(1);
        assertThat(taken("runaway", 1000)).isEqualTo(80);
        assertThat(rates.of("runaway").takeOne()).isFalse();
        assertThat(rates.of("runaway").problem().toString()).contains("four fifths");
        assertThat(taken("calm", 1000)).isEqualTo(19);

        nanos += TimeUnit.MINUTES.toNanos(2);
        assertThat(taken("runaway", 1000)).as("what came back until then").isEqualTo(80);
        nanos += TimeUnit.MINUTES.toNanos(2);
        assertThat(taken("runaway", 1000)).as("alone").isEqualTo(100);
    }

    @Test
    void a_key_that_comes_when_the_others_rest_has_all_there_is() {
        quotas = new Policy.Quotas(1, 10, 100);
        assertThat(taken("first", 1)).isEqualTo(1);
        nanos += TimeUnit.MINUTES.toNanos(1);
        assertThat(taken("second", 1000)).isEqualTo(100);
        nanos += TimeUnit.SECONDS.toNanos(30);
        assertThat(taken("first", 1000)).as("both create again").isEqualTo(80);
    }

    @Test
    void another_policy_is_in_force_at_once_and_gives_no_second_burst() {
        assertThat(taken("app", 3)).isEqualTo(3);
        quotas = new Policy.Quotas(1, 10, 100);
        assertThat(taken("app", 10)).isEqualTo(1);
        quotas = new Policy.Quotas(1, 1000, 100);
        assertThat(taken("app", 10)).isZero();
        nanos += TimeUnit.MILLISECONDS.toNanos(50);
        assertThat(taken("app", 1000)).isEqualTo(50);
    }

    @Test
    void however_many_keys_a_tenant_has_it_gets_no_more_and_other_tenants_buckets_stay_as_they_are() {
        quotas = new Policy.Quotas(1, 10, 100);
        TenantContext.bind(B);
        assertThat(taken("calm", 1)).isEqualTo(1);
        assertThat(taken("runaway", 1000)).isEqualTo(80);

        TenantContext.bind(A);
        int let = 0;
        for (int i = 0; i < 20_000; i++) {
            let += taken("k" + i, 1);
        }
        assertThat(let).isEqualTo(100);
        assertThat(rates.keysKept()).isEqualTo(100);

        TenantContext.bind(B);
        assertThat(taken("runaway", 1000)).as("what one key has").isZero();
        assertThat(taken("calm", 1000)).as("what is left of the tenant's").isEqualTo(19);
    }

    @Test
    void a_key_that_creates_on_is_not_displaced_by_however_many_others_of_its_tenant() {
        quotas = new Policy.Quotas(1, 10, 1000);
        assertThat(taken("calm", 1)).isEqualTo(1);
        assertThat(taken("runaway", 1000)).isEqualTo(800);
        for (int i = 0; i < 150; i++) {
            assertThat(taken("k" + i, 1)).isEqualTo(1);
            assertThat(taken("runaway", 1)).isZero();
        }
    }

    @Test
    void who_stays_away_finds_what_came_back_meanwhile_and_no_more() {
        quotas = new Policy.Quotas(1, 1, 10_000);
        assertThat(taken("app", 10_000)).isEqualTo(10_000);
        nanos += TimeUnit.HOURS.toNanos(2);
        assertThat(taken("app", 10_000)).isEqualTo(7200);
        nanos += TimeUnit.DAYS.toNanos(2);
        assertThat(taken("app", 20_000)).isEqualTo(10_000);
    }

    @Test
    void a_tenant_s_bucket_stays_as_it_is_among_tens_of_thousands() {
        assertThat(taken("app", 10)).isEqualTo(4);
        for (int i = 0; i < 50_000; i++) {
            TenantContext.bind(new TenantId("tenant_" + i));
            rates.of("app");
        }
        TenantContext.bind(A);
        assertThat(taken("app", 10)).isZero();
    }

    private int taken(String key, int tokens) {
        return rates.of(key).takeUpTo(tokens);
    }

    private Policies policies() {
        return () -> new ActivePolicy(
                1,
                new Policy(
                        List.of("*"),
                        List.of("prod"),
                        List.of("*"),
                        "EUR",
                        quotas,
                        new Policy.Defaults(2, "RELEASE", 1, 1, 1, 1, 1, 1, null),
                        new Policy.Value(80, BigDecimal.TEN),
                        List.of(),
                        new Policy.AssetHealth(Map.of(), 3600, 60_000, 3_600_000, 5),
                        new Policy.RetainedLeases(3600, 80),
                        new Policy.Budget(Map.of(), List.of()),
                        List.of(),
                        List.of(),
                        null,
                        null,
                        new Policy.Retention(7, 30)));
    }

    private TimeMeter clock() {
        return new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nanos;
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
    }
}
