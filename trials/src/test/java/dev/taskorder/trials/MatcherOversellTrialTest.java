package dev.taskorder.trials;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What finds nothing in a million claims has to find what is there. */
class MatcherOversellTrialTest {
    private static final String LEASE = """
            INSERT INTO lease (tenant_id, lease_id, task_id, asset_id, slot_no, hint_index, state, acquired_at, expires_at,
                   released_at, unit_cost, currency, sku_category, sku_code, decision)
            SELECT tenant_id, uuidv7(), task_id, asset_id, %d, 0, 'RELEASED', %s, expires_at, %s,
                   unit_cost, currency, sku_category, sku_code, decision
              FROM lease
             WHERE state = 'ACTIVE'
            """;

    @Test
    void a_lease_more_than_an_asset_has_room_for_is_found_and_one_after_the_other_is_not() throws Exception {
        try (OwnPostgres postgres = OwnPostgres.startRelaxed();
                QueuedTenant tenant = new QueuedTenant(postgres, "oversold", 4)) {
            tenant.asset("net.001", 1);
            tenant.line(0, "p0", "net.001");
            tenant.matched();
            tenant.sql()
                    .sql(LEASE.formatted(1, "acquired_at - interval '1 second'", "acquired_at"))
                    .update();
            assertThat(tenant.count(MatcherOversellTrial.OVERSOLD)).isZero();
            assertThat(tenant.count(MatcherOversellTrial.SLOTS_SHARED)).isZero();

            tenant.sql()
                    .sql(LEASE.formatted(
                            2, "acquired_at + interval '1 millisecond'", "acquired_at + interval '2 milliseconds'"))
                    .update();
            assertThat(tenant.count(MatcherOversellTrial.OVERSOLD)).isEqualTo(1);
            assertThat(tenant.count(MatcherOversellTrial.SLOTS_SHARED)).isZero();

            tenant.sql()
                    .sql(LEASE.formatted(
                            1, "acquired_at - interval '1 millisecond'", "acquired_at + interval '1 second'"))
                    .update();
            assertThat(tenant.count(MatcherOversellTrial.SLOTS_SHARED)).isPositive();
        }
    }
}
