package dev.taskorder.trials;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many events a second reach one receiver on this machine, and how soon one does that is alone on its way. */
final class WebhooksTrial implements Trial {
    private static final int BACKLOG = 6_000;
    private static final int BATCH = 1_000;
    private static final int PACED_PER_SECOND = 300;
    private static final int PACED_BATCH = 30;
    private static final int PACED_SECONDS = 20;
    private static final int RECEIVER_THREADS = 16;
    private static final double BAR_PER_SECOND = 300;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MS = 1e6;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final AtomicLong PRICE = new AtomicLong();
    private static final Clock CLOCK = Clock.systemUTC();

    @Override
    public String name() {
        return "webhooks";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                Application application = Application.start(setup, folder.path());
                WireClient wire = new WireClient(application.port(), Orders.TENANT);
                Receiver receiver = new Receiver()) {
            put(
                    wire,
                    "/v1/webhooks/trial",
                    "{\"url\": \"" + receiver.url() + "\", \"types\": [\"asset.changed\"], \"env\": \"sandbox\"}");
            backlog(wire, receiver);
            Series rates = new Series();
            for (int round = 0; round < setup.rounds(); round++) {
                rates.add(backlog(wire, receiver));
            }
            report.add(Figure.median("a backlog of " + BACKLOG + " events to one receiver", rates.sample(), "/s")
                    .with(Bar.atLeast(BAR_PER_SECOND)));
            Sample millis = paced(wire, receiver);
            report.add(Figure.of("event → receiver at " + PACED_PER_SECOND + "/s, p95", millis.percentile(95), "ms")
                    .noted("median %s, the slowest %s, n %d"
                            .formatted(Figure.shown(millis.median()), Figure.shown(millis.max()), millis.size())));
        }
    }

    /** So many that wait, at once; how many a second came. */
    private static double backlog(WireClient wire, Receiver receiver) throws Exception {
        String tenant = "/v1/tenants/" + Orders.TENANT;
        post(wire, tenant + "/pause", "{\"what\": \"webhooks\"}");
        for (int made = 0; made < BACKLOG; made += BATCH) {
            post(wire, "/v1/assets/batch", assets(BATCH));
        }
        receiver.got.clear();
        long begun = System.nanoTime();
        post(wire, tenant + "/resume", "{\"what\": \"webhooks\"}");
        receiver.await(BACKLOG);
        return BACKLOG / ((System.nanoTime() - begun) / NANOS_PER_SECOND);
    }

    private static Sample paced(WireClient wire, Receiver receiver) throws Exception {
        receiver.got.clear();
        long begun = System.nanoTime();
        int batches = PACED_SECONDS * PACED_PER_SECOND / PACED_BATCH;
        for (int n = 0; n < batches; n++) {
            long due = begun + (long) (n * NANOS_PER_SECOND * PACED_BATCH / PACED_PER_SECOND);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
            post(wire, "/v1/assets/batch", assets(PACED_BATCH));
        }
        receiver.await(batches * PACED_BATCH);
        Series millis = new Series();
        receiver.got.forEach(millis::add);
        return millis.sample();
    }

    /** The same ones at another price: a tenant with ever more would be another trial. */
    private static String assets(int count) {
        long price = PRICE.incrementAndGet();
        StringBuilder all = new StringBuilder("{\"assets\": [");
        for (int i = 0; i < count; i++) {
            all.append(i == 0 ? "" : ", ").append("""
                    {"asset_id": "trial-%d", "env": "sandbox", "sku_category": "TRIAL", "sku_code": "trial.hook", "unit_cost": %d}
                    """.formatted(i, price).strip());
        }
        return all.append("]}").toString();
    }

    private static void put(WireClient wire, String path, String json) throws IOException {
        require2xx(path, wire.put(path, json.getBytes(StandardCharsets.UTF_8)));
    }

    private static void post(WireClient wire, String path, String json) throws IOException {
        require2xx(path, wire.post(path, json.getBytes(StandardCharsets.UTF_8)));
    }

    private static void require2xx(String path, WireClient.Answer answer) throws IOException {
        if (answer.status() / 100 != 2) {
            throw new IOException(path + " was answered " + answer.status() + ": " + answer.text());
        }
    }

    /** Answers at once; keeps how old each event was, in milliseconds. */
    private static final class Receiver implements AutoCloseable {
        private static final Pattern TIME = Pattern.compile("\"time\":\"([^\"]+)\"");
        private static final int NO_CONTENT = 204;
        private static final long LOOK_AGAIN_MS = 5;

        private final Queue<Double> got = new ConcurrentLinkedQueue<>();
        private final ExecutorService threads = Executors.newFixedThreadPool(RECEIVER_THREADS);
        private final HttpServer server;

        Receiver() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/", this::take);
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        }

        private void take(HttpExchange exchange) throws IOException {
            Instant now = CLOCK.instant();
            Matcher time = TIME.matcher(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (time.find()) {
                got.add(Duration.between(Instant.parse(time.group(1)), now).toNanos() / NANOS_PER_MS);
            }
            exchange.sendResponseHeaders(NO_CONTENT, -1);
            exchange.close();
        }

        void await(int count) throws Exception {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (got.size() < count) {
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException(got.size() + " of " + count + " events came in " + PATIENCE);
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
            }
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
