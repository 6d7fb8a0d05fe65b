package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.LoggedLines;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a caller proves itself with is nowhere afterwards, and what a caller sends is not in the log. */
@FullApplication
class NoSecretsTest {
    private static final String KEY = "to_tenant.k3yk3yk3y.s3cr3ts3cr3ts3cr3t.ch3cksum";
    private static final String SECRET = "s3cr3t";
    private static final String PAYLOAD = "payl0ad-of-a-caller";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private final LoggedLines lines = new LoggedLines();

    @BeforeEach
    void listen() {
        lines.listen();
    }

    @AfterEach
    void listen_no_more() {
        lines.listenNoMore();
    }

    @Test
    void a_key_is_in_no_answer_no_log_line_and_no_table() {
        List<String> told = new ArrayList<>();
        for (String tenant : List.of(tenants.fresh(), tenants.fresh(), "nobody", "NOT A TENANT")) {
            told.addAll(mixedRun(new Http(port, tenant)));
        }

        assertThat(told).hasSizeGreaterThan(30).noneMatch(answer -> answer.contains(SECRET));
        assertThat(lines.texts()).isNotEmpty().noneMatch(line -> line.contains(SECRET) || line.contains(PAYLOAD));
        assertThat(tablesThatHold(SECRET)).isEmpty();
        assertThat(tablesThatHold(PAYLOAD)).as("else nothing was looked for").contains("task_order");
        assertThat(tablesThatHold(PAYLOAD)).doesNotContain("task_event", "audit_entry", "outbox");
    }

    @Test
    void a_line_that_a_request_causes_carries_its_tenant() {
        String first = tenants.fresh();
        String second = tenants.fresh();
        lines.events().clear(); // what made them was no request
        mixedRun(new Http(port, first));
        mixedRun(new Http(port, second));

        List<ILoggingEvent> ofRequests = lines.events().stream()
                .filter(event -> event.getFormattedMessage().startsWith("tenant bound"))
                .filter(event -> List.of(first, second)
                        .contains(event.getMDCPropertyMap().getOrDefault("tenant", "")))
                .toList();
        assertThat(ofRequests).hasSizeGreaterThan(10).allSatisfy(event -> {
            String tenant = event.getMDCPropertyMap().get("tenant");
            assertThat(event.getFormattedMessage()).contains(tenant);
            assertThat(event.getMDCPropertyMap().get("trace_id")).matches("[0-9a-f]{32}");
        });
    }

    /** Good and bad calls, each with a key and without one. */
    private static List<String> mixedRun(Http http) {
        List<String> answers = new ArrayList<>();
        String order = Bodies.order("\"input\":{\"note\":\"" + PAYLOAD + "\"}");
        for (String[] header : new String[][] {{}, {"Authorization", "Bearer " + KEY}, {"Cookie", "key=" + KEY}}) {
            answers.add(
                    http.send("POST", "/v1/task-orders", bytes(order), header).text());
            answers.add(http.send("POST", "/v1/task-orders", bytes("{\"" + PAYLOAD), header)
                    .text());
            answers.add(http.send("PUT", "/v1/assets/a1", bytes(Bodies.asset()), header)
                    .text());
            answers.add(http.send("PUT", "/v1/assets/a2", bytes(Bodies.asset("\"env\":\"qa\"")), header)
                    .text());
            answers.add(http.get("/v1/audit", header).text());
            answers.add(http.get("/v1/task-orders?env=NONE", header).text());
            answers.add(http.get("/v1/nothing", header).text());
        }
        return answers;
    }

    private static List<String> tablesThatHold(String word) {
        JdbcClient superuser = TestDatabase.asSuperuser("accepting");
        return superuser
                .sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                .query(String.class)
                .list()
                .stream()
                .filter(table -> superuser
                        .sql("SELECT EXISTS (SELECT FROM " + table + " t WHERE strpos(t::text, :word) > 0)")
                        .param("word", word)
                        .query(Boolean.class)
                        .single())
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
