package dev.taskorder.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * How fast orders are taken over HTTP: with the starts held back, for Temporal would take the machine, and with them
 * running. Each on an application that has just been started, so that its first seconds are seen too.
 */
final class CreateTrial implements Trial {
    private static final Duration COLD = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration MEASURED = Duration.ofSeconds(30);
    private static final Duration HALF_LOAD = Duration.ofSeconds(20);
    private static final Duration BATCH_WARM_UP = Duration.ofSeconds(5);
    private static final Duration BATCH = Duration.ofSeconds(15);
    private static final int CONNECTIONS = 16;
    private static final int BATCH_CONNECTIONS = 4;
    private static final int BATCH_ORDERS = 100;
    private static final double SINGLE_BAR = 1500;
    private static final double COLD_BAR = 500;
    private static final double BATCH_BAR = 8000;
    private static final double P99_MS_BAR = 50;

    @Override
    public String name() {
        return "create";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                // nothing listens on port 1: the application takes orders and keeps them for later
                Application application =
                        Application.start(setup, folder.path(), "--taskorder.temporal.target=127.0.0.1:1")) {
            report.say("starts held back");
            Single single = single(application, report, "held");
            report.add(Figure.of("starts held back: first 10 s after ready", single.cold.rate(), "/s")
                    .with(Bar.atLeast(COLD_BAR)));
            report.add(Figure.of("starts held back: single, warm", single.warm.rate(), "/s")
                    .noted(inWords(single.warm))
                    .with(Bar.atLeast(SINGLE_BAR)));
            report.add(halfLoad("starts held back", single).with(Bar.atMost(P99_MS_BAR)));
            batches(application, report);
        }
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path())) {
            report.say("starts running");
            Single single = single(application, report, "running");
            report.add(Figure.of("starts running: first 10 s after ready", single.cold.rate(), "/s"));
            report.add(Figure.of("starts running: single, warm", single.warm.rate(), "/s")
                    .noted(inWords(single.warm)));
            report.add(halfLoad("starts running", single));
        }
    }

    private record Single(Load.Result cold, Load.Result warm, Load.Result half) {}

    private static Single single(Application application, Report report, String name) throws Exception {
        OrderBodies bodies = OrderBodies.plain("trial-create");
        Load load = new Load(application.port(), Orders.PATH, bodies::one, CONNECTIONS);
        Phases phases = new Phases(application, report, name);
        Load.Result cold = phases.run("first_seconds", () -> load.asFastAsItGoes(COLD));
        phases.run("warm_up", () -> load.asFastAsItGoes(WARM_UP));
        Load.Result warm = phases.run("warm", () -> load.asFastAsItGoes(MEASURED));
        Load.Result half = phases.run("half_load", () -> load.paced(warm.rate() / 2, HALF_LOAD));
        return new Single(cold, warm, half);
    }

    /** Runs one load after the other and notes who kept the processors busy. */
    private static final class Phases {
        private final Application application;
        private final Report report;
        private final String state;

        Phases(Application application, Report report, String state) {
            this.application = application;
            this.report = report;
            this.state = state;
        }

        Load.Result run(String phase, Callable<Load.Result> load) throws Exception {
            Cpu before = Cpu.usedSoFar(application);
            Load.Result result = load.call();
            Map<String, Double> cores = Cpu.usedSoFar(application).since(before).asCores(result.seconds());
            List<String> parts = new ArrayList<>();
            cores.forEach((who, used) -> parts.add(who + " " + Figure.shown(used)));
            report.say("%s: %s/s, %s; cores: %s"
                    .formatted(phase, Figure.shown(result.rate()), inWords(result), String.join(", ", parts)));
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("per_second", result.perSecond());
            detail.put("cores", cores);
            report.detail(state + "_" + phase, detail);
            return result;
        }
    }

    private static Figure halfLoad(String state, Single single) {
        return Figure.of(
                        state + ": p99 at half load",
                        single.half.millis().sample().percentile(99),
                        "ms")
                .noted("%s at %s/s".formatted(inWords(single.half), Figure.shown(single.half.rate())));
    }

    private static void batches(Application application, Report report) throws Exception {
        OrderBodies bodies = OrderBodies.plain("trial-batch");
        requireAllCreated(application, bodies);
        Load load = new Load(
                application.port(), Orders.PATH + "/batch", () -> bodies.batch(BATCH_ORDERS), BATCH_CONNECTIONS);
        Phases phases = new Phases(application, report, "held");
        phases.run("batch_warm_up", () -> load.asFastAsItGoes(BATCH_WARM_UP));
        Load.Result measured = phases.run("batch", () -> load.asFastAsItGoes(BATCH));
        report.add(Figure.of("starts held back: batches of 100", measured.rate() * BATCH_ORDERS, "orders/s")
                .noted("a call: " + inWords(measured))
                .with(Bar.atLeast(BATCH_BAR)));
    }

    /** A batch is answered with 200 even if every order in it was refused. */
    private static void requireAllCreated(Application application, OrderBodies bodies) throws IOException {
        try (WireClient wire = new WireClient(application.port(), Orders.TENANT)) {
            String answer = wire.post(Orders.PATH + "/batch", bodies.batch(BATCH_ORDERS))
                    .text();
            int created = answer.split("\"status\"\\s*:\\s*201", -1).length - 1;
            if (created != BATCH_ORDERS) {
                throw new IOException(created + " of " + BATCH_ORDERS + " orders were created: " + answer);
            }
        }
    }

    private static String inWords(Load.Result result) {
        Sample millis = result.millis().sample();
        return "p50 %s, p95 %s, p99 %s ms"
                .formatted(
                        Figure.shown(millis.median()),
                        Figure.shown(millis.percentile(95)),
                        Figure.shown(millis.percentile(99)));
    }
}
