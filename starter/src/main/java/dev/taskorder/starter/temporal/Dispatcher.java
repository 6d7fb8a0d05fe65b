package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.SignalDue;
import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Tells Temporal what the database says: orders to start and signals to send. One thread claims, always the most urgent
 * of the table, a few at a time and in turn over the tenants; others carry. Nothing waits in memory but whose turn it is.
 *
 * <table>
 * <caption>What wakes it, and what then</caption>
 * <tr><td>a create that took a {@link #place}</td><td>nothing: the carrier starts what the insert claimed</td></tr>
 * <tr><td>a commit in this process that leaves a start or a signal</td><td>claims that for the tenant</td></tr>
 * <tr><td>the gate: Temporal has come</td><td>asks which tenants have something due, claims for them</td></tr>
 * <tr><td>maintenance, which found what others missed</td><td>the same</td></tr>
 * <tr><td>a carrier has come back</td><td>fills the place that is free</td></tr>
 * <tr><td>a moment after that ({@link Outcomes})</td><td>tells what became of all that came back</td></tr>
 * <tr><td>some time after a failure ({@link Again})</td><td>asks which tenants have something due</td></tr>
 * <tr><td>Temporal is away</td><td>tells, claims nothing: the gate wakes it</td></tr>
 * <tr><td>the store is away</td><td>rests a second, then the same as after a failure</td></tr>
 * <tr><td>one tenant's claim or outcome fails</td><td>goes on with the others, and looks again later</td></tr>
 * </table>
 */
final class Dispatcher implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
    private static final int CARRIERS = 2 * InFlight.MAX;
    private static final long STOP_WAIT_MS = 6000;

    private final DispatchQueue queue;
    private final DispatchSignal signal;
    private final BackgroundRunner tenants;
    private final TemporalGate gate;
    private final Courier courier;
    private final Outcomes outcomes;

    private final Places starting = new Places(System::nanoTime);
    private final Places signalling = new Places(System::nanoTime);
    private final Turns toStart = new Turns();
    private final Turns toSignal = new Turns();
    private final ThreadPoolExecutor carriers = carriers();
    private final Again again = new Again();
    private volatile boolean failedSome;
    private volatile boolean caughtUp;
    private volatile boolean running;
    private @Nullable Thread thread;
    private boolean sweep = true;
    /** For how long somebody is held who had nothing in this round though there was room; ever if nobody is. */
    private long restMs = Long.MAX_VALUE;

    Dispatcher(
            DispatchQueue queue,
            DispatchSignal signal,
            BackgroundRunner tenants,
            TemporalGate gate,
            Courier courier,
            Outcomes outcomes) {
        this.queue = queue;
        this.signal = signal;
        this.tenants = tenants;
        this.gate = gate;
        this.courier = courier;
        this.outcomes = outcomes;
    }

    @Override
    public synchronized void start() {
        if (!running) {
            running = true;
            thread = OwnThreads.daemon("taskorder-dispatch", this::work);
            thread.start();
        }
    }

    /** Claims no more; what is under way is carried and told, for a claim left behind delays its order. */
    @Override
    public synchronized void stop() {
        running = false;
        signal.nudge();
        try {
            if (thread != null) {
                thread.join(STOP_WAIT_MS);
            }
            carriers.shutdown();
            if (carriers.awaitTermination(STOP_WAIT_MS, TimeUnit.MILLISECONDS)) {
                var unused = outcomes.tell();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.warn("outcomes not told at the end; their claims run out", e);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** For an order that is just being created; only while no start that is due waits here, for it would overtake. */
    Optional<StartAtOnce.Place> place(TenantId tenant) {
        boolean mayBegin = running && caughtUp && gate.isOpen();
        return mayBegin ? starting.tryBegin(tenant).map(PlaceTaken::new) : Optional.empty();
    }

    /** Whether its starts are held back, for others are about. */
    boolean isHeld(TenantId tenant) {
        return starting.isHeld(tenant);
    }

    /** Of one thread. */
    private final class PlaceTaken implements StartAtOnce.Place {
        private final Places.Place place;
        private boolean used;

        private PlaceTaken(Places.Place place) {
            this.place = place;
        }

        @Override
        public void start(StartDue claimed) {
            used = true;
            carry(place, () -> courier.start(claimed));
        }

        @Override
        public void close() {
            if (!used) {
                place.withdrawn();
                signal.nudge();
            }
        }
    }

    private void work() {
        while (running) {
            try {
                DispatchSignal.Told told = signal.await(waitMs());
                toStart.add(told.starts());
                toSignal.add(told.signals());
                sweep |= told.sweep() || again.isDue();
                round();
                if (failedSome) {
                    failedSome = false;
                    again.failed();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.warn("dispatch failed, will be tried again", e);
                rest();
            } catch (Error e) {
                // a thread that ends here would be missed by nobody
                log.error("dispatch failed, will be tried again", e);
                rest();
            }
        }
    }

    /** Until there is something to do that nobody tells of. */
    private long waitMs() {
        return Math.min(restMs, Math.min(again.waitMs(), outcomes.waitMs()));
    }

    /** The store is away, or broken: whatever wakes us meanwhile, it is asked once a second and no more. */
    private void rest() {
        caughtUp = false;
        sweep = true;
        again.failed();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }

    private void round() {
        restMs = Long.MAX_VALUE;
        if (outcomes.waitMs() == 0) {
            failedSome |= !outcomes.tell();
        }
        if (!gate.isOpen()) {
            // The gate sweeps when it opens; until then nothing is claimed, so that nothing is hidden by a claim.
            caughtUp = false;
            return;
        }
        if (sweep) {
            List<TenantId> due = queue.tenantsDue();
            toStart.add(due);
            toSignal.add(due);
            sweep = false;
        }
        caughtUp &= toStart.isEmpty();
        fill(toSignal, signalling, this::claimSignals);
        fill(toStart, starting, this::claimStarts);
        caughtUp = toStart.isEmpty();
    }

    private void fill(Turns turns, Places places, Claim claim) {
        boolean goesOn = true;
        while (goesOn && running) {
            goesOn = false;
            int share = turns.share(places.free());
            for (TenantId tenant : turns.inTurn()) {
                // asked first: a rest that ends meanwhile is then waited for once too often, and not forgotten
                long rest = places.restMs();
                int asked = Math.min(share, places.free(tenant));
                if (asked > 0) {
                    goesOn = true;
                    serve(tenant, asked, turns, places, claim);
                } else if (rest > 0) {
                    restMs = Math.min(restMs, rest);
                }
            }
        }
    }

    private void serve(TenantId tenant, int asked, Turns turns, Places places, Claim claim) {
        OptionalInt had = claimed(tenant, asked, claim);
        had.ifPresent(some -> places.claimed(tenant, asked, some));
        turns.served(tenant, had.orElse(0) == asked);
    }

    /** A tenant whose claim fails is left to the next sweep, and keeps no other waiting. */
    private OptionalInt claimed(TenantId tenant, int max, Claim claim) {
        return tenants.call(tenant, () -> {
            try {
                return OptionalInt.of(claim.of(tenant, max));
            } catch (CannotCreateTransactionException away) {
                throw away;
            } catch (RuntimeException e) {
                log.warn("nothing claimed, will be tried again", e);
                failedSome = true;
                return OptionalInt.empty();
            }
        });
    }

    private int claimStarts(TenantId tenant, int max) {
        List<StartDue> claimed = queue.claimStarts(max);
        claimed.forEach(start -> carry(starting.begun(tenant), () -> courier.start(start)));
        return claimed.size();
    }

    private int claimSignals(TenantId tenant, int max) {
        List<SignalDue> claimed = queue.claimSignals(max);
        Map<UUID, List<SignalDue>> byOrder = claimed.stream()
                .collect(Collectors.groupingBy(SignalDue::taskId, LinkedHashMap::new, Collectors.toList()));
        byOrder.values().forEach(ofOne -> carry(signalling.begun(tenant), () -> courier.signal(tenant, ofOne)));
        return claimed.size();
    }

    private void carry(Places.Place place, BooleanSupplier work) {
        try {
            carriers.execute(() -> {
                long begun = System.nanoTime();
                try {
                    if (!work.getAsBoolean()) {
                        failedSome = true;
                    }
                } finally {
                    place.ended(System.nanoTime() - begun);
                    signal.nudge();
                }
            });
        } catch (RejectedExecutionException stopped) {
            place.withdrawn(); // the claim runs out, and whoever is still there carries it
        }
    }

    private static ThreadPoolExecutor carriers() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                CARRIERS,
                CARRIERS,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                OwnThreads.daemons("taskorder-carrier"));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** For the tenant that is bound. */
    private interface Claim {
        int of(TenantId tenant, int max);
    }
}
