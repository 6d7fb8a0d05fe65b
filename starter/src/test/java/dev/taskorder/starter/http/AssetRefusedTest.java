package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Assets that are refused for what the tenant's policy or their own past says. */
@FullApplication
class AssetRefusedTest {
    private static final String PATH = "/v1/assets/a1";
    private static final String QA = "\"env\":\"qa9\"";
    private static final String WHY = "/env 'qa9' is not among the policy's envs [prod, staging, dev, sandbox]";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    Assets assets;

    private String tenant;
    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @Test
    void a_new_asset_where_no_order_may_be_is_refused_as_the_order_is() {
        Answer asset = http.put(PATH, Bodies.asset(QA));
        assertThat(asset.status()).isEqualTo(403);
        assertThat(asset.code()).isEqualTo("not_allowed_by_policy");
        assertThat(asset.pointers()).containsExactly("/env");
        assertThat(asset.json().path("detail").asString()).isEqualTo(WHY);
        assertThat(http.post("/v1/task-orders", Bodies.order(QA)).json().path("detail"))
                .isEqualTo(asset.json().path("detail"));
        assertThat(http.get(PATH).status()).isEqualTo(404);
    }

    @Test
    void an_asset_of_a_category_that_the_policy_does_not_allow_is_neither_made_nor_moved_there() {
        Http narrow = new Http(port, tenants.freshWithSkuCategory("RAW_NET"));
        String other = "\"sku_category\":\"RAW_FUND\"";
        for (int there = 0; there < 2; there++) {
            Answer refused = narrow.put(PATH, Bodies.asset(other));
            assertThat(refused.status()).as(refused.text()).isEqualTo(403);
            assertThat(refused.json().path("detail").asString())
                    .isEqualTo("/sku_category 'RAW_FUND' is not among the policy's sku_categories [RAW_NET]");
            narrow.put(PATH, Bodies.asset("\"sku_category\":\"RAW_NET\""));
        }
        assertThat(narrow.get(PATH).json().path("sku_category").asString()).isEqualTo("RAW_NET");
    }

    @Test
    void of_a_batch_it_alone_is_refused() {
        Answer batch = http.post(
                "/v1/assets/batch",
                "{\"assets\":[" + Bodies.asset("\"asset_id\":\"a1\"", QA) + "," + Bodies.asset("\"asset_id\":\"a2\"")
                        + "]}");
        assertThat(batch.json().at("/results/0/status").asInt()).isEqualTo(403);
        assertThat(batch.json().at("/results/0/problem/detail").asString()).isEqualTo(WHY);
        assertThat(batch.json().at("/results/1/status").asInt()).isEqualTo(201);
    }

    @Test
    void what_is_there_already_can_be_retired_whatever_the_policy_says_by_now() {
        AssetSpec old = new AssetSpec(
                "a1", "qa9", "RAW_NET", "ip.uk", Map.of(), null, null, 1, BigDecimal.ONE, "USD", null, null);
        runner.run(new TenantId(tenant), () -> {
            var unused = assets.put(List.of(old), new Caller("test", null));
        });
        Answer retired = http.put(PATH, Bodies.asset(QA, "\"status\":\"RETIRED\""));
        assertThat(retired.status()).as(retired.text()).isEqualTo(200);
        assertThat(retired.json().path("status").asString()).isEqualTo("RETIRED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AVAILABLE", "BANNED"})
    void an_asset_whose_uses_are_up_comes_back_under_a_larger_limit_only(String status) {
        String member = "\"status\":\"" + status + "\"";
        http.put(PATH, Bodies.asset());
        TestDatabase.asSuperuser("accepting")
                .sql("UPDATE asset SET uses = 3 WHERE tenant_id = :tenant")
                .param("tenant", tenant)
                .update();
        Answer refused = http.put(PATH, Bodies.asset("\"max_uses\":2", member));
        assertThat(refused.status()).as(refused.text()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("illegal_transition");
        assertThat(refused.json().path("detail").asString())
                .isEqualTo("/status must be RETIRED or be left out while the uses so far (3) reach max_uses (2), was '"
                        + status + "'; a larger max_uses with it brings the asset back");
        assertThat(http.put(PATH, Bodies.asset("\"max_uses\":3"))
                        .json()
                        .path("status")
                        .asString())
                .isEqualTo("RETIRED");
        Answer back = http.put(PATH, Bodies.asset("\"max_uses\":4", member));
        assertThat(back.json().path("status").asString()).isEqualTo(status);
    }
}
