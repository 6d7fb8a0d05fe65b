package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.lease.LeaseDecision.Considered;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.page.PageRequest;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

/** What a grant writes, whom it may choose, and that it is whole or not at all. */
class GrantTest {
    private static final BigDecimal FULL_HEALTH = new BigDecimal("100");

    private final Tenant tenant = Tenant.fresh();

    @Test
    void an_asset_of_another_currency_does_not_serve() {
        tenant.asset("euro", "RAW_NET", "ip.1", 1, "1");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET currency = 'EUR'").update());
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        TaskOrder dollars = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        assertThat(tenant.admitted(dollars)).isInstanceOf(Verdict.Await.class);
        TaskOrder euros = tenant.created(
                anOrder().wanting("RAW_NET", null, 1).currency("EUR").spec());
        assertThat(tenant.admitted(euros)).isInstanceOf(Verdict.Execute.class);
        tenant.asset("dollar", "RAW_NET", "ip.2", 1, "9");
        assertThat(lease(dollars).assetId()).isEqualTo("dollar");
    }

    @Test
    void a_grant_that_fails_in_the_middle_leaves_nothing_and_keeps_nobody_else_waiting() {
        tenant.asset("b-ip", "RAW_NET", "ip.1", 3, "1");
        tenant.bannedAsset("away", "RAW_FUND", "vcc.9");
        TaskOrder ill = tenant.waiting(wantingBoth());
        TaskOrder well = tenant.waiting(wantingBoth());
        // a live lease that its order does not know of: the card is leased, then the same asset a second time
        tenant.sql(jdbc -> jdbc.sql("""
                INSERT INTO lease (lease_id, task_id, asset_id, slot_no, hint_index, acquired_at, expires_at, unit_cost,
                       currency, sku_category, sku_code, decision)
                VALUES (gen_random_uuid(), :task, 'b-ip', 1, 0, now(), now() + interval '1 hour', 1, 'USD', 'RAW_NET',
                       'ip.1', '{}')
                """).param("task", ill.taskId()).update());
        Map<String, Object> before = rowOf(ill);

        tenant.asset("a-card", "RAW_FUND", "vcc.1", 2, "1");

        assertThat(rowOf(ill)).isEqualTo(before).containsEntry("status", "QUEUED");
        assertThat(tenant.count("lease", ill.taskId())).isEqualTo(1);
        assertThat(tenant.count("attempt", ill.taskId())).isZero();
        assertThat(tenant.count("outbox", ill.taskId())).isZero();
        assertThat(eventsOf(ill)).containsExactly("task_order.created", "task_order.queued");
        assertThat(tenant.statusOf(well)).isEqualTo(Status.RUNNING);

        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE lease SET state = 'REVOKED', released_at = clock_timestamp() WHERE task_id = :task")
                .param("task", ill.taskId())
                .update());
        tenant.asset("a-card", "RAW_FUND", "vcc.1", 3, "1");
        assertThat(rowOf(ill)).containsEntry("status", Status.RUNNING.name()).containsEntry("attempt", 1);
        assertThat(tenant.count("lease", ill.taskId())).isEqualTo(3);
    }

    @Test
    void an_admit_that_meets_an_order_that_cannot_be_granted_fails_once_and_is_then_served() {
        tenant.asset("b-ip", "RAW_NET", "ip.1", 3, "1");
        tenant.bannedAsset("away", "RAW_FUND", "vcc.9");
        TaskOrder ill = tenant.waiting(wantingBoth());
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'AVAILABLE', max_concurrency = 3")
                .update());
        tenant.sql(jdbc -> jdbc.sql("""
                INSERT INTO lease (lease_id, task_id, asset_id, slot_no, hint_index, acquired_at, expires_at, unit_cost,
                       currency, sku_category, sku_code, decision)
                VALUES (gen_random_uuid(), :task, 'b-ip', 1, 0, now(), now() + interval '1 hour', 1, 'USD', 'RAW_NET',
                       'ip.1', '{}')
                """).param("task", ill.taskId()).update());
        TaskOrder next = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());

        assertThatThrownBy(() -> tenant.admitted(next)).isInstanceOf(DuplicateKeyException.class);
        assertThat(tenant.admitted(next)).isInstanceOf(Verdict.Execute.class);
    }

    private static Orders wantingBoth() {
        return anOrder().wanting("RAW_FUND", null, 1).wanting("RAW_NET", null, 1);
    }

    @Test
    void the_lease_of_ordinary_work_says_that_it_is_the_cheapest_free_and_what_excluded_the_others() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "0.5");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "2");
        granted(50);
        TaskOrder next = granted(50);
        assertThat(lease(next).assetId()).isEqualTo("dear");
        assertThat(lease(next).decision())
                .isEqualTo(new LeaseDecision(
                        "cheapest first, then healthiest",
                        List.of(
                                new Considered("cheap", new BigDecimal("0.5"), FULL_HEALTH, "no_free_slot"),
                                new Considered("dear", new BigDecimal("2"), FULL_HEALTH, null)),
                        Map.of()));
    }

    @Test
    void the_lease_of_valuable_work_says_that_it_is_the_healthiest() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "0.5");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "2");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 60.5 WHERE asset_id = 'cheap'")
                .update());
        assertThat(lease(granted(80)).decision())
                .isEqualTo(new LeaseDecision(
                        "healthiest first, then cheapest",
                        List.of(
                                new Considered("dear", new BigDecimal("2"), FULL_HEALTH, null),
                                new Considered("cheap", new BigDecimal("0.5"), new BigDecimal("60.5"), null)),
                        Map.of()));
    }

    @Test
    void the_lease_of_valuable_work_that_can_pay_only_the_cheapest_says_so() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "0.5");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "2");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 60 WHERE asset_id = 'cheap'")
                .update());
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .priority(80)
                .maxTotalCost("1.99")
                .spec());
        tenant.admitted(order);
        assertThat(lease(order).assetId()).isEqualTo("cheap");
        assertThat(lease(order).decision().reason())
                .isEqualTo("cheapest first, then healthiest, as the budget allows no better");
    }

    @Test
    void of_many_assets_the_best_twenty_are_told() {
        for (int assets : new int[] {19, 20, 21}) {
            IntStream.rangeClosed(1, assets)
                    .forEach(i -> tenant.asset("ip-%02d".formatted(i), "RAW_NET", "ip." + i, 5, Integer.toString(i)));
            assertThat(lease(granted(50)).decision().considered())
                    .extracting(Considered::assetId)
                    .hasSize(Math.min(assets, LeaseDecision.CONSIDERED_MAX))
                    .isSorted();
        }
    }

    @Test
    void a_lease_tells_what_excluded_each_of_the_others() {
        Map<String, Object> british = Map.of("geo", "GB");
        tenant.asset("chosen", "RAW_NET", "ip.1", 1, "1", british);
        tenant.asset("another-sku", "RAW_NET", "xp.1", 1, "1", british);
        tenant.asset("american", "RAW_NET", "ip.2", 1, "1", Map.of("geo", "US"));
        tenant.asset("nowhere", "RAW_NET", "ip.2", 1, "1");
        tenant.asset("euro", "RAW_NET", "ip.3", 1, "1", british);
        tenant.asset("weak", "RAW_NET", "ip.4", 1, "1", british);
        tenant.bannedAsset("banned", "RAW_NET", "ip.5", british);
        tenant.asset("of-another-category", "RAW_FUND", "ip.6", 1, "1", british);
        tenant.sql(jdbc -> jdbc.sql("""
                UPDATE asset SET currency = CASE asset_id WHEN 'euro' THEN 'EUR' ELSE currency END,
                       health_score = CASE asset_id WHEN 'weak' THEN 49.9 ELSE health_score END
                """).update());
        TaskOrder order = tenant.created(anOrder()
                .wanting(new ResourceHint("RAW_NET", "ip.*", 1, british))
                .constraint("min_health_score", 50)
                .spec());
        tenant.admitted(order);

        assertThat(lease(order).decision().considered().stream().map(one -> one.assetId() + " " + one.excludedBy()))
                .containsExactly(
                        "chosen null",
                        "weak health_score",
                        "banned banned",
                        "american attributes.geo",
                        "nowhere attributes.geo",
                        "euro currency",
                        "another-sku sku_code");
        assertThat(lease(order).decision().notShown()).isEmpty();
    }

    @Test
    void the_timeline_shows_the_decision_and_its_alternatives() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "0.5");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "2");
        granted(50);
        TaskOrder next = granted(50);
        TimelineEvent acquired = tenant
                .as(() -> Application.shared().bean(Timeline.class).ofOrder(next.taskId(), new PageRequest(200, null)))
                .orElseThrow()
                .items()
                .stream()
                .filter(event -> event.type().equals("lease.acquired"))
                .findFirst()
                .orElseThrow();
        assertThat(acquired.text())
                .isEqualTo("Leased dear for 2 USD: cheapest first, then healthiest; 2 assets considered.");
        assertThat(acquired.data().get("decision").toString())
                .contains("asset_id=cheap")
                .contains("excluded_by=no_free_slot")
                .contains("asset_id=dear");
    }

    @Test
    void those_behind_the_first_twenty_are_counted_by_what_excluded_them() {
        IntStream.rangeClosed(1, 22)
                .forEach(i -> tenant.asset("ip-%02d".formatted(i), "RAW_NET", "ip." + i, 5, Integer.toString(i)));
        IntStream.rangeClosed(1, 3).forEach(i -> tenant.bannedAsset("banned-" + i, "RAW_NET", "ip"));
        assertThat(lease(granted(50)).decision().notShown()).isEqualTo(Map.of("ranked_lower", 2, "banned", 3));
    }

    private TaskOrder granted(int priority) {
        TaskOrder order = tenant.created(
                anOrder().wanting("RAW_NET", null, 1).priority(priority).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    private Lease lease(TaskOrder order) {
        return tenant.leases(order.taskId()).get(0);
    }

    private Map<String, Object> rowOf(TaskOrder order) {
        return tenant.sql(
                jdbc -> jdbc.sql("""
                SELECT status, task_version, attempt, lease_ids::text, started_at, deadline, updated_at
                  FROM task_order WHERE task_id = :task
                """).param("task", order.taskId()).query().singleRow());
    }

    private List<String> eventsOf(TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT type FROM task_event WHERE object_id = :task ORDER BY event_no")
                .param("task", order.taskId().toString())
                .query(String.class)
                .list());
    }
}
