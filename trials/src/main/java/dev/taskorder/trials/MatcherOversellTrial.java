package dev.taskorder.trials;

import dev.taskorder.api.order.Verdict;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether an asset ever serves more orders than it can. Sixteen workers in two processes claim six slots of three
 * assets. A claim is what the step that admits an order does for it at the matcher, answered for that order: it runs, or
 * it waits, and is then claimed for again by a mark, the matcher, and a look at its row. Who got a slot keeps it while
 * others claim in vain, and gives it back by the order's end, in the other process. Afterwards one question over all
 * leases looks at every moment at which one of them began.
 */
final class MatcherOversellTrial implements Trial {
    private static final int WORKERS = 16;
    private static final int CONNECTIONS = 10;
    private static final String[] PROJECTS = {"p0", "p1", "p2", "p3"};
    private static final int LINES = PROJECTS.length;
    private static final int MORE_ORDERS = 4_000;
    /** Who has a slot keeps it until so many more claims were made: most claims find all slots taken. */
    private static final int HELD_CLAIMS = 60;

    private static final long HOLD_LOOK_NANOS = 200_000;
    private static final int SAY_EVERY = 100_000;

    /** A lease that ends as another begins is no overlap; one that has not ended holds on. */
    static final String OVERSOLD = """
            WITH steps AS (
                SELECT asset_id, acquired_at AS at, 1 AS step FROM lease
                UNION ALL
                SELECT asset_id, released_at, -1 FROM lease WHERE released_at IS NOT NULL
            ), sweep AS (
                SELECT asset_id, step, sum(step) OVER (PARTITION BY asset_id ORDER BY at, step) AS held FROM steps
            )
            SELECT count(*) FROM sweep JOIN asset USING (asset_id) WHERE step = 1 AND held > max_concurrency
            """;
    /** The same for each slot. */
    static final String SLOTS_SHARED = """
            SELECT count(*) FROM (
                SELECT acquired_at, lag(coalesce(released_at, 'infinity')) OVER (
                           PARTITION BY asset_id, slot_no ORDER BY acquired_at, released_at) AS until
                  FROM lease) l
             WHERE acquired_at < until
            """;

    private static final String MOST_AT_ONCE = """
            SELECT max(held) FROM (
                SELECT sum(step) OVER (ORDER BY at, step) AS held
                  FROM (SELECT acquired_at AS at, 1 AS step FROM lease
                        UNION ALL
                        SELECT released_at, -1 FROM lease WHERE released_at IS NOT NULL) steps) sweep
            """;

    @Override
    public String name() {
        return "matcher-oversell";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (OwnPostgres postgres = OwnPostgres.startRelaxed();
                QueuedTenant tenant = new QueuedTenant(postgres, "oversell", CONNECTIONS);
                Features other = new Features(postgres, "oversell", CONNECTIONS)) {
            for (int slots = 1; slots <= 3; slots++) {
                tenant.asset("net.00" + slots, slots);
            }
            for (int line = 0; line < LINES; line++) {
                tenant.line(line, PROJECTS[line], line == 0 ? "net.*" : "net.00" + line);
            }
            for (UUID first : tenant.ofStatus("QUEUED", LINES, PROJECTS)) {
                tenant.end(tenant.features(), first);
            }
            tenant.features().matcher().letGo();
            Claims claims = new Claims(tenant, other, setup.claims(), report);
            long begun = System.nanoTime();
            Workers.run(WORKERS, claims::make);
            double seconds = (System.nanoTime() - begun) / 1e9;
            tell(report, tenant, claims, seconds);
        }
    }

    private static void tell(Report report, QueuedTenant tenant, Claims claims, double seconds) {
        int leases = tenant.count("SELECT count(*) FROM lease");
        double made = claims.made.get();
        report.add(Figure.of("claims", made, "")
                .noted("%d workers in 2 processes, %s claims a second, %d granted; --claims sets how many"
                        .formatted(WORKERS, Figure.shown(made / seconds), leases)));
        report.add(Figure.of("leases that an asset had no room for", tenant.count(OVERSOLD), "")
                .with(Bar.atMost(0)));
        report.add(Figure.of("leases of a slot that was leased", tenant.count(SLOTS_SHARED), "")
                .with(Bar.atMost(0)));
        report.add(Figure.of("leases at once, at most", tenant.count(MOST_AT_ONCE), "")
                .noted("of 6 slots"));
        report.detail("seconds", seconds);
    }

    /** The claims of all workers. */
    private static final class Claims {
        private final QueuedTenant tenant;
        private final List<Features> processes;
        private final int wanted;
        private final Report report;
        private final AtomicLong made = new AtomicLong();
        private final Queue<UUID> orders = new ConcurrentLinkedQueue<>();

        Claims(QueuedTenant tenant, Features other, int wanted, Report report) {
            this.tenant = tenant;
            this.processes = List.of(tenant.features(), other);
            this.wanted = wanted;
            this.report = report;
        }

        void make(int worker) {
            Features mine = processes.get(worker % 2);
            Features theirs = processes.get((worker + 1) % 2);
            while (made.get() < wanted) {
                UUID order = next();
                Verdict verdict = counted(tenant.admit(mine, order));
                while (verdict instanceof Verdict.Await && made.get() < wanted) {
                    verdict = counted(tenant.claimAgain(mine, order));
                }
                if (verdict instanceof Verdict.Execute) {
                    holdOn();
                    tenant.end(theirs, order);
                }
            }
        }

        private void holdOn() {
            long until = made.get() + HELD_CLAIMS;
            while (made.get() < Math.min(until, wanted)) {
                LockSupport.parkNanos(HOLD_LOOK_NANOS);
            }
        }

        private Verdict counted(Verdict verdict) {
            long number = made.incrementAndGet();
            if (number % SAY_EVERY == 0) {
                report.say(number + " claims");
            }
            return verdict;
        }

        private UUID next() {
            UUID order = orders.poll();
            return order == null ? nextOfMore() : order;
        }

        private synchronized UUID nextOfMore() {
            UUID order = orders.poll();
            if (order == null) {
                orders.addAll(tenant.created(0, LINES, MORE_ORDERS));
                order = orders.remove();
            }
            return order;
        }
    }
}
