package dev.taskorder.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.worker.tuning.ActivitySlotInfo;
import io.temporal.worker.tuning.SlotReserveContext;
import io.temporal.worker.tuning.SlotSupplier;
import io.temporal.worker.tuning.SlotSupplierFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AttemptSlotsTest {
    private static final SlotReserveContext<ActivitySlotInfo> ASKED = null;

    private final AttemptSlots slots = new AttemptSlots(2);
    private final SlotSupplier<ActivitySlotInfo> polled = slots.polled();
    private final SlotSupplier<ActivitySlotInfo> handedOver = slots.handedOver();

    @Test
    void polled_and_handed_over_attempts_share_the_slots() throws Exception {
        assertThat(polled.reserveSlot(ASKED)).isDone();
        assertThat(handedOver.tryReserveSlot(ASKED)).isPresent();
        assertThat(handedOver.tryReserveSlot(ASKED)).isEmpty();
        handedOver.releaseSlot(null);
        assertThat(handedOver.tryReserveSlot(ASKED)).isPresent();
    }

    @Test
    void while_a_poll_waits_for_a_slot_nothing_is_handed_over() throws Exception {
        polled.reserveSlot(ASKED);
        polled.reserveSlot(ASKED);
        SlotSupplierFuture third = polled.reserveSlot(ASKED);
        SlotSupplierFuture fourth = polled.reserveSlot(ASKED);
        assertThat(third).isNotDone();
        polled.releaseSlot(null);
        assertThat(third).isDone();
        assertThat(handedOver.tryReserveSlot(ASKED)).isEmpty();
        assertThat(fourth.abortReservation()).isNull();
        polled.releaseSlot(null);
        assertThat(handedOver.tryReserveSlot(ASKED)).isPresent();
    }

    @Test
    void a_poll_that_gave_up_does_not_keep_the_slot_it_waited_for() throws Exception {
        polled.reserveSlot(ASKED);
        polled.reserveSlot(ASKED);
        SlotSupplierFuture gaveUp = polled.reserveSlot(ASKED);
        SlotSupplierFuture stays = polled.reserveSlot(ASKED);
        assertThat(gaveUp.abortReservation()).isNull();
        polled.releaseSlot(null);
        assertThat(stays).isDone();
    }

    @Test
    void once_closed_nothing_is_handed_over() {
        slots.close();
        assertThat(handedOver.tryReserveSlot(ASKED)).isEmpty();
    }

    @Test
    void the_worker_of_the_workflows_never_polls() throws Exception {
        SlotSupplierFuture never = handedOver.reserveSlot(ASKED);
        assertThat(never).isNotDone();
        assertThat(never.abortReservation()).isNull();
        assertThat(handedOver.tryReserveSlot(ASKED)).isPresent();
    }

    @Test
    void eight_threads_never_hold_more_slots_than_there_are_and_none_is_lost() throws Exception {
        AtomicInteger held = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean polls = i % 2 == 0;
            all.add(threads.submit(() -> {
                start.await();
                for (int n = 0; n < 2_000; n++) {
                    if (polls) {
                        polled.reserveSlot(ASKED).get(10, TimeUnit.SECONDS);
                    } else if (handedOver.tryReserveSlot(ASKED).isEmpty()) {
                        continue;
                    }
                    most.accumulateAndGet(held.incrementAndGet(), Math::max);
                    held.decrementAndGet();
                    polled.releaseSlot(null);
                }
                return true;
            }));
        }
        start.countDown();
        for (Future<Boolean> one : all) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isTrue();
        }
        threads.shutdown();
        assertThat(most.get()).isBetween(1, 2);
        assertThat(handedOver.tryReserveSlot(ASKED)).isPresent();
        assertThat(handedOver.tryReserveSlot(ASKED)).isPresent();
        assertThat(handedOver.tryReserveSlot(ASKED)).isEmpty();
    }
}
