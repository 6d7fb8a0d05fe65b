package dev.taskorder.starter.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.tenant.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CreateTurnsTest {
    private static final TenantId LOUD = new TenantId("loud");
    private static final TenantId LOUD_TOO = new TenantId("loud_too");
    private static final TenantId QUIET = new TenantId("quiet");

    private final AtomicLong now = new AtomicLong();
    private final List<Duration> rests = new CopyOnWriteArrayList<>();
    private final Set<TenantId> held = ConcurrentHashMap.newKeySet();
    private final CreateTurns turns = new CreateTurns(held::contains, now::get, this::rest);
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void send_the_callers_home() {
        callers.shutdownNow();
    }

    @Test
    void who_is_not_held_creates_as_much_at_a_time_as_it_likes() {
        held.add(LOUD);
        for (int i = 0; i < 100; i++) {
            assertThat(turns.take(QUIET)).isPresent();
        }
        assertThat(rests).isEmpty();
    }

    @Test
    void who_is_held_creates_one_at_a_time_in_the_order_in_which_they_came() {
        held.add(LOUD);
        CreateTurns.Turn first = turns.take(LOUD).orElseThrow();
        List<Integer> served = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> others = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            others.add(CompletableFuture.runAsync(
                    () -> {
                        CreateTurns.Turn turn = turns.take(LOUD).orElseThrow();
                        served.add(number);
                        turn.over();
                    },
                    callers));
            awaitWaiting(i + 1);
        }
        assertThat(served).isEmpty();

        first.over();

        others.forEach(CompletableFuture::join);
        assertThat(served).containsExactly(0, 1, 2, 3);
    }

    @Test
    void after_each_it_rests_nine_times_as_long_as_that_took_and_a_second_at_most() {
        held.add(LOUD);
        took(Duration.ofMillis(5));
        took(Duration.ofMillis(500));
        took(Duration.ZERO);
        assertThat(rests).containsExactly(Duration.ofMillis(45), Duration.ofSeconds(1));
    }

    @Test
    void what_has_passed_since_counts_as_rest() {
        held.add(LOUD);
        took(Duration.ofMillis(5));
        now.addAndGet(Duration.ofMillis(44).toNanos());
        took(Duration.ofMillis(5));
        now.addAndGet(Duration.ofMillis(45).toNanos());
        took(Duration.ofMillis(5));
        assertThat(rests).containsExactly(Duration.ofMillis(1));
    }

    @Test
    void a_turn_that_is_over_twice_lets_in_one() {
        held.add(LOUD);
        CreateTurns.Turn first = turns.take(LOUD).orElseThrow();
        first.over();
        first.over();
        turns.take(LOUD).orElseThrow();
        CompletableFuture<Optional<CreateTurns.Turn>> third = later(LOUD);
        awaitWaiting(1);
        assertThat(third).isNotDone();
    }

    @Test
    void one_tenant_waits_for_no_other() {
        held.addAll(Set.of(LOUD, LOUD_TOO));
        turns.take(LOUD).orElseThrow();
        assertThat(turns.take(LOUD_TOO)).isPresent();
    }

    @Test
    void so_many_of_a_tenant_wait_and_no_more_and_so_many_of_all() {
        held.addAll(Set.of(LOUD, LOUD_TOO, QUIET));
        held.forEach(tenant -> turns.take(tenant).orElseThrow());
        IntStream.range(0, CreateTurns.WAITING_MAX).forEach(i -> later(LOUD));
        awaitWaiting(CreateTurns.WAITING_MAX);
        assertThat(turns.take(LOUD)).isEmpty();

        IntStream.range(0, CreateTurns.WAITING_OF_ALL_MAX - CreateTurns.WAITING_MAX)
                .forEach(i -> later(LOUD_TOO));
        awaitWaiting(CreateTurns.WAITING_OF_ALL_MAX);
        assertThat(turns.take(QUIET)).isEmpty();

        held.remove(QUIET);
        assertThat(turns.take(QUIET)).as("who is not held does not wait").isPresent();
    }

    @Test
    void who_is_interrupted_has_no_turn_and_takes_none_from_others() throws Exception {
        held.add(LOUD);
        CreateTurns.Turn first = turns.take(LOUD).orElseThrow();
        CompletableFuture<Optional<CreateTurns.Turn>> waiting = later(LOUD);
        awaitWaiting(1);
        callers.shutdownNow();
        assertThat(waiting.get()).isEmpty();
        first.over();
        assertThat(turns.take(LOUD)).isPresent();
    }

    private void rest(long nanos) {
        rests.add(Duration.ofNanos(nanos));
        now.addAndGet(nanos);
    }

    private void took(Duration time) {
        CreateTurns.Turn turn = turns.take(LOUD).orElseThrow();
        now.addAndGet(time.toNanos());
        turn.over();
    }

    private CompletableFuture<Optional<CreateTurns.Turn>> later(TenantId tenant) {
        return CompletableFuture.supplyAsync(() -> turns.take(tenant), callers);
    }

    private void awaitWaiting(int callers) {
        await().atMost(Duration.ofSeconds(10)).until(turns::waiting, waiting -> waiting == callers);
    }
}
