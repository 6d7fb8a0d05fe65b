package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.page.Listing;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** A cursor goes on with the list that it was made for, under the same filter, and with no other. */
@FullApplication
class CursorTest {
    private static final String ID = "01a201ac-d55e-7b80-b8e7-9216362de772";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;
    private String tenant;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/task-orders?limit=1&status=PENDING&status=QUEUED, /v1/task-orders?limit=2&status=QUEUED&status=PENDING",
        "/v1/task-orders?limit=1,                              /v1/task-orders?limit=200",
        "/v1/assets?limit=1&env=prod,                          /v1/assets?env=prod"
    })
    void a_cursor_goes_on_under_the_same_filter_however_it_is_written_and_however_long_a_page_is(
            String first, String next) {
        three();
        assertThat(http.get(next + (next.contains("?") ? "&" : "?") + "cursor=" + cursor(first))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/task-orders?limit=1&env=prod, /v1/task-orders?limit=1",
        "/v1/task-orders?limit=1,          /v1/task-orders?status=PENDING",
        "/v1/task-orders?limit=1,          /v1/task-orders?tag=a",
        "/v1/task-orders?limit=1,          /v1/task-orders?created_from=2026-01-01T00:00:00Z",
        "/v1/assets?limit=1&env=prod,      /v1/assets?env=sandbox",
        "/v1/assets?limit=1&sku_code=ip,   /v1/assets?sku_category=ip"
    })
    void a_cursor_under_another_filter_is_refused(String first, String next) {
        three();

        Answer other = http.get(next + "&cursor=" + cursor(first));

        assertRefused(other, "must come with the path and the filter of the page that it was in");
        assertRefused(other, "send those with it, or ask for the first page again");
    }

    @Test
    void a_cursor_of_one_order_s_events_does_not_go_on_with_another_s() {
        List<String> ids = three();
        byte[] change = "{\"priority\":60}".getBytes(StandardCharsets.UTF_8);
        http.send("PATCH", "/v1/task-orders/" + ids.get(0), change, "If-Match", "*");
        String cursor = cursor("/v1/task-orders/" + ids.get(0) + "/events?limit=1");

        assertThat(http.get("/v1/task-orders/" + ids.get(0) + "/events?cursor=" + cursor)
                        .status())
                .isEqualTo(200);
        assertRefused(
                http.get("/v1/task-orders/" + ids.get(1) + "/events?cursor=" + cursor),
                "must come with the path and the filter of the page that it was in");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/assets,      assets,      NUL",
        "/v1/assets,      assets,      a b",
        "/v1/assets,      assets,      ''",
        "/v1/task-orders, task-orders, +1000000000-12-31T23:59:59.999999999Z|" + ID,
        "/v1/task-orders, task-orders, -1000000000-01-01T00:00:00Z|" + ID,
        "/v1/task-orders, task-orders, +10000-01-01T00:00:00Z|" + ID,
        "/v1/task-orders, task-orders, 1969-12-31T23:59:59Z|" + ID,
        "/v1/task-orders, task-orders, 2026-01-01T00:00:00Z|x",
        "/v1/leases,      leases,      +1000000000-12-31T23:59:59.999999999Z|" + ID,
        "/v1/leases,      leases,      2026-01-01T00:00:00Z|x",
        "/v1/task-orders/" + ID + "/events, timeline, 9223372036854775808",
        "/v1/task-orders/" + ID + "/events, timeline, NUL"
    })
    void a_cursor_that_somebody_made_by_hand(String path, String list, String keys) {
        String text = tenant + "\n" + list + "\n" + unfiltered(list).mark() + "\n"
                + keys.replace('|', '\n').replace("NUL", "\0");
        String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        assertRefused(
                http.get(path + "?cursor=" + cursor), "must be the next_cursor of an earlier page of the same list");
    }

    @ParameterizedTest
    @CsvSource({"/v1/task-orders, task-orders, 2026-01-01T00:00:00Z|" + ID, "/v1/assets, assets, a"})
    void a_cursor_of_a_release_before_filters_were_in_it(String path, String list, String keys) {
        String text = tenant + "\n" + list + "\n" + keys.replace('|', '\n');
        String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        Answer answer = http.get(path + "?cursor=" + cursor);

        assertRefused(answer, "': ask for the first page again");
    }

    /** Three orders and three assets; the orders' ids. */
    private List<String> three() {
        List<String> ids = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            ids.add(http.post("/v1/task-orders", Bodies.order())
                    .json()
                    .path("task_id")
                    .asString());
            http.put("/v1/assets/" + name, Bodies.asset("\"sku_code\":\"ip." + name + "\""));
        }
        return ids;
    }

    private String cursor(String path) {
        JsonNode cursor = http.get(path).json().path("next_cursor");
        assertThat(cursor.isString()).as(path + " has a second page").isTrue();
        return cursor.stringValue();
    }

    private Listing unfiltered(String list) {
        return Listing.of(
                new TenantId(tenant),
                list,
                switch (list) {
                    case "task-orders" -> new Object[] {null, Set.of(), null, null, null, null, null, null, null, null};
                    case "assets" -> new Object[4];
                    case "leases" -> new Object[3];
                    default -> new Object[] {ID};
                });
    }

    private static void assertRefused(Answer answer, String words) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_request");
        assertThat(answer.pointers()).containsExactly("/cursor");
        assertThat(answer.text()).contains(words);
    }
}
