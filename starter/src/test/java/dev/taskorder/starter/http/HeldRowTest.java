package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A row that somebody holds for too long is no fault of the request. */
@FullApplication
class HeldRowTest {
    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    TenantTransactions transactions;

    @Autowired
    JdbcClient jdbc;

    @Test
    void a_request_that_does_not_get_a_row_in_time_is_told_to_come_again() {
        String tenant = tenants.fresh();
        Http http = new Http(port, tenant);
        String task = http.post("/v1/task-orders", Bodies.orderUnder("held"))
                .json()
                .path("task_id")
                .asString();
        Answer answer = runner.call(
                new TenantId(tenant),
                () -> transactions.in(() -> {
                    jdbc.sql("SELECT 1 FROM task_order WHERE task_id = :task FOR UPDATE")
                            .param("task", UUID.fromString(task))
                            .query()
                            .singleRow();
                    return http.post("/v1/task-orders/" + task + "/cancel", "{\"reason\":\"r\"}");
                }));

        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("unavailable");
        assertThat(answer.header("Retry-After")).hasValue("1");
    }
}
