package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** What goes wrong with the steps of one order; of all others, nothing. */
final class Faults {
    /** How a step goes wrong. */
    enum Kind {
        /** It fails before it has done anything. */
        BEFORE,
        /** It has committed, and its answer is lost. */
        AFTER,
        /** It is done twice, and the second answer is the one that is heard. */
        TWICE
    }

    private record Place(UUID taskId, String step) {}

    private record Fault(Kind kind, AtomicInteger spared, AtomicInteger times) {
        boolean happensNow() {
            return spared.getAndDecrement() <= 0 && times.getAndDecrement() > 0;
        }
    }

    private final Map<Place, Fault> faults = new ConcurrentHashMap<>();
    private final Map<Place, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final Map<Door, Gate> gates = new ConcurrentHashMap<>();

    private final List<String> strangers = new CopyOnWriteArrayList<>();

    private record Door(TenantId tenant, String step) {}

    /** A step that waits until it may. */
    static final class Gate {
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        void awaitArrival() {
            pass(arrived);
        }

        void open() {
            opened.countDown();
        }

        private void enter() {
            arrived.countDown();
            pass(opened);
        }

        private static void pass(CountDownLatch latch) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Steps that ran as another tenant than the one whose order they were for, or with log lines that say so. */
    List<String> strangers() {
        return List.copyOf(strangers);
    }

    /** From now on this tenant's steps of this name wait before they begin. */
    Gate stopBefore(String tenant, String step) {
        Gate gate = new Gate();
        gates.put(new Door(new TenantId(tenant), step), gate);
        return gate;
    }

    /** The step goes wrong so many times, then it is well. */
    void plan(UUID taskId, String step, Kind kind, int times) {
        plan(taskId, step, kind, 0, times);
    }

    /** So many calls of the step go well, then it goes wrong so many times, then it is well again. */
    void plan(UUID taskId, String step, Kind kind, int spared, int times) {
        faults.put(new Place(taskId, step), new Fault(kind, new AtomicInteger(spared), new AtomicInteger(times)));
    }

    /** What was planned for the order and did not happen: a test that plans in vain shows nothing. */
    List<String> leftOf(UUID taskId) {
        return faults.entrySet().stream()
                .filter(planned -> planned.getKey().taskId().equals(taskId))
                .filter(planned -> planned.getValue().times().get() > 0)
                .map(planned -> planned.getKey().step())
                .toList();
    }

    /** How often a step of this order was asked for. */
    int calls(UUID taskId, String step) {
        return calls.getOrDefault(new Place(taskId, step), new AtomicInteger()).get();
    }

    <T> T around(TenantId tenant, UUID taskId, String step, Supplier<T> work) {
        if (!TenantContext.required().equals(tenant) || !tenant.value().equals(MDC.get("tenant"))) {
            strangers.add(step + " of " + tenant + " as " + TenantContext.required() + " and " + MDC.get("tenant"));
        }
        Place place = new Place(taskId, step);
        calls.computeIfAbsent(place, unused -> new AtomicInteger()).incrementAndGet();
        Gate gate = gates.get(new Door(tenant, step));
        if (gate != null) {
            gate.enter();
        }
        Fault fault = faults.get(place);
        if (fault == null || !fault.happensNow()) {
            return work.get();
        }
        if (fault.kind() == Kind.BEFORE) {
            throw new IllegalStateException("planned, before " + step);
        }
        T answer = work.get();
        if (fault.kind() == Kind.AFTER) {
            throw new IllegalStateException("planned, after " + step);
        }
        return work.get();
    }
}
