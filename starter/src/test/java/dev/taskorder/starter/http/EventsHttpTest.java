package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** The tenant's events over HTTP. */
@FullApplication
class EventsHttpTest {
    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    EventRelay relay;

    @Autowired
    BackgroundRunner runner;

    private Http http;
    private String tenant;

    @BeforeEach
    void a_tenant() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @Test
    void an_event_comes_in_the_envelope_of_cloudevents_with_its_seq() {
        String task = created();
        JsonNode event = items("").get(0);

        assertThat(event.path("specversion").asString()).isEqualTo("1.0");
        assertThat(event.path("source").asString()).isEqualTo("/v1/tenants/" + tenant);
        assertThat(event.path("type").asString()).isEqualTo("task_order.created");
        assertThat(event.path("subject").asString()).isEqualTo("task_order/" + task);
        assertThat(event.path("taskid").asString()).isEqualTo(task);
        assertThat(event.path("env").asString()).isEqualTo("prod");
        assertThat(event.path("datacontenttype").asString()).isEqualTo("application/json");
        assertThat(event.path("seq").asLong()).isEqualTo(1);
        assertThat(event.path("time").asString()).endsWith("Z");
        assertThat(event.path("data").path("priority").isNumber()).isTrue();
        assertThat(event.path("id").asString())
                .isEqualTo(http.get("/v1/task-orders/" + task + "/events")
                        .json()
                        .path("items")
                        .get(0)
                        .path("event_no")
                        .asString());
        http.put("/v1/assets/a1", Bodies.asset());
        JsonNode asset = items("?type=asset.changed").get(0);
        assertThat(asset.has("taskid")).isFalse();
        assertThat(asset.path("subject").asString()).isEqualTo("asset/a1");
    }

    @Test
    void pages_and_filters_choose_and_the_next_page_comes_after_the_last_one_known() {
        String first = created();
        String second = created();
        List<JsonNode> all = items("?type=task_order.created");

        assertThat(items("?task_id=" + second).get(0).path("subject").asString())
                .isEqualTo("task_order/" + second);
        assertThat(items("?type=task_order.created&after="
                        + all.get(0).path("seq").asLong()))
                .extracting(event -> event.path("taskid").asString())
                .containsExactly(second);
        Answer page = http.get("/v1/events?type=task_order.created&limit=1");
        assertThat(page.json().path("items").get(0).path("taskid").asString()).isEqualTo(first);
        String cursor = page.json().path("next_cursor").asString();
        assertThat(items("?type=task_order.created&limit=1&cursor=" + cursor))
                .extracting(event -> event.path("taskid").asString())
                .containsExactly(second);
        assertThat(items("?env=dev")).isEmpty();
    }

    @Test
    void another_tenant_sees_none_of_them() {
        created();
        assertThat(items("")).isNotEmpty();

        assertThat(new Http(port, tenants.fresh()).get("/v1/events").json().path("items"))
                .isEmpty();
    }

    @Test
    void what_a_filter_or_a_beginning_cannot_be_is_refused() {
        assertThat(http.get("/v1/events?after=-1&env=P&task_id=x&type=task_order.sucess&who=me")
                        .pointers())
                .containsExactlyInAnyOrder("/after", "/env", "/task_id", "/type", "/who");
        assertThat(http.get("/v1/events?after=9007199254740992").pointers()).containsExactly("/after");
        assertThat(http.get("/v1/events?after=1&cursor=x").pointers()).contains("/after");
    }

    private String created() {
        return http.post("/v1/task-orders", Bodies.order())
                .json()
                .path("task_id")
                .asString();
    }

    private List<JsonNode> items(String query) {
        runner.run(new TenantId(tenant), relay::seeNext);
        List<JsonNode> items = new ArrayList<>();
        http.get("/v1/events" + query).json().path("items").forEach(items::add);
        return items;
    }
}
