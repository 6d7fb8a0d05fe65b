package dev.taskorder.starter.temporal;

import io.temporal.worker.tuning.ActivitySlotInfo;
import io.temporal.worker.tuning.SlotMarkUsedContext;
import io.temporal.worker.tuning.SlotPermit;
import io.temporal.worker.tuning.SlotReleaseContext;
import io.temporal.worker.tuning.SlotReserveContext;
import io.temporal.worker.tuning.SlotSupplier;
import io.temporal.worker.tuning.SlotSupplierFuture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How many attempts run at once in this process, however they come: polled, or handed over in the answer to the workflow
 * that asks for them ("eager"). Who polls goes first: while a poll waits for a slot there may be a backlog, whose order
 * an attempt that is handed over would not respect.
 */
final class AttemptSlots {
    private final int max;
    private final Deque<CompletableFuture<SlotPermit>> waiting = new ArrayDeque<>();
    private int taken;
    private boolean closed;

    AttemptSlots(int max) {
        this.max = max;
    }

    /** For the worker that polls. */
    SlotSupplier<ActivitySlotInfo> polled() {
        return new Face() {
            @Override
            public SlotSupplierFuture reserveSlot(SlotReserveContext<ActivitySlotInfo> asked) {
                return await();
            }
        };
    }

    /** For the worker that runs the workflows: it gets what is handed over, and never polls. */
    SlotSupplier<ActivitySlotInfo> handedOver() {
        return new Face() {
            @Override
            public SlotSupplierFuture reserveSlot(SlotReserveContext<ActivitySlotInfo> asked) {
                CompletableFuture<SlotPermit> never = new CompletableFuture<>();
                return SlotSupplierFuture.fromCompletableFuture(never, () -> {});
            }
        };
    }

    /** From here on nothing is handed over; what runs goes on. */
    synchronized void close() {
        closed = true;
    }

    private synchronized SlotSupplierFuture await() {
        CompletableFuture<SlotPermit> slot = new CompletableFuture<>();
        if (taken < max && waiting.isEmpty()) {
            taken++;
            slot.complete(new SlotPermit());
        } else {
            waiting.add(slot);
        }
        return SlotSupplierFuture.fromCompletableFuture(slot, () -> giveUp(slot));
    }

    private synchronized Optional<SlotPermit> takeNow() {
        if (closed || taken >= max || !waiting.isEmpty()) {
            return Optional.empty();
        }
        taken++;
        return Optional.of(new SlotPermit());
    }

    private synchronized void giveUp(CompletableFuture<SlotPermit> slot) {
        slot.cancel(false);
        waiting.removeIf(CompletableFuture::isDone);
    }

    /** The slot goes to whoever waits longest; completed outside the lock, for the waiter's code runs in that call. */
    private void release() {
        CompletableFuture<SlotPermit> next;
        do {
            synchronized (this) {
                next = waiting.poll();
                if (next == null) {
                    taken--;
                    return;
                }
            }
        } while (!next.complete(new SlotPermit()));
    }

    private abstract class Face implements SlotSupplier<ActivitySlotInfo> {
        @Override
        public Optional<SlotPermit> tryReserveSlot(SlotReserveContext<ActivitySlotInfo> asked) {
            return takeNow();
        }

        @Override
        public void markSlotUsed(SlotMarkUsedContext<ActivitySlotInfo> used) {}

        @Override
        public void releaseSlot(SlotReleaseContext<ActivitySlotInfo> released) {
            release();
        }

        @Override
        public Optional<Integer> getMaximumSlots() {
            return Optional.of(max);
        }
    }
}
