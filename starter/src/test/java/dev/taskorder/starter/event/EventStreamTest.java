package dev.taskorder.starter.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.EventReader;
import dev.taskorder.starter.testing.EventReader.Message;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestKeys;
import dev.taskorder.starter.testing.TestTenants;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/** Events as they come, to callers who hold a stream open. Comments are frequent here, and whoever reads nothing is soon dropped. */
@FullApplication
@Import(EventStreamTest.Hurried.class)
@TestPropertySource(
        properties = {
            TestDatabase.WANTED + "=streams",
            "taskorder.event-streams-per-tenant-max=3",
            "taskorder.security.accept=api-keys,tenant-header"
        })
class EventStreamTest {
    static class Hurried {
        @Bean
        StreamTimes hurried() {
            return new StreamTimes(Duration.ofSeconds(1), Duration.ofSeconds(2));
        }
    }

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    TestKeys keys;

    @Autowired
    EventRelay relay;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    TenantTransactions transactions;

    @Autowired
    JdbcClient jdbc;

    private Http http;
    private String tenant;

    @BeforeEach
    void a_tenant() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @Test
    void a_stream_has_what_comes_from_now_on() throws IOException {
        created();
        see();
        try (EventReader stream = open("/v1/events")) {
            assertThat(stream.head()).contains("text/event-stream").contains("Cache-Control: no-store");
            String task = created();
            see();

            Message message = stream.nextEvent();
            assertThat(message.seq()).isEqualTo(2);
            assertThat(message.event()).isEqualTo("task_order.created");
            assertThat(message.json().path("specversion").asString()).isEqualTo("1.0");
            assertThat(message.json().path("taskid").asString()).isEqualTo(task);
            assertThat(message.json())
                    .isEqualTo(
                            http.get("/v1/events?after=1").json().path("items").get(0));
        }
    }

    @Test
    void whoever_comes_back_misses_nothing_and_has_nothing_twice_while_more_is_written() throws Exception {
        int all = 700;
        write(300);
        see();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> writing = writer.submit(() -> {
                for (int i = 0; i < 40; i++) {
                    write(10);
                    see();
                }
            });
            long last = 100;
            while (last < all) {
                try (EventReader stream = open("/v1/events", "Last-Event-ID", Long.toString(last))) {
                    List<Message> messages = stream.events((int) Math.min(170, all - last));
                    assertThat(messages)
                            .extracting(Message::seq)
                            .containsExactlyElementsOf(LongStream.rangeClosed(last + 1, last + messages.size())
                                    .boxed()
                                    .toList());
                    last += messages.size();
                }
            }
            writing.get();
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    void zero_begins_with_the_oldest_that_is_kept() throws IOException {
        write(5);
        see();
        removeUpTo(2);
        try (EventReader stream = open("/v1/events", "Last-Event-ID", "0")) {
            assertThat(stream.events(3)).extracting(Message::seq).containsExactly(3L, 4L, 5L);
        }
    }

    @Test
    void whoever_was_away_for_too_long_is_told_to_begin_anew() throws IOException {
        write(5);
        see();
        removeUpTo(3);
        try (EventReader stream = open("/v1/events", "Last-Event-ID", "2")) {
            assertReset(stream, "too_old", 5);
            write(1);
            see();
            assertThat(stream.nextEvent().seq()).isEqualTo(6);
        }
        try (EventReader stream = open("/v1/events", "Last-Event-ID", "3")) {
            assertThat(stream.events(3)).extracting(Message::seq).containsExactly(4L, 5L, 6L);
        }
    }

    @Test
    void whoever_is_from_the_future_is_told_to_begin_anew() throws IOException {
        write(2);
        see();
        try (EventReader stream = open("/v1/events", "Last-Event-ID", "3")) {
            assertReset(stream, "future", 2);
            write(1);
            see();
            assertThat(stream.nextEvent().seq()).isEqualTo(3);
        }
    }

    @Test
    void who_reads_while_an_older_database_is_put_back_is_told_so_and_misses_nothing_of_what_then_happens()
            throws IOException {
        write(3);
        see();
        try (EventReader stream = open("/v1/events", "Last-Event-ID", "2")) {
            assertThat(stream.nextEvent().seq()).isEqualTo(3);
            putBackTo(1);
            assertReset(stream, "future", 1);
            write(1);
            see();
            assertThat(stream.nextEvent().seq()).isEqualTo(2);
        }
    }

    private static void assertReset(EventReader stream, String reason, long after) throws IOException {
        Message reset = stream.nextEvent();
        assertThat(reset.event()).isEqualTo("reset");
        assertThat(reset.seq()).isEqualTo(after);
        assertThat(reset.json().path("reason").asString()).isEqualTo(reason);
        assertThat(reset.json().path("after").asLong()).isEqualTo(after);
    }

    @Test
    void filters_leave_what_fits_also_of_what_comes_later() throws IOException {
        String first = created();
        see();
        try (EventReader stream = open(
                "/v1/events?task_id=" + first
                        + "&type=task_order.cancelled&type=task_order.created&env=prod&project_id=p",
                "Last-Event-ID",
                "0")) {
            String other = created();
            cancel(other);
            cancel(first);
            see();
            assertThat(stream.events(2))
                    .extracting(Message::event)
                    .containsExactly("task_order.created", "task_order.cancelled");
        }
    }

    @Test
    void an_orders_stream_has_its_events_and_ends_when_it_is_over() throws IOException {
        String task = created();
        try (EventReader stream = open(eventsOf(task), "Last-Event-ID", "0")) {
            see();
            assertThat(stream.nextEvent().event()).isEqualTo("task_order.created");
            created();
            cancel(task);
            see();
            assertThat(stream.events(3))
                    .extracting(Message::event)
                    .containsExactly("task_order.updated", "task_order.cancelled", "end");
            assertThat(stream.next()).isNull();
        }
    }

    @Test
    void an_orders_stream_that_comes_late_has_all_of_it_and_ends() throws IOException {
        String task = created();
        cancel(task);
        try (EventReader stream = open(eventsOf(task), "Last-Event-ID", "0")) {
            // it is over, but what it did was not seen yet
            see();
            assertThat(stream.events(9))
                    .extracting(Message::event)
                    .containsExactly("task_order.created", "task_order.updated", "task_order.cancelled", "end");
        }
        try (EventReader stream = open(eventsOf(task))) {
            Message end = stream.nextEvent();
            assertThat(end.event()).isEqualTo("end");
            assertThat(end.id()).isNull();
            assertThat(end.json().path("reason").asString()).isEqualTo("over");
        }
    }

    @Test
    void an_orders_stream_ends_whenever_its_last_event_is_seen() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < 20; i++) {
                String task = created();
                cancel(task);
                Future<?> seen = other.submit(this::see);
                try (EventReader stream = open(eventsOf(task), "Last-Event-ID", "0")) {
                    assertThat(stream.events(9))
                            .extracting(Message::event)
                            .containsExactly("task_order.created", "task_order.updated", "task_order.cancelled", "end");
                }
                seen.get();
            }
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void a_stream_in_which_nothing_happens_has_comments() throws IOException {
        try (EventReader stream = open("/v1/events")) {
            assertThat(stream.next().data()).isEqualTo("what comes after 0");
            assertThat(stream.next().data()).isEmpty();
            assertThat(stream.next().data()).isEmpty();
        }
    }

    @Test
    void a_reader_that_reads_nothing_is_dropped_with_a_word_and_costs_others_nothing() throws Exception {
        int many = 1_500;
        try (EventReader slow = open("/v1/events");
                EventReader other = open("/v1/events")) {
            ExecutorService reader = Executors.newSingleThreadExecutor();
            try {
                Future<List<Message>> all = reader.submit(() -> other.events(many));
                for (int i = 0; i < many; i += 50) {
                    writeLarge(50);
                    see();
                }
                assertThat(all.get())
                        .extracting(Message::seq)
                        .doesNotHaveDuplicates()
                        .hasSize(many);
            } finally {
                reader.shutdownNow();
            }
            others(slow);
            Message last = null;
            for (Message next = slow.nextEvent(); next != null; next = slow.nextEvent()) {
                last = next;
            }
            assertThat(Objects.requireNonNull(last).event()).isEqualTo("end");
            assertThat(last.json().path("reason").asString()).isEqualTo("slow");
        }
    }

    /** Until the slow one was dropped; meanwhile a new one is served at once. */
    private void others(EventReader slow) throws IOException {
        try (EventReader third = open("/v1/events")) {
            assertThat(third.next().data()).startsWith("what comes after");
            for (int comments = 0; comments < 4; comments++) {
                assertThat(third.next().data()).isEmpty();
            }
        }
        assertThat(slow.status()).isEqualTo(200);
    }

    @Test
    void a_tenant_has_so_many_streams_and_whoever_leaves_makes_room() throws IOException {
        EventReader first = open("/v1/events");
        EventReader second = open("/v1/events");
        EventReader third = open("/v1/events");
        Answer refused = http.get("/v1/events", "Accept", "text/event-stream");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("quota_exceeded");
        assertThat(refused.text()).contains("3 streams");
        assertThat(refused.header("Retry-After")).isPresent();
        try (EventReader another = new EventReader(port, "/v1/events", "tenant", tenants.fresh())) {
            assertThat(another.status()).isEqualTo(200);
        }
        third.close();
        await().until(() -> {
            try (EventReader fourth = new EventReader(port, "/v1/events", "tenant", tenant)) {
                return fourth.status() == 200;
            }
        });
        first.close();
        second.close();
    }

    @Test
    void a_stream_ends_when_the_key_that_opened_it_is_revoked() throws IOException {
        TenantId id = new TenantId(tenant);
        Created key = keys.of(id, Role.VIEWER, "reader");
        Created kept = keys.of(id, Role.VIEWER, "another");
        try (EventReader stream = new EventReader(port, "/v1/events", "Authorization", "Bearer " + key.text());
                EventReader other = new EventReader(port, "/v1/events", "Authorization", "Bearer " + kept.text())) {
            assertThat(stream.status()).isEqualTo(200);
            keys.revoke(id, key);

            Message end = stream.nextEvent();
            assertThat(end.event()).isEqualTo("end");
            assertThat(end.json().path("reason").asString()).isEqualTo("revoked");
            assertThat(stream.next()).isNull();
            write(1);
            see();
            assertThat(other.nextEvent().event()).isEqualTo("asset.changed");
        }
    }

    @Test
    void an_operators_stream_ends_with_its_own_key() throws IOException {
        Created key = keys.of(TenantId.SYSTEM, Role.OPERATOR, "ops-" + tenant);
        try (EventReader stream =
                new EventReader(port, "/v1/events", "Authorization", "Bearer " + key.text(), "tenant", tenant)) {
            keys.revoke(TenantId.SYSTEM, key);
            assertThat(stream.nextEvent().json().path("reason").asString()).isEqualTo("revoked");
        }
    }

    @Test
    void streams_end_and_none_begins_while_the_tenant_wants_no_notifications() throws IOException {
        try (EventReader stream = open("/v1/events");
                EventReader others = new EventReader(port, "/v1/events", "tenant", tenants.fresh())) {
            policy(2, "{\"handlers\": {\"notifications\": false}}");
            assertThat(stream.nextEvent().json().path("reason").asString()).isEqualTo("switched_off");
            assertThat(stream.next()).isNull();
            Answer refused = http.get("/v1/events", "Accept", "text/event-stream");
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.json().path("code").asString()).isEqualTo("not_allowed_by_policy");
            assertThat(http.get("/v1/events").status()).isEqualTo(200);
            others.next();
            assertThat(others.next().data()).as("a comment, and no end").isEmpty();
        }
        policy(3, "{}");
        try (EventReader stream = open("/v1/events")) {
            assertThat(stream.status()).isEqualTo(200);
        }
    }

    private void policy(int version, String body) {
        Http operator = new Http(port, "");
        String path = "/v1/tenants/" + tenant + "/policies";
        assertThat(operator.post(path, body).status()).isEqualTo(201);
        assertThat(operator.post(path + "/" + version + "/activate", "").status())
                .isEqualTo(200);
    }

    @Test
    void nobody_reads_what_is_another_tenants() throws IOException {
        String task = created();
        see();
        String other = tenants.fresh();
        Answer foreign = new Http(port, other).get(eventsOf(task), "Accept", "text/event-stream");
        assertThat(foreign.status()).isEqualTo(404);
        try (EventReader stream =
                new EventReader(port, "/v1/events?task_id=" + task, "tenant", other, "Last-Event-ID", "0")) {
            stream.next();
            assertThat(stream.next().data()).as("a comment, and no event").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "1.5", "+1", "9007199254740992"})
    void a_last_event_id_that_is_no_seq_is_refused(String id) {
        Answer answer = http.get("/v1/events", "Accept", "text/event-stream", "Last-Event-ID", id);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.pointers()).containsExactly("/last_event_id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after=1", "limit=2", "cursor=x", "env=Prod!", "type=x", "task_id=1", "colour=red"})
    void a_bad_filter_is_refused_before_anything_is_sent(String query) {
        Answer answer = http.get("/v1/events?" + query, "Accept", "text/event-stream");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.pointers()).containsExactly("/" + query.substring(0, query.indexOf('=')));
    }

    @Test
    void head_answers_with_the_headers_alone() {
        Answer answer = http.send("HEAD", "/v1/events", new byte[0], "Accept", "text/event-stream");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    }

    private EventReader open(String path, String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "tenant";
        all[headers.length + 1] = tenant;
        EventReader reader = new EventReader(port, path, all);
        assertThat(reader.status()).isEqualTo(200);
        return reader;
    }

    private static String eventsOf(String task) {
        return "/v1/task-orders/" + task + "/events";
    }

    private String created() {
        return http.post("/v1/task-orders", Bodies.order())
                .json()
                .path("task_id")
                .asString();
    }

    private void cancel(String task) {
        assertThat(http.post("/v1/task-orders/" + task + "/cancel", "").status())
                .isEqualTo(202);
    }

    private void write(int count) {
        insert(count, 1);
    }

    private void writeLarge(int count) {
        insert(count, 10_000);
    }

    private void insert(int count, int chars) {
        runner.run(
                new TenantId(tenant),
                () -> transactions.in(() -> jdbc.sql("""
                                INSERT INTO task_event (object_type, object_id, type, actor, data)
                                SELECT 'asset', 'a' || n, 'asset.changed', 'me', jsonb_build_object('x', repeat('x', :chars))
                                  FROM generate_series(1, :count) n
                                """)
                        .param("chars", chars)
                        .param("count", count)
                        .update()));
    }

    private void see() {
        runner.run(new TenantId(tenant), () -> {
            while (relay.seeNext() > 0) {
                // until all have their place
            }
        });
    }

    /** As after a restore: what came later is gone, and its numbers are free. */
    private void putBackTo(long last) {
        TestDatabase.asSuperuser("streams")
                .sql("""
                        WITH gone AS (DELETE FROM task_event WHERE tenant_id = :tenant AND seq > :last),
                             back AS (UPDATE tenant_seq SET last = :last WHERE tenant_id = :tenant)
                        SELECT pg_notify('taskorder_seen', :tenant)::text
                        """)
                .param("tenant", tenant)
                .param("last", last)
                .query(String.class)
                .single();
    }

    private void removeUpTo(long seq) {
        TestDatabase.asSuperuser("streams")
                .sql("DELETE FROM task_event WHERE tenant_id = :tenant AND seq <= :seq")
                .param("tenant", tenant)
                .param("seq", seq)
                .update();
    }
}
