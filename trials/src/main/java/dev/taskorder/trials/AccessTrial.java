package dev.taskorder.trials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What it costs to know who calls and what that one may do: one caller after the other on a warm application, in turns, so that all
 * have the same machine. A change that names no version is refused after every check, and asks the database nothing:
 * all that it takes, HTTP and this caller included, is more than the checks do.
 */
final class AccessTrial implements Trial {
    private static final int WARM_UP = 4_000;
    private static final int CALLS = 500;
    private static final double BAR_MS = 0.3;
    private static final double NANOS_PER_MS = 1e6;
    private static final Pattern KEY = Pattern.compile("\"key\"\\s*:\\s*\"([^\"]+)\"");
    private static final String AN_ORDER = Orders.PATH + "/01a2064b-6734-7579-8325-7007ad7d2b26";
    private static final byte[] NO_CHANGE = "{}".getBytes(StandardCharsets.UTF_8);

    private record Call(Callable<WireClient.Answer> exchange, int expected) {
        double millis() throws Exception {
            long begun = System.nanoTime();
            WireClient.Answer answer = exchange.call();
            double took = (System.nanoTime() - begun) / NANOS_PER_MS;
            if (answer.status() != expected) {
                throw new IOException(answer.status() + " instead of " + expected + ": " + answer.text());
            }
            return took;
        }
    }

    @Override
    public String name() {
        return "access";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                Application application =
                        Application.start(setup, folder.path(), "--taskorder.temporal.target=127.0.0.1:1");
                WireClient local = new WireClient(application.port(), Orders.TENANT);
                WireClient keyed = WireClient.withKey(application.port(), key(local))) {
            measure(local, keyed, setup.rounds(), report);
        }
    }

    private static String key(WireClient operator) throws IOException {
        String answer = operator.post(
                        "/v1/tenants/" + Orders.TENANT + "/api-keys",
                        "{\"name\":\"trial\",\"role\":\"submitter\"}".getBytes(StandardCharsets.UTF_8))
                .text();
        Matcher key = KEY.matcher(answer);
        if (!key.find()) {
            throw new IOException("no key was made: " + answer);
        }
        return key.group(1);
    }

    private static void measure(WireClient local, WireClient keyed, int rounds, Report report) throws Exception {
        OrderBodies bodies = OrderBodies.plain("trial-access");
        Call refused = new Call(() -> keyed.patch(AN_ORDER, NO_CHANGE), 428);
        Call bare = new Call(() -> local.post(Orders.PATH, bodies.one()), 201);
        Call proved = new Call(() -> keyed.post(Orders.PATH, bodies.one()), 201);
        List<Call> calls = List.of(refused, bare, proved);
        medians(calls, WARM_UP);
        List<Double> checks = new ArrayList<>();
        List<Double> proof = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            double[] p50 = medians(calls, CALLS);
            checks.add(p50[0]);
            proof.add(p50[2] - p50[1]);
            report.say("round %d of %d, p50 in ms: refused change %s, create %s, create with a key %s"
                    .formatted(round, rounds, Figure.shown(p50[0]), Figure.shown(p50[1]), Figure.shown(p50[2])));
        }
        report.add(Figure.median(
                "a call with a key that is refused after all checks, HTTP and all, p50", sample(checks), "ms"));
        report.add(Figure.median("a create with a key, beyond one with the bare header, p50", sample(proof), "ms")
                .with(Bar.atMost(BAR_MS)));
    }

    private static double[] medians(List<Call> calls, int times) throws Exception {
        double[][] took = new double[calls.size()][times];
        for (int i = 0; i < times; i++) {
            for (int call = 0; call < calls.size(); call++) {
                took[call][i] = calls.get(call).millis();
            }
        }
        double[] medians = new double[calls.size()];
        for (int call = 0; call < calls.size(); call++) {
            medians[call] = Sample.of(took[call]).median();
        }
        return medians;
    }

    private static Sample sample(List<Double> values) {
        return Sample.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
