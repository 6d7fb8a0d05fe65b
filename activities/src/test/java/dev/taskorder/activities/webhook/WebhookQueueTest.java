package dev.taskorder.activities.webhook;

import static dev.taskorder.activities.webhook.WebhookCall.How.DELIVERED;
import static dev.taskorder.activities.webhook.WebhookCall.How.FAILED;
import static dev.taskorder.activities.webhook.WebhookCall.How.GONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.webhook.Webhook;
import dev.taskorder.api.webhook.WebhookDelivery;
import dev.taskorder.api.webhook.WebhookDelivery.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each event reaches each webhook that takes it: at least once, in the order of each object, and no later than it has to. */
class WebhookQueueTest {
    private final Hooks hooks = Hooks.fresh();

    @Test
    void a_webhook_is_sent_what_happens_from_its_making_on_and_what_it_takes() {
        hooks.happens("asset.changed", "before");
        hooks.put("all");
        hooks.taking("banned", null, "asset.banned");
        hooks.taking("dev", "dev", "*");
        hooks.happens("asset.changed", "a");
        hooks.happens("asset.banned", "a");
        hooks.fanOut();

        assertThat(types("all")).containsExactly("asset.banned", "asset.changed");
        assertThat(types("banned")).containsExactly("asset.banned");
        assertThat(types("dev")).as("which have no env").isEmpty();
    }

    @Test
    void events_of_one_object_are_sent_one_after_the_other_and_those_of_others_beside() {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a", "a", "b", "a", "b");

        List<WebhookCall> first = hooks.claim();
        assertThat(hooks.seqs(first)).containsExactly(1L, 3L);
        assertThat(hooks.claim()).as("while they are on their way").isEmpty();
        hooks.end(first.get(0), DELIVERED);
        assertThat(hooks.seqs(hooks.claim())).containsExactly(2L);
    }

    @Test
    void what_happens_while_a_call_is_under_way_is_sent_as_soon_as_that_is_over() {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a");
        List<WebhookCall> first = hooks.claim();
        hooks.happensAndIsLookedAt("a");
        hooks.end(first, FAILED);
        assertThat(hooks.claim()).as("it waits for the repetition").isEmpty();

        hooks.later("5 seconds");
        List<WebhookCall> again = hooks.claim();
        assertThat(hooks.seqs(again)).containsExactly(1L);
        hooks.happensAndIsLookedAt("a");
        hooks.end(again, DELIVERED);
        assertThat(hooks.deliverAll()).containsExactly(2L, 3L);
    }

    @Test
    void what_comes_after_a_failure_waits_for_it_and_goes_on_when_it_is_given_up() {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a", "a");
        hooks.end(hooks.claim(), FAILED);
        hooks.happensAndIsLookedAt("a", "b");

        assertThat(hooks.deliverAll()).as("another object does not").containsExactly(4L);
        for (int attempt = 2; attempt <= 12; attempt++) {
            hooks.happensAndIsLookedAt("b");
            hooks.deliverAll();
            hooks.later("12 hours 1 second");
            List<WebhookCall> calls = hooks.claim();
            assertThat(hooks.seqs(calls)).containsExactly(1L);
            hooks.end(calls, FAILED);
        }
        assertThat(delivery(1).status()).isEqualTo(Status.FAILED);
        assertThat(hooks.webhook("hook").why()).as("others succeeded").isNull();
        assertThat(hooks.deliverAll()).containsExactly(2L, 3L);
    }

    @Test
    void a_call_that_fails_is_repeated_after_5_s_30_s_5_min_30_min_2_h_5_h_10_h_and_every_12_h_to_3_days() {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a");
        List<Long> rests = new ArrayList<>();
        for (int attempt = 1; delivery(1).status() == Status.PENDING; attempt++) {
            List<WebhookCall> calls = hooks.claim();
            assertThat(calls).singleElement().extracting(WebhookCall::attempt).isEqualTo(attempt);
            hooks.end(calls, FAILED);
            if (delivery(1).status() == Status.PENDING) {
                rests.add(restSeconds());
                hooks.later("" + (restSeconds() - 1) + " seconds");
                assertThat(hooks.claim()).as("a second before").isEmpty();
                hooks.later("2 seconds");
            }
        }
        assertThat(rests)
                .containsExactly(5L, 30L, 300L, 1800L, 7200L, 18_000L, 36_000L, 43_200L, 43_200L, 43_200L, 43_200L);
        assertThat(Duration.ofSeconds(rests.stream().mapToLong(rest -> rest).sum()))
                .isLessThanOrEqualTo(Duration.ofDays(3));
        WebhookDelivery over = delivery(1);
        assertThat(over.attempts()).isEqualTo(12);
        assertThat(over.error()).isEqualTo("it was FAILED");
        assertThat(over.responseMs()).isEqualTo(7);
    }

    @Test
    void a_webhook_that_fails_for_days_is_disabled_with_an_event_and_goes_on_when_it_is_put_again() {
        hooks.put("hook");
        hooks.taking("other", null, "webhook.disabled");
        hooks.happensAndIsLookedAt("a", "a");
        hooks.end(hooks.claim(), FAILED);
        for (int attempt = 2; attempt <= 12; attempt++) {
            hooks.later("12 hours 1 second");
            hooks.end(hooks.claim(), FAILED);
        }
        assertThat(hooks.webhook("hook").why()).isEqualTo(Webhook.Why.FAILING);
        hooks.happens("asset.changed", "a");
        hooks.fanOut();
        assertThat(hooks.deliveries("other")).singleElement().satisfies(told -> {
            assertThat(told.eventType()).isEqualTo("webhook.disabled");
            assertThat(told.object()).isEqualTo("webhook/hook");
        });
        hooks.later("1 day");
        assertThat(hooks.claim()).extracting(WebhookCall::webhookId).containsExactly("other");

        assertThat(hooks.put("hook").secret()).as("it keeps its own").isNull();
        assertThat(hooks.webhook("hook").why()).isNull();
        assertThat(hooks.claim()).extracting(WebhookCall::webhookId).contains("hook");
    }

    @Test
    void a_receiver_that_says_410_is_called_no_more() {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a", "b");
        hooks.end(hooks.claim(), GONE);

        assertThat(hooks.webhook("hook").why()).isEqualTo(Webhook.Why.GONE);
        assertThat(delivery(1).status()).isEqualTo(Status.FAILED);
        hooks.happensAndIsLookedAt("c");
        assertThat(hooks.claim()).isEmpty();
    }

    @Test
    void one_that_fails_has_one_call_at_a_time_until_one_succeeds_and_the_others_have_eight() {
        hooks.put("dead");
        hooks.put("well");
        hooks.happensAndIsLookedAt(objects(20));
        List<WebhookCall> first = hooks.claim();
        assertThat(count(first, "dead")).isEqualTo(8);
        assertThat(count(first, "well")).isEqualTo(8);
        assertThat(hooks.claim(Map.of("dead", 8, "well", 7))).hasSize(1);
        hooks.end(of(first, "dead"), FAILED);
        hooks.end(of(first, "well"), DELIVERED);

        List<WebhookCall> second = hooks.claim();
        assertThat(count(second, "dead")).isEqualTo(1);
        assertThat(of(second, "dead")).allMatch(WebhookCall::failing);
        assertThat(count(second, "well")).isEqualTo(8);
        assertThat(hooks.tenant().as(() -> hooks.queue().claim(Map.of(), 100, false)))
                .as("when those that fail have all their room")
                .allMatch(call -> call.webhookId().equals("well"));
        hooks.end(of(second, "dead"), DELIVERED);
        assertThat(count(hooks.claim(), "dead")).isEqualTo(8);
    }

    @Test
    void where_there_is_little_room_who_has_the_fewest_calls_comes_first() {
        hooks.put("busy");
        hooks.put("idle");
        hooks.put("other");
        hooks.happensAndIsLookedAt(objects(5));
        assertThat(hooks.tenant().as(() -> hooks.queue().claim(Map.of("busy", 3, "other", 1), 1, true)))
                .extracting(WebhookCall::webhookId)
                .containsExactly("idle");
    }

    @Test
    void two_senders_keep_the_order_of_each_object_and_lose_nothing() throws Exception {
        hooks.put("hook");
        int objects = 5;
        int events = 200;
        hooks.happensAndIsLookedAt(
                IntStream.range(0, events).mapToObj(n -> "o" + n % objects).toArray(String[]::new));
        ConcurrentLinkedQueue<Long> sent = new ConcurrentLinkedQueue<>();
        Race.of(4, i -> () -> {
            while (sent.size() < events) {
                for (WebhookCall call : hooks.claim()) {
                    sent.add(call.seq());
                    hooks.end(call, DELIVERED);
                }
            }
            return 0;
        });

        assertThat(sent).hasSize(events).doesNotHaveDuplicates();
        Map<Long, List<Long>> ofObject = new HashMap<>();
        sent.forEach(seq ->
                ofObject.computeIfAbsent(seq % objects, n -> new ArrayList<>()).add(seq));
        ofObject.values().forEach(seqs -> assertThat(seqs).isSorted());
    }

    @Test
    void two_who_look_at_the_events_put_each_of_them_down_once() throws Exception {
        hooks.put("hook");
        Race.of(4, i -> () -> {
            for (int n = 0; n < 20; n++) {
                if (i == 0) {
                    hooks.happens("asset.changed", "o" + n);
                } else {
                    hooks.tenant().as(() -> hooks.queue().fanOut());
                }
            }
            return 0;
        });
        hooks.fanOut();
        assertThat(hooks.deliveries("hook")).hasSize(20);
    }

    @Test
    void a_webhook_that_is_made_while_events_are_looked_at_misses_none_that_come_after_it() throws Exception {
        hooks.put("first");
        Race.of(3, i -> () -> {
            for (int n = 0; n < 15; n++) {
                switch (i) {
                    case 0 -> hooks.happens("asset.changed", "o" + n);
                    case 1 -> hooks.tenant().as(() -> hooks.queue().fanOut());
                    default -> hooks.put("hook-" + n);
                }
            }
            return 0;
        });
        hooks.fanOut();
        for (int n = 0; n < 15; n++) {
            long since = since("hook-" + n);
            assertThat(hooks.deliveries("hook-" + n)).as("after " + since).hasSize((int) (15 - since));
        }
    }

    @Test
    void a_sender_that_is_killed_leaves_its_calls_to_another_and_the_looks_leave_nothing_half_done() throws Exception {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a", "a");
        WebhookCall lost = hooks.claim().get(0);
        hooks.later("29 seconds");
        assertThat(hooks.claim()).as("it may still be made").isEmpty();
        hooks.later("2 seconds");
        WebhookCall again = hooks.claim().get(0);
        assertThat(again.seq()).isEqualTo(lost.seq());
        assertThat(again.deliveryId()).isEqualTo(lost.deliveryId());
        assertThat(again.attempt()).isEqualTo(2);

        hooks.end(lost, FAILED);
        assertThat(delivery(1).error()).as("of a call that was given up").isNull();
        hooks.end(lost, DELIVERED);
        assertThat(delivery(1).status()).as("it is there after all").isEqualTo(Status.DELIVERED);
        hooks.end(again, FAILED);
        assertThat(delivery(1).status()).isEqualTo(Status.DELIVERED);
        assertThat(hooks.deliverAll()).containsExactly(2L);
    }

    @Test
    void whatever_statement_a_process_dies_in_nothing_is_lost() throws Exception {
        hooks.put("hook");
        hooks.happens("asset.changed", objects(40));
        ConcurrentLinkedQueue<Long> sent = new ConcurrentLinkedQueue<>();
        try (Application victim = new Application(1, "SET application_name = 'sender'")) {
            Hooks there = new Hooks(hooks.tenant().in(victim));
            Race.of(2, i -> () -> {
                for (int n = 0; n < 60; n++) {
                    if (i == 0) {
                        TestDatabase.get()
                                .superuser()
                                .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                        + " WHERE application_name = 'sender' AND state <> 'idle'")
                                .query(Boolean.class)
                                .list();
                    } else {
                        tryAll(there, sent);
                    }
                }
                return 0;
            });
        }
        hooks.fanOut();
        for (int n = 0; n < 3; n++) {
            hooks.later("31 seconds");
            sent.addAll(hooks.deliverAll());
        }
        assertThat(sent)
                .contains(IntStream.rangeClosed(1, 40).mapToObj(n -> (long) n).toArray(Long[]::new));
        assertThat(hooks.deliveries("hook")).hasSize(40).allMatch(delivery -> delivery.status() == Status.DELIVERED);
    }

    private static void tryAll(Hooks there, ConcurrentLinkedQueue<Long> sent) {
        try {
            there.fanOut();
            for (WebhookCall call : there.claim()) {
                sent.add(call.seq());
                there.end(call, DELIVERED);
            }
        } catch (RuntimeException killed) {
            assertThat(killed).isNotNull();
        }
    }

    @Test
    void a_replay_sends_again_what_happened_since_then_in_order_and_under_the_same_ids() {
        hooks.happens("asset.changed", "before");
        Instant then = Clock.systemUTC().instant();
        hooks.put("hook");
        hooks.happens("asset.changed", "a", "b", "a");
        hooks.fanOut();
        hooks.deliverAll();
        List<WebhookDelivery> before = hooks.deliveries("hook");

        assertThat(hooks.tenant()
                        .as(() -> hooks.webhooks().replayFrom("hook", then))
                        .toString())
                .isEqualTo("Begun[fromSeq=2, toSeq=4]");
        assertThat(hooks.tenant().as(() -> hooks.queue().look()).fanOut())
                .contains(hooks.tenant().id());
        hooks.fanOut();
        assertThat(hooks.deliverAll()).containsExactlyInAnyOrder(2L, 3L, 4L);
        assertThat(hooks.deliveries("hook"))
                .extracting(WebhookDelivery::deliveryId)
                .isEqualTo(before.stream().map(WebhookDelivery::deliveryId).toList());
        hooks.fanOut();
        assertThat(hooks.claim()).as("it is over").isEmpty();

        hooks.tenant().as(() -> hooks.webhooks().replay("hook", before.get(0).deliveryId()));
        assertThat(hooks.deliverAll()).containsExactly(4L);
        hooks.tenant().as(() -> hooks.webhooks().replayFrom("hook", Instant.EPOCH));
        hooks.fanOut();
        assertThat(hooks.deliverAll()).as("also what was before it").contains(1L);
        assertThat(hooks.tenant()
                        .as(() -> hooks.webhooks()
                                .replayFrom("hook", Clock.systemUTC().instant().plusSeconds(60)))
                        .toString())
                .as("nothing happened since")
                .isEqualTo("Begun[fromSeq=5, toSeq=4]");
        hooks.fanOut();
        assertThat(hooks.claim()).isEmpty();
    }

    @Test
    void a_long_replay_goes_on_in_parts_and_a_second_one_makes_one_of_both() {
        hooks.put("hook");
        hooks.tenant().sql(jdbc -> jdbc.sql("INSERT INTO task_event (object_type, object_id, type, actor)"
                        + " SELECT 'asset', 'a' || n, 'asset.changed', 'me' FROM generate_series(1, 1100) AS n")
                .update());
        hooks.happens("asset.changed");
        hooks.tenant().as(() -> hooks.webhooks().replayFrom("hook", Instant.EPOCH));
        assertThat(hooks.tenant().as(() -> hooks.queue().fanOut())).isTrue();
        hooks.tenant().as(() -> hooks.webhooks().replayFrom("hook", Instant.EPOCH));
        hooks.fanOut();
        assertThat(count("SELECT count(*) FROM webhook_delivery")).isEqualTo(1100);
        assertThat(count("SELECT count(*) FROM webhook WHERE replay_to IS NOT NULL"))
                .isZero();
    }

    @Test
    void while_webhooks_are_paused_nothing_is_claimed_and_afterwards_all_of_it() {
        hooks.taking("hook", null, "asset.changed");
        pause(true);
        hooks.happensAndIsLookedAt("a", "b");
        assertThat(hooks.claim()).isEmpty();
        assertThat(hooks.queue().look().send()).doesNotContain(hooks.tenant().id());
        pause(false);
        assertThat(hooks.queue().look().send()).contains(hooks.tenant().id());
        assertThat(hooks.deliverAll()).hasSize(2);
    }

    private void pause(boolean on) {
        ControlAdmin control = hooks.tenant().bean(ControlAdmin.class);
        hooks.tenant()
                .as(() -> on
                        ? control.pause(Pause.What.WEBHOOKS, null, null, Caller.SYSTEM)
                        : control.resume(Pause.What.WEBHOOKS, null, Caller.SYSTEM));
    }

    @Test
    void a_tenant_without_notifications_is_sent_nothing_of_what_happens_meanwhile() {
        hooks.put("hook");
        hooks.tenant().withHandlers("{\"notifications\": false}");
        hooks.happensAndIsLookedAt("a");
        hooks.tenant().withHandlers("{\"notifications\": true}");
        hooks.happensAndIsLookedAt("b");
        assertThat(hooks.deliverAll()).containsExactly(2L);
    }

    @Test
    void a_webhook_ends_with_the_key_it_was_put_by() {
        ApiKeys keys = hooks.tenant().bean(ApiKeys.class);
        ApiKeys.NewKey wanted = new ApiKeys.NewKey("app", Role.TENANT_ADMIN, null);
        String keyId = hooks.tenant().as(() -> ((ApiKeys.CreateResult.Created) keys.create(wanted, Caller.SYSTEM))
                .key()
                .keyId());
        hooks.put("hook", new Principal("app", hooks.tenant().id(), Role.TENANT_ADMIN, keyId), null, "*");
        hooks.put("expires", new Principal("app", hooks.tenant().id(), Role.TENANT_ADMIN, keyId), null, "*");
        hooks.put("token");
        assertThat(orphans()).isEmpty();
        hooks.tenant().as(() -> keys.revoke(keyId));
        assertThat(orphans()).extracting(WebhookQueue.Orphan::webhookId).containsExactlyInAnyOrder("hook", "expires");

        hooks.put("expires"); // by another principal meanwhile
        List<WebhookQueue.Orphan> stale = List.of(
                new WebhookQueue.Orphan(hooks.tenant().id(), "hook", keyId),
                new WebhookQueue.Orphan(hooks.tenant().id(), "expires", keyId));
        stale.forEach(orphan -> hooks.tenant().as(() -> {
            hooks.queue().disable(orphan);
            return 0;
        }));
        assertThat(hooks.webhook("hook").why()).isEqualTo(Webhook.Why.OWNER);
        assertThat(hooks.webhook("expires").why()).isNull();
        assertThat(orphans()).isEmpty();
    }

    @Test
    void what_is_over_is_forgotten_after_as_many_days_as_events_are_kept() {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a", "b");
        hooks.end(hooks.claim().get(0), DELIVERED);
        hooks.later("6 days 23 hours");
        forget();
        assertThat(hooks.deliveries("hook")).hasSize(2);
        hooks.later("2 hours");
        forget();
        assertThat(hooks.deliveries("hook")).singleElement().matches(left -> left.status() == Status.PENDING);
    }

    @Test
    void an_event_that_is_kept_no_more_is_a_call_without_it() {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a");
        TestDatabase.get()
                .superuser()
                .sql("DELETE FROM task_event WHERE tenant_id = :t")
                .param("t", hooks.tenant().id().value())
                .update();
        WebhookCall call = hooks.claim().get(0);
        assertThat(call.event()).isNull();
        hooks.end(call, WebhookCall.How.IMPOSSIBLE);
        assertThat(delivery(1).status()).isEqualTo(Status.FAILED);
        assertThat(hooks.webhook("hook").failingSince())
                .as("it is not to blame")
                .isNull();
    }

    @Test
    void an_installation_without_webhooks_has_nothing_to_look_for() {
        hooks.happens("asset.changed", "a");
        WebhookQueue.Due due = hooks.queue().look();
        assertThat(due.fanOut()).doesNotContain(hooks.tenant().id());
        hooks.put("hook");
        hooks.happens("asset.changed", "a");
        assertThat(hooks.queue().look().fanOut()).contains(hooks.tenant().id());
        hooks.fanOut();
        assertThat(hooks.queue().look().fanOut()).doesNotContain(hooks.tenant().id());
        assertThat(hooks.queue().look().send()).contains(hooks.tenant().id());
        hooks.tenant().as(() -> hooks.webhooks().delete("hook"));
        assertThat(hooks.queue().look().send()).doesNotContain(hooks.tenant().id());
        assertThat(hooks.queue().tenants()).doesNotContain(hooks.tenant().id());
    }

    @Test
    void what_has_still_to_be_sent_is_known_to_who_removes_events() {
        assertThat(undeliveredFrom()).isNull();
        hooks.put("hook");
        hooks.happens("asset.changed", "a", "b");
        assertThat(undeliveredFrom()).isEqualTo(1L);
        hooks.fanOut();
        hooks.end(hooks.claim().get(0), DELIVERED);
        assertThat(undeliveredFrom()).isEqualTo(2L);
        hooks.later("31 seconds");
        hooks.deliverAll();
        assertThat(undeliveredFrom()).isEqualTo(3L);
        hooks.tenant().as(() -> hooks.webhooks().replayFrom("hook", Instant.EPOCH));
        assertThat(undeliveredFrom()).isEqualTo(1L);
        hooks.fanOut();
        hooks.end(hooks.claim(), GONE);
        assertThat(undeliveredFrom()).as("nobody waits for it").isEqualTo(3L);
    }

    private Object undeliveredFrom() {
        return hooks.tenant().sql(jdbc -> jdbc.sql("SELECT webhooks_undelivered_from() AS first")
                .query()
                .listOfRows()
                .get(0)
                .get("first"));
    }

    /** Also where the planner does not know yet how many there are. */
    @Test
    void a_claim_reads_what_it_takes_and_not_all_that_waits() {
        hooks.put("hook");
        hooks.tenant().sql(jdbc -> jdbc.sql(
                        "INSERT INTO webhook_delivery (webhook_id, seq, object, event_type, next_attempt_at)"
                                + " SELECT 'hook', n, 'o' || n % 2000, 'x', now() FROM generate_series(1, 20000) AS n")
                .update());
        String plan = hooks.tenant()
                .sql(jdbc -> String.join(
                        "\n",
                        jdbc.sql("EXPLAIN " + JdbcWebhookQueue.CLAIM)
                                .param("in_flight", "[]")
                                .param("per_webhook", 8)
                                .param("failing_too", true)
                                .param("max", 64)
                                .param("claim_seconds", 30)
                                .query(String.class)
                                .list()));
        assertThat(plan)
                .contains(
                        "webhook_delivery_due on webhook_delivery",
                        "webhook_delivery_of_object on webhook_delivery",
                        "webhook_delivery_pkey on webhook_delivery")
                .contains("(object = d_1.object)", "(seq = p.seq)", "(seq = c.seq)")
                .doesNotContain("Seq Scan on webhook_delivery");
    }

    private void forget() {
        assertThat(hooks.queue().tenants()).contains(hooks.tenant().id());
        assertThat(hooks.tenant().as(() -> hooks.queue().forgetSome())).isFalse();
    }

    private List<WebhookQueue.Orphan> orphans() {
        return hooks.queue().orphans().stream()
                .filter(orphan -> orphan.tenant().equals(hooks.tenant().id()))
                .toList();
    }

    private List<String> types(String id) {
        return hooks.deliveries(id).stream().map(WebhookDelivery::eventType).toList();
    }

    private WebhookDelivery delivery(long seq) {
        return hooks.deliveries("hook").stream()
                .filter(one -> one.seq() == seq)
                .findFirst()
                .orElseThrow();
    }

    private long restSeconds() {
        return hooks.tenant().sql(jdbc -> jdbc.sql(
                        "SELECT round(extract(epoch FROM next_attempt_at - now()))::bigint FROM webhook_delivery WHERE seq = 1")
                .query(Long.class)
                .single());
    }

    private long since(String id) {
        return count("SELECT since_seq FROM webhook WHERE webhook_id = '" + id + "'");
    }

    private long count(String sql) {
        return hooks.tenant().sql(jdbc -> jdbc.sql(sql).query(Long.class).single());
    }

    private static String[] objects(int count) {
        return IntStream.range(0, count).mapToObj(n -> "o" + n).toArray(String[]::new);
    }

    private static List<WebhookCall> of(List<WebhookCall> calls, String id) {
        return calls.stream().filter(call -> call.webhookId().equals(id)).toList();
    }

    private static int count(List<WebhookCall> calls, String id) {
        return of(calls, id).size();
    }
}
