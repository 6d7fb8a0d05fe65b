package dev.taskorder.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final TenantId LOUD = new TenantId("loud");
    private static final TenantId LOUD_TOO = new TenantId("loud_too");
    private static final TenantId QUIET = new TenantId("quiet");

    private long now;
    private final Places places = new Places(() -> now);

    /** Short calls, so that there are many places. */
    @BeforeEach
    void room() {
        for (int i = 0; i < 1_000; i++) {
            List<Places.Place> together = Stream.generate(() -> places.begun(QUIET))
                    .limit(places.free())
                    .toList();
            together.forEach(place -> place.ended(Duration.ofMillis(5).toNanos()));
        }
    }

    @Test
    void alone_a_tenant_with_a_backlog_takes_all_there_is() {
        backlog(LOUD);
        assertThat(places.free(LOUD)).isEqualTo(InFlight.MAX);
    }

    @Test
    void among_others_with_a_backlog_it_takes_all_there_is() {
        backlog(LOUD);
        backlog(LOUD_TOO);
        assertThat(places.free(LOUD)).isEqualTo(InFlight.MAX);
        assertThat(places.free(LOUD_TOO)).isEqualTo(InFlight.MAX);
    }

    @Test
    void while_somebody_without_one_is_about_it_begins_one_at_a_time_and_rests_in_between() {
        backlog(LOUD);
        places.claimed(QUIET, 16, 1);
        Places.Place one = begunOf(LOUD);
        assertThat(places.free(LOUD)).isZero();
        one.ended(Duration.ofMillis(10).toNanos());
        assertThat(places.free(LOUD)).isZero();
        assertThat(places.restMs()).isBetween(5L, 100L);
        now += Duration.ofMillis(places.restMs()).toNanos();
        assertThat(places.free(LOUD)).isEqualTo(1);
    }

    @Test
    void who_has_no_backlog_waits_for_none_of_that() {
        backlog(LOUD);
        places.claimed(QUIET, 16, 1);
        begunOf(LOUD).ended(Duration.ofMillis(10).toNanos());
        assertThat(places.free(QUIET)).isEqualTo(InFlight.MAX);
    }

    @Test
    void who_starts_what_it_creates_at_once_is_about_too() {
        places.tryBegin(QUIET).orElseThrow().ended(Duration.ofMillis(5).toNanos());
        backlog(LOUD);
        assertThat(places.free(LOUD)).isEqualTo(1);
    }

    @Test
    void who_creates_many_at_once_soon_waits_like_others_while_some_are_about() {
        places.tryBegin(LOUD).orElseThrow();
        places.tryBegin(LOUD).orElseThrow();
        assertThat(places.tryBegin(LOUD)).isPresent();
        places.claimed(QUIET, 16, 1);
        assertThat(places.tryBegin(LOUD)).isEmpty();
        assertThat(places.free(LOUD)).isPositive();
    }

    @Test
    void what_one_started_before_it_got_a_backlog_holds_it_up_no_more() {
        places.tryBegin(LOUD).orElseThrow().ended(Duration.ofMillis(5).toNanos());
        backlog(LOUD);
        assertThat(places.free(LOUD)).isEqualTo(InFlight.MAX);
    }

    @Test
    void calls_that_queue_make_it_rest_for_longer_and_short_ones_for_less() {
        backlog(LOUD);
        places.claimed(QUIET, 16, 1);
        long first = restAfter(Duration.ofMillis(10));
        long queued = 0;
        for (int i = 0; i < 20; i++) {
            queued = restAfter(Duration.ofMillis(200));
        }
        assertThat(queued).isGreaterThan(first).isEqualTo(200);
        long shorter = 0;
        for (int i = 0; i < 200; i++) {
            shorter = restAfter(Duration.ofMillis(5));
        }
        assertThat(shorter).isZero();
    }

    @Test
    void a_minute_after_the_last_of_who_has_none_it_takes_all_there_is_again() {
        backlog(LOUD);
        places.claimed(QUIET, 16, 1);
        now += Places.ABOUT_NANOS - 1;
        assertThat(places.free(LOUD)).isEqualTo(1);
        now += 1;
        assertThat(places.free(LOUD)).isEqualTo(InFlight.MAX);
    }

    @Test
    void who_gets_a_backlog_is_somebody_to_be_left_room_for_no_more() {
        backlog(LOUD);
        places.claimed(QUIET, 16, 1);
        backlog(QUIET);
        assertThat(places.free(LOUD)).isEqualTo(InFlight.MAX);
        assertThat(places.free(QUIET)).isEqualTo(InFlight.MAX);
    }

    @Test
    void who_has_worked_off_its_backlog_is_held_no_more() {
        backlog(LOUD);
        places.claimed(QUIET, 16, 1);
        places.claimed(LOUD, 1, 0);
        assertThat(places.free(LOUD)).isEqualTo(InFlight.MAX);
    }

    @Test
    void an_order_now_and_then_is_no_backlog_even_where_no_more_was_asked_for() {
        for (int i = 0; i < 10; i++) {
            places.claimed(LOUD, 1, 1);
            places.claimed(LOUD, 1, 0);
        }
        places.claimed(QUIET, 16, 1);
        assertThat(places.free(LOUD)).isEqualTo(InFlight.MAX);
    }

    @Test
    void a_few_orders_at_once_are_no_backlog_and_who_had_them_is_about() {
        backlog(LOUD);
        for (int i = 0; i < Places.BEHIND_FROM - 1; i++) {
            places.claimed(QUIET, 1, 1);
        }
        places.claimed(QUIET, 1, 0);
        assertThat(places.free(QUIET)).isEqualTo(InFlight.MAX);
        assertThat(places.free(LOUD)).isEqualTo(1);
    }

    @Test
    void what_makes_no_call_after_all_gives_its_place_back() {
        backlog(LOUD);
        places.claimed(QUIET, 16, 1);
        begunOf(LOUD).withdrawn();
        assertThat(places.free(LOUD)).isEqualTo(1);
        places.tryBegin(QUIET).orElseThrow().withdrawn();
        assertThat(places.free()).isEqualTo(InFlight.MAX);
    }

    private void backlog(TenantId tenant) {
        for (int had = 0; had < Places.BEHIND_FROM; had += 8) {
            places.claimed(tenant, 8, 8);
        }
    }

    private Places.Place begunOf(TenantId tenant) {
        assertThat(places.free(tenant)).isPositive();
        return places.begun(tenant);
    }

    /** How long nothing more of it may begin after a call that took so long. */
    private long restAfter(Duration took) {
        begunOf(LOUD).ended(took.toNanos());
        long rest = places.restMs();
        now += Duration.ofMillis(rest).toNanos();
        places.claimed(QUIET, 16, 1);
        return rest;
    }
}
