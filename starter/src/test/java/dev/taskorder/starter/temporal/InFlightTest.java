package dev.taskorder.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private long now;
    private final InFlight places = places(InFlight.Aim.THROUGHPUT);

    @Test
    void it_grows_to_the_bound_while_calls_are_short() {
        calls(10_000, Duration.ofMillis(5));
        assertThat(places.free()).isEqualTo(64);
    }

    @Test
    void places_that_nobody_uses_do_not_grow_to_more() {
        int first = places.free();
        for (int i = 0; i < 10_000; i++) {
            places.begun();
            places.ended(Duration.ofMillis(5).toNanos());
        }
        assertThat(places.free()).isEqualTo(first);
    }

    @Test
    void it_shrinks_when_calls_queue() {
        calls(10_000, Duration.ofMillis(20));
        calls(500, Duration.ofMillis(400));
        assertThat(places.free()).isLessThan(10).isPositive();
    }

    @Test
    void a_long_way_is_no_queue() {
        calls(10_000, Duration.ofMillis(150));
        assertThat(places.free()).isEqualTo(64);
    }

    @Test
    void a_way_that_becomes_longer_becomes_the_measure_some_minutes_later() {
        calls(1_000, Duration.ofMillis(20));
        calls(1_000, Duration.ofMillis(200));
        assertThat(places.free()).isEqualTo(2);
        now += 2 * ShortestCall.WINDOW_NANOS;
        calls(1, Duration.ofMillis(200));
        now += ShortestCall.WINDOW_NANOS;
        calls(10_000, Duration.ofMillis(200));
        assertThat(places.free()).isEqualTo(64);
    }

    @Test
    void a_queue_that_lasts_for_hours_never_becomes_the_measure() {
        for (int minute = 0; minute < 180; minute++) {
            now += Duration.ofMinutes(1).toNanos();
            calls(1, Duration.ofMillis(20));
            calls(1_000, Duration.ofMillis(200));
            assertThat(places.free()).isEqualTo(2);
        }
    }

    @Test
    void for_courtesy_there_is_one_at_a_time_and_a_rest_that_has_an_end() {
        InFlight few = places(InFlight.Aim.COURTESY);
        few.begun();
        few.ended(Duration.ofMillis(10).toNanos());
        now += few.restNanos();
        for (int i = 0; i < 50; i++) {
            assertThat(few.free()).isEqualTo(1);
            few.begun();
            assertThat(few.free()).isZero();
            few.ended(Duration.ofMillis(300).toNanos());
            assertThat(few.free()).isZero();
            assertThat(few.restNanos()).isPositive().isLessThanOrEqualTo((long) InFlight.REST_NANOS_MAX);
            now += few.restNanos();
        }
    }

    @Test
    void for_courtesy_it_grows_too_while_calls_are_short() {
        InFlight few = places(InFlight.Aim.COURTESY);
        for (int i = 0; i < 100; i++) {
            few.begun();
            few.ended(Duration.ofMillis(10).toNanos());
            now += few.restNanos();
        }
        calls(few, 10_000, Duration.ofMillis(10));
        assertThat(few.free()).isEqualTo(InFlight.MAX);
    }

    @Test
    void what_is_under_way_takes_a_place() {
        int all = places.free();
        places.begun();
        assertThat(places.free()).isEqualTo(all - 1);
        for (int i = 0; i < all; i++) {
            places.begun();
        }
        assertThat(places.free()).isZero();
        assertThat(places.tryBegin()).isFalse();
    }

    @Test
    void what_makes_no_call_after_all_gives_its_place_back_and_says_nothing_about_the_way() {
        int all = places.free();
        assertThat(places.tryBegin()).isTrue();
        assertThat(places.free()).isEqualTo(all - 1);
        places.withdrawn();
        assertThat(places.free()).isEqualTo(all);
    }

    private InFlight places(InFlight.Aim aim) {
        return new InFlight(() -> now, aim, new ShortestCall(() -> now));
    }

    /** As many at a time as may be. */
    private void calls(int count, Duration took) {
        calls(places, count, took);
    }

    private static void calls(InFlight places, int count, Duration took) {
        for (int ended = 0; ended < count; ) {
            int together = places.free();
            for (int i = 0; i < together; i++) {
                places.begun();
            }
            for (int i = 0; i < together; i++) {
                places.ended(took.toNanos());
            }
            ended += together;
        }
    }
}
