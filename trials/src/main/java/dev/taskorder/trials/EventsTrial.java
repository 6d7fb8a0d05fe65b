package dev.taskorder.trials;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How soon those who hold a stream open have an event, what open streams weigh, and how fast the relay sees what was left unseen. Starts
 * are held back: each create has one event.
 */
final class EventsTrial implements Trial {
    private static final int READERS = 10;
    private static final double EVENTS_PER_SECOND = 300;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final int CONNECTIONS = 4;
    private static final double LATE_MS_BAR = 100;

    private static final int STREAMS = 500;
    private static final String RESTING = "tenant_b";
    private static final double STREAMS_MB_BAR = 150;

    private static final int UNSEEN = 50_000;
    private static final int A_COMMIT = 1_000;
    private static final double RELAY_BAR = 5_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final double NANOS_PER_MS = 1e6;
    private static final Pattern TIME = Pattern.compile("\"time\":\"([^\"]+)\"");

    private static final String WRITE = """
            INSERT INTO task_event (tenant_id, object_type, object_id, type, actor, data)
            SELECT tenant_id, 'task_order', task_id::text, 'task_order.updated', 'trial', '{"priority": 50}'
              FROM task_order WHERE tenant_id = '%s' ORDER BY task_id LIMIT %d
            """.formatted(Orders.TENANT, A_COMMIT);
    private static final String LEFT =
            "SELECT count(*) FROM task_event WHERE tenant_id = '%s' AND seq IS NULL".formatted(Orders.TENANT);

    @Override
    public String name() {
        return "events";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (TempFolder folder = TempFolder.create();
                // nothing listens on port 1: the application takes orders and keeps them for later
                Application application = Application.start(
                        setup,
                        folder.path(),
                        "--taskorder.temporal.target=127.0.0.1:1",
                        "--taskorder.event-streams-per-tenant-max=" + STREAMS)) {
            soon(application, report);
            weight(application, report);
            relay(folder.path(), setup.rounds(), report);
        }
    }

    private static void soon(Application application, Report report) throws Exception {
        OrderBodies bodies = OrderBodies.plain("trial-events");
        Load load = new Load(application.port(), Orders.PATH, bodies::one, CONNECTIONS);
        load.asFastAsItGoes(WARM_UP);
        load.paced(EVENTS_PER_SECOND, WARM_UP);
        Series late = new Series();
        List<CompletableFuture<?>> readers = new ArrayList<>();
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < READERS; i++) {
            readers.add(client.sendAsync(request(application.port()), HttpResponse.BodyHandlers.ofLines())
                    .thenApply(HttpResponse::body)
                    .thenAcceptAsync(lines -> read(lines, late), EventsTrial::onItsOwnThread));
        }
        Load.Result creates = load.paced(EVENTS_PER_SECOND, MEASURED);
        TimeUnit.SECONDS.sleep(2);
        readers.forEach(reader -> reader.cancel(true));
        Sample sample = late.sample();
        report.add(Figure.of("from event to reader, p95", sample.percentile(95), "ms")
                .noted("p50 %s, p99 %s, max %s; %d readers, %s events/s"
                        .formatted(
                                Figure.shown(sample.percentile(50)),
                                Figure.shown(sample.percentile(99)),
                                Figure.shown(sample.max()),
                                READERS,
                                Figure.shown(creates.rate())))
                .with(Bar.atMost(LATE_MS_BAR)));
        double missed = 1 - sample.size() / (double) (READERS * creates.millis().size());
        report.add(Figure.of("events that did not reach a reader", Math.max(0, 100 * missed), "%")
                .noted("of those in flight at either end"));
    }

    private static void onItsOwnThread(Runnable reading) {
        Thread thread = new Thread(reading, "reader");
        thread.setDaemon(true);
        thread.start();
    }

    private static HttpRequest request(int port) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                .header("tenant", Orders.TENANT)
                .header("Accept", "text/event-stream")
                .build();
    }

    private static void read(Stream<String> lines, Series late) {
        try {
            lines.forEach(line -> {
                if (line.startsWith("data:")) {
                    Matcher time = TIME.matcher(line);
                    if (time.find()) {
                        long nanos = ChronoUnit.NANOS.between(Instant.parse(time.group(1)), Instant.now());
                        late.add(nanos / NANOS_PER_MS);
                    }
                }
            });
        } catch (RuntimeException ended) {
            // the trial is over
        }
    }

    private static void weight(Application application, Report report) throws Exception {
        double liveBefore = application.liveHeapMb();
        double residentBefore = application.residentMb();
        List<Socket> streams = new ArrayList<>();
        try {
            for (int i = 0; i < STREAMS; i++) {
                streams.add(opened(application.port()));
            }
            double resident = application.residentMb() - residentBefore;
            double live = application.liveHeapMb() - liveBefore;
            report.add(Figure.of(STREAMS + " open streams, resident", resident, "MB")
                    .noted("live heap " + Figure.shown(live) + " MB")
                    .with(Bar.atMost(STREAMS_MB_BAR)));
        } finally {
            for (Socket stream : streams) {
                stream.close();
            }
        }
    }

    /** Returns when the first words are there. */
    private static Socket opened(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        String head = "GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\ntenant: " + RESTING
                + "\r\nAccept: text/event-stream\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        byte[] first = new byte[12];
        if (socket.getInputStream().readNBytes(first, 0, first.length) < first.length
                || !new String(first, StandardCharsets.ISO_8859_1).endsWith("200")) {
            throw new IOException("a stream was not opened: " + new String(first, StandardCharsets.ISO_8859_1));
        }
        return socket;
    }

    private static void relay(Path folder, int rounds, Report report) throws Exception {
        Series rates = new Series();
        try (Database database = Database.ofApplication(folder)) {
            for (int round = 1; round <= rounds; round++) {
                // while somebody else has the tenant's turn nothing is seen, as if no relay ran
                database.execute("BEGIN; SELECT last FROM tenant_seq WHERE tenant_id = '%s' FOR UPDATE"
                        .formatted(Orders.TENANT));
                try (Database writer = Database.ofApplication(folder)) {
                    for (int written = 0; written < UNSEEN; written += A_COMMIT) {
                        writer.execute(WRITE);
                    }
                }
                long begun = System.nanoTime();
                database.execute("COMMIT");
                awaitSeen(database);
                rates.add(UNSEEN / ((System.nanoTime() - begun) / 1e9));
                report.say("round %d of %d: %s events/s"
                        .formatted(round, rounds, Figure.shown(rates.values()[round - 1])));
            }
        }
        report.add(Figure.median(UNSEEN + " events unseen, seen", rates.sample(), "/s")
                .with(Bar.atLeast(RELAY_BAR)));
        report.detail("relay", rates.values());
    }

    private static void awaitSeen(Database database) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (database.number(LEFT) > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("events are not seen after " + PATIENCE);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
