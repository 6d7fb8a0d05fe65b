package dev.taskorder.trials;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Callers that wait for the ends of as many orders at one process: how soon each is answered, and what they weigh. Starts are held back. */
final class WaitersTrial implements Trial {
    private static final int WAITERS = 500;
    private static final int WAIT_S = 25;
    private static final int PACE_MS = 10;
    private static final Pattern ID = Pattern.compile("\"task_id\"\\s*:\\s*\"([^\"]+)\"");
    private static final double NANOS_PER_MS = 1e6;

    @Override
    public String name() {
        return "waiters";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                // nothing listens on port 1: the application takes orders and keeps them for later
                Application application =
                        Application.start(setup, folder.path(), "--taskorder.temporal.target=127.0.0.1:1")) {
            OrderBodies bodies = OrderBodies.plain("trial-waiters");
            List<String> ids = new ArrayList<>();
            try (WireClient wire = new WireClient(application.port(), Orders.TENANT)) {
                for (int i = 0; i < WAITERS; i++) {
                    ids.add(id(wire.post(Orders.PATH, bodies.one()).text()));
                }
                measure(application, wire, ids, report);
            }
        }
    }

    private static void measure(Application application, WireClient wire, List<String> ids, Report report)
            throws Exception {
        double residentBefore = application.residentMb();
        long[] answeredAt = new long[WAITERS];
        List<Thread> waiters = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            int mine = i;
            Thread waiter = new Thread(() -> answeredAt[mine] = answered(application.port(), ids.get(mine)), "waiter");
            waiter.start();
            waiters.add(waiter);
        }
        TimeUnit.SECONDS.sleep(5); // all wait by then, which the share of those answered shows
        double resident = application.residentMb() - residentBefore;
        long[] endedAt = new long[WAITERS];
        for (int i = 0; i < WAITERS; i++) {
            wire.post(Orders.PATH + "/" + ids.get(i) + "/cancel", new byte[0]);
            endedAt[i] = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep(PACE_MS);
        }
        for (Thread waiter : waiters) {
            waiter.join();
        }
        Series late = new Series();
        for (int i = 0; i < WAITERS; i++) {
            if (answeredAt[i] > 0) {
                late.add(Math.max(0, answeredAt[i] - endedAt[i]) / NANOS_PER_MS);
            }
        }
        Sample sample = late.sample();
        double answered = late.values().length;
        report.add(Figure.of(WAITERS + " waiters, answered with the end", answered, "")
                .with(Bar.atLeast(WAITERS)));
        report.add(Figure.of("from the cancel's answer to the waiter's, p95", sample.percentile(95), "ms")
                .noted("p50 %s, max %s".formatted(Figure.shown(sample.percentile(50)), Figure.shown(sample.max()))));
        report.add(Figure.of(WAITERS + " waiters, resident", resident, "MB"));
    }

    /** When the answer came that the order is over; 0 if it was another one. */
    private static long answered(int port, String id) {
        try (WireClient wire = new WireClient(port, Orders.TENANT)) {
            String answer = wire.get(Orders.PATH + "/" + id + "?wait=" + WAIT_S).text();
            return answer.contains("CANCELLED") ? System.nanoTime() : 0;
        } catch (IOException unanswered) {
            return 0;
        }
    }

    private static String id(String order) {
        Matcher id = ID.matcher(order);
        if (!id.find()) {
            throw new IllegalStateException("no order was created: " + order);
        }
        return id.group(1);
    }
}
