package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.CreateResult.Objection;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Demand that the whole pool could not serve even if idle: refused when it comes, ended when it has become so. */
class NeverSatisfiableTest {
    private static final Map<String, Object> GB = Map.of("geo", "GB");

    private final Tenant tenant = Tenant.fresh();

    @Test
    void an_order_that_an_empty_pool_cannot_serve_is_refused_and_nothing_is_stored() {
        assertThat(refused(wantingAny().key("k")))
                .containsExactly(
                        new Objection("/resource_hints/0", "wants 1 asset of RAW_NET; there is none in the category"));
        assertThat(countOf("task_order")).isZero();
        assertThat(countOf("task_event")).isZero();
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        assertThat(tenant.created(wantingAny().key("k").spec()).state().status())
                .isEqualTo(Status.PENDING);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sku_code = 'ip.us.1'                    | 1 has another sku_code, 0 have a currency other than USD, 0 retired
            currency = 'EUR'                        | 0 have another sku_code, 1 has a currency other than USD, 0 retired
            attributes = '{"geo": "FR"}'            | 0 have another sku_code, 0 have a currency other than USD, 1 lacks attribute geo='GB', 0 retired
            attributes = '{}'                       | 0 have another sku_code, 0 have a currency other than USD, 1 lacks attribute geo='GB', 0 retired
            status = 'RETIRED'                      | 0 have another sku_code, 0 have a currency other than USD, 1 retired
            sku_code = 'ip.us.1', status = 'RETIRED'| 1 has another sku_code, 0 have a currency other than USD, 0 retired
            """)
    void each_asset_is_counted_under_what_excludes_it(String change, String counted) {
        tenant.asset("ip", "RAW_NET", "ip.uk.1", 1, "1", GB);
        TaskOrderSpec spec =
                anOrder().wanting(new ResourceHint("RAW_NET", "ip.uk.*", 1, GB)).spec();
        assertThat(created(spec)).isInstanceOf(CreateResult.Created.class);
        change(change);
        assertThat(refused(anOrder().wanting(new ResourceHint("RAW_NET", "ip.uk.*", 1, GB))))
                .containsExactly(new Objection(
                        "/resource_hints/0",
                        "wants 1 asset of RAW_NET ip.uk.*; of 1 in the category " + counted + "; 0 fit"));
    }

    @Test
    void an_asset_of_another_category_or_env_is_none_of_those_counted() {
        tenant.asset("card", "RAW_FUND", "vcc.1", 1, "1");
        assertThat(refused(wantingAny()).get(0).message()).endsWith("there is none in the category");
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        assertThat(refused(wantingAny().env("dev")).get(0).message()).endsWith("there is none in the category");
    }

    @Test
    void a_datacenter_does_not_serve_where_it_is_forbidden_and_does_not_become_another_by_waiting() {
        tenant.asset("dc", "RAW_NET", "ip.1", 1, "1", Map.of("no_datacenter", false));
        assertThat(created(wantingAny().spec())).isInstanceOf(CreateResult.Created.class);
        assertThat(refused(wantingAny().constraint("no_datacenter_ip", true))
                        .get(0)
                        .message())
                .contains("1 lacks attribute no_datacenter=true, which the constraint no_datacenter_ip demands");
        ResourceHint contradiction = new ResourceHint("RAW_NET", null, 1, Map.of("no_datacenter", false));
        assertThat(refused(anOrder().wanting(contradiction).constraint("no_datacenter_ip", true))
                        .get(0)
                        .message())
                .contains("1 lacks attribute no_datacenter=false, which the constraint no_datacenter_ip forbids");
        tenant.asset("card", "RAW_FUND", "vcc.1", 1, "1");
        assertThat(created(anOrder()
                        .wanting("RAW_FUND", null, 1)
                        .constraint("no_datacenter_ip", true)
                        .spec()))
                .isInstanceOf(CreateResult.Created.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status = 'BANNED'",
                "status = 'COOLING_DOWN', cool_until = now() + interval '1 hour'",
                "health_score = 1"
            })
    void an_asset_that_may_come_back_lets_the_order_wait(String change) {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        change(change);
        TaskOrder order =
                tenant.created(wantingAny().constraint("min_health_score", 50).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class);
    }

    @Test
    void min_count_wants_distinct_assets_however_many_slots_one_has() {
        tenant.asset("ip", "RAW_NET", "ip.1", 100, "1");
        assertThat(refused(anOrder().wanting("RAW_NET", null, 2)).get(0).message())
                .isEqualTo("wants 2 assets of RAW_NET; of 1 in the category 0 have another sku_code,"
                        + " 0 have a currency other than USD, 0 retired; 1 fits");
        tenant.bannedAsset("ip-2", "RAW_NET", "ip.2");
        assertThat(created(anOrder().wanting("RAW_NET", null, 2).spec())).isInstanceOf(CreateResult.Created.class);
    }

    @Test
    void two_hints_that_only_one_asset_fits_are_both_named() {
        tenant.asset("both", "RAW_NET", "ip.uk.1", 4, "1", GB);
        tenant.asset("card", "RAW_FUND", "vcc.1", 4, "1");
        Orders wanting = anOrder()
                .wanting(new ResourceHint("RAW_NET", null, 1, GB))
                .wanting("RAW_FUND", null, 1)
                .wanting("RAW_NET", "ip.uk.*", 1);
        List<Objection> hints = refused(wanting);
        assertThat(hints).extracting(Objection::pointer).containsExactly("/resource_hints/0", "/resource_hints/2");
        assertThat(hints.get(0).message())
                .endsWith("1 fits; together with /resource_hints/2 it wants 2 distinct assets, and 1 fits any of them");
        tenant.asset("other", "RAW_NET", "ip.us.1", 4, "1", GB);
        assertThat(created(wanting.spec())).isInstanceOf(CreateResult.Created.class);
    }

    @Test
    void attributes_are_compared_as_the_matcher_compares_them() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1", Map.of("tier", 1, "clean", true));
        TaskOrder order = tenant.created(anOrder()
                .wanting(new ResourceHint("RAW_NET", "ip.1", 1, Map.of("tier", new BigDecimal("1.0"))))
                .spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        assertThat(refused(anOrder().wanting(new ResourceHint("RAW_NET", "ip.1", 1, Map.of("clean", "true"))))
                        .get(0)
                        .message())
                .contains("1 lacks attribute clean='true'");
        assertThat(refused(anOrder().wanting("RAW_NET", "ip_1*", 1))).hasSize(1);
        assertThat(refused(anOrder().wanting("RAW_NET", "ip", 1))).hasSize(1);
        assertThat(refused(anOrder().wanting("RAW_NET", "ip.1.*", 1))).hasSize(1);
        assertThat(created(anOrder().wanting("RAW_NET", "ip.1*", 1).spec())).isInstanceOf(CreateResult.Created.class);
    }

    @Test
    void a_repeat_is_answered_as_ever_though_nothing_could_serve_it_any_more() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder order = tenant.created(wantingAny().key("k").spec());
        change("status = 'RETIRED'");
        assertThat(created(wantingAny().key("k").spec()))
                .isEqualTo(new CreateResult.Replayed(tenant.find(order.taskId())));
        assertThat(created(wantingAny().key("k").priority(1).spec()))
                .isEqualTo(new CreateResult.KeyReused(List.of("priority")));
    }

    @Test
    void policy_is_asked_before_the_pool() {
        assertThat(created(wantingAny().taskType("UNKNOWN").spec())).isInstanceOf(CreateResult.NotAllowed.class);
    }

    @Test
    void in_a_batch_only_what_cannot_be_served_is_refused() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        List<CreateResult> results = tenant.create(List.of(
                anOrder().wanting("RAW_FUND", null, 1).spec(),
                wantingAny().spec(),
                anOrder().spec(),
                wantingAny().env("dev").spec(),
                anOrder().wanting("RAW_NET", null, 2).spec(),
                wantingAny().taskType("UNKNOWN").spec(),
                wantingAny().spec()));
        assertThat(results)
                .extracting(result -> result.getClass().getSimpleName())
                .containsExactly(
                        "NeverSatisfiable",
                        "Created",
                        "Created",
                        "NeverSatisfiable",
                        "NeverSatisfiable",
                        "NotAllowed",
                        "Created");
    }

    @Test
    void a_class_whose_last_asset_is_retired_ends_with_the_reason_while_others_go_on() {
        tenant.asset("uk", "RAW_NET", "ip.uk.1", 1, "1");
        tenant.asset("us", "RAW_NET", "ip.us.1", 1, "1");
        TaskOrder onUk = admitted(anOrder().wanting("RAW_NET", "ip.uk.*", 1), Verdict.Execute.class);
        admitted(anOrder().wanting("RAW_NET", "ip.us.*", 1), Verdict.Execute.class);
        List<TaskOrder> hopeless = Stream.generate(
                        () -> admitted(anOrder().wanting("RAW_NET", "ip.uk.*", 1), Verdict.Await.class))
                .limit(40)
                .toList();
        TaskOrder waits = admitted(anOrder().wanting("RAW_NET", "ip.us.*", 1), Verdict.Await.class);

        put("uk", "ip.uk.1", "USD", Map.of(), AssetStatus.RETIRED);

        assertThat(hopeless)
                .allSatisfy(order -> assertEndedWithoutResource(
                        order,
                        "/resource_hints/0 can no longer be served: it wants 1 asset of RAW_NET ip.uk.*; of 2 in the category"
                                + " 1 has another sku_code, 0 have a currency other than USD, 1 retired; 0 fit"));
        assertThat(statusOf(onUk)).isEqualTo(Status.RUNNING);
        assertThat(statusOf(waits)).isEqualTo(Status.QUEUED);
        assertThat(tenant.count("outbox", hopeless.get(0).taskId())).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"ip.us.1, USD, GB", "ip.uk.1, EUR, GB", "ip.uk.1, USD, FR"})
    void an_asset_that_is_made_another_ends_who_waits_for_what_it_was(String sku, String currency, String geo) {
        put("uk", "ip.uk.1", "USD", GB, AssetStatus.BANNED);
        TaskOrder order =
                admitted(anOrder().wanting(new ResourceHint("RAW_NET", "ip.uk.*", 1, GB)), Verdict.Await.class);
        put("uk", sku, currency, Map.of("geo", geo), AssetStatus.BANNED);
        assertThat(statusOf(order)).isEqualTo(Status.FAILED);
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("NO_RESOURCE");
    }

    @Test
    void an_order_whose_asset_went_before_it_was_admitted_ends_at_its_admission() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder order = tenant.created(wantingAny().spec());
        put("ip", "ip.1", "USD", Map.of(), AssetStatus.RETIRED);
        assertThat(statusOf(order)).isEqualTo(Status.PENDING);
        assertThat(tenant.admitted(order)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("NO_RESOURCE");
    }

    @Test
    void another_tenant_s_assets_neither_serve_nor_show() {
        Tenant other = Tenant.fresh();
        other.asset("theirs", "RAW_NET", "ip.1", 4, "1");
        assertThat(refused(wantingAny()).get(0).message()).endsWith("there is none in the category");
        tenant.asset("mine", "RAW_NET", "ip.mine", 1, "1");
        assertThat(refused(anOrder().wanting("RAW_NET", "ip.1", 1)).get(0).message())
                .isEqualTo("wants 1 asset of RAW_NET ip.1; of 1 in the category 1 has another sku_code,"
                        + " 0 have a currency other than USD, 0 retired; 0 fit");
    }

    private static Orders wantingAny() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    private CreateResult created(TaskOrderSpec spec) {
        return tenant.create(List.of(spec)).get(0);
    }

    private List<Objection> refused(Orders order) {
        return ((CreateResult.NeverSatisfiable) created(order.spec())).objections();
    }

    private TaskOrder admitted(Orders wanted, Class<? extends Verdict> verdict) {
        TaskOrder order = tenant.created(wanted.spec());
        assertThat(tenant.admitted(order)).isInstanceOf(verdict);
        return order;
    }

    private void assertEndedWithoutResource(TaskOrder order, String message) {
        TaskOrder end = tenant.find(order.taskId());
        assertThat(end.state().status()).isEqualTo(Status.FAILED);
        assertThat(end.state().resultCode()).isEqualTo("NO_RESOURCE");
        assertThat(end.state().resultMessage()).isEqualTo(message);
    }

    private Status statusOf(TaskOrder order) {
        return tenant.find(order.taskId()).state().status();
    }

    private void put(String id, String sku, String currency, Map<String, Object> attributes, AssetStatus status) {
        AssetSpec spec = new AssetSpec(
                id, "prod", "RAW_NET", sku, attributes, status, null, 1, BigDecimal.ONE, currency, null, null);
        tenant.as(() -> Application.shared().bean(Assets.class).put(List.of(spec), Tenant.CALLER));
    }

    /** Behind the matcher's back. */
    private void change(String assignment) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET " + assignment).update());
    }

    private long countOf(String table) {
        return tenant.sql(jdbc ->
                jdbc.sql("SELECT count(*) FROM " + table).query(Long.class).single());
    }
}
