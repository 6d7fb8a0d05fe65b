package dev.taskorder.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How soon the application is ready, what it takes while nothing happens, and whether it grows with what it has done. */
final class FootprintTrial implements Trial {
    private static final int STARTS = 3;
    private static final int IDLE_SECONDS = 30;
    private static final int LOOKS = 10;
    private static final int BATCH = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double RESIDENT_MB_BAR = 400;
    private static final double READY_SECONDS_BAR = 12;
    /** Of live heap, from the second look to the last: what a leak of 200 bytes an order would pass. */
    private static final double GROWTH_MB_BAR = 3;

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create()) {
            startsAndIdles(setup, folder, report);
        }
        try (TempFolder folder = TempFolder.create();
                DevServer temporal = DevServer.start(setup);
                Application application =
                        Application.start(setup, folder.path(), "--taskorder.temporal.target=" + temporal.target())) {
            List<Look> looks = looks(application, setup.memoryOrders(), report);
            Look first = looks.get(1);
            Look last = looks.get(looks.size() - 1);
            report.add(Figure.of("live heap after the last order", last.liveMb, "MB")
                    .noted("%s after the first %d orders".formatted(Figure.shown(first.liveMb), first.orders)));
            report.add(Figure.of("its growth", last.liveMb - first.liveMb, "MB")
                    .noted("from %d to %d orders".formatted(first.orders, last.orders))
                    .with(Bar.atMost(GROWTH_MB_BAR)));
            report.add(Figure.of("resident after the last order", last.residentMb, "MB")
                    .noted("%s after the first %d orders".formatted(Figure.shown(first.residentMb), first.orders)));
            report.detail("looks", looks.stream().map(Look::asJson).toList());
        }
    }

    private static void startsAndIdles(Setup setup, TempFolder folder, Report report) throws Exception {
        Series again = new Series();
        for (int start = 0; start < STARTS; start++) {
            try (Application application = Application.start(setup, folder.path())) {
                report.say("ready after " + Figure.shown(application.readyAfterSeconds()) + " s");
                if (start == 0) {
                    report.add(Figure.of("ready, new data folder", application.readyAfterSeconds(), "s")
                            .noted("creates the database too")
                            .with(Bar.atMost(READY_SECONDS_BAR)));
                } else {
                    again.add(application.readyAfterSeconds());
                }
                if (start == STARTS - 1) {
                    idle(application, report);
                }
            }
        }
        report.add(Figure.median("ready, same data folder again", again.sample(), "s")
                .with(Bar.atMost(READY_SECONDS_BAR)));
    }

    private static void idle(Application application, Report report) throws Exception {
        TimeUnit.SECONDS.sleep(IDLE_SECONDS);
        report.add(Figure.of("resident, idle", application.residentMb(), "MB")
                .noted(IDLE_SECONDS + " s after ready; its own process")
                .with(Bar.atMost(RESIDENT_MB_BAR)));
        double cpuBefore = application.cpuSeconds();
        TimeUnit.SECONDS.sleep(IDLE_SECONDS);
        double cpu = application.cpuSeconds() - cpuBefore;
        report.add(Figure.of("CPU, idle", 100 * cpu / IDLE_SECONDS, "% of a core"));
        report.add(Figure.of("live heap, idle", application.liveHeapMb(), "MB"));
    }

    private record Look(int orders, double liveMb, double residentMb) {
        Map<String, Object> asJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("orders", orders);
            json.put("live_heap_mb", liveMb);
            json.put("resident_mb", residentMb);
            return json;
        }
    }

    /** The first look is taken before any order. */
    private static List<Look> looks(Application application, int orders, Report report) throws Exception {
        List<Look> looks = new ArrayList<>();
        try (Orders caller = new Orders(application)) {
            for (int look = 0; look <= LOOKS; look++) {
                if (look > 0) {
                    settle(caller, "trial-memory-" + look, orders / LOOKS);
                }
                Look taken = new Look(look * (orders / LOOKS), application.liveHeapMb(), application.residentMb());
                looks.add(taken);
                report.say("after " + taken.orders + " orders: live heap " + Figure.shown(taken.liveMb)
                        + " MB, resident " + Figure.shown(taken.residentMb) + " MB");
            }
        }
        return looks;
    }

    private static void settle(Orders caller, String project, int orders) throws Exception {
        OrderBodies bodies = OrderBodies.plain(project);
        for (int created = 0; created < orders; created += BATCH) {
            caller.createBatch(bodies.batch(Math.min(BATCH, orders - created)));
            pauseIfBehind(caller, project);
        }
        caller.awaitAllOver(project, PATIENCE);
    }

    /** A backlog would be memory too, of another kind: rows wait in the database, workflows in Temporal. */
    private static void pauseIfBehind(Orders caller, String project) throws IOException, InterruptedException {
        while (caller.anyPending(project)) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
