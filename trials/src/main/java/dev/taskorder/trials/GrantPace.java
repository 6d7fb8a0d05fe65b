package dev.taskorder.trials;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * A tenant whose pool is all leased and whose queue has always the same length, and what a grant costs there. Fifty
 * assets of four slots; the lines are spread over them. Ends and new orders around it are not in the time.
 */
final class GrantPace implements AutoCloseable {
    private static final int ASSETS = 50;
    private static final int SLOTS = 4;
    private static final int ALL = ASSETS * SLOTS;
    private static final int SINGLES = 20;
    private static final int CONNECTIONS = 8;
    private static final double NANOS_PER_MS = 1e6;

    private final QueuedTenant tenant;
    private final int lines;
    private final int queued;
    private final String[] projects;

    /** How many grants a call of the matcher makes. */
    enum Kind {
        ONE("one slot comes free"),
        MANY("200 slots come free");

        private final String inWords;

        Kind(String inWords) {
            this.inWords = inWords;
        }

        String inWords() {
            return inWords;
        }
    }

    /** What a grant took at two places, in milliseconds, measured in turns. */
    record Pair(Map<Kind, Double> first, Map<Kind, Double> second) {
        static Pair measured(GrantPace first, GrantPace second) throws Exception {
            double firstMs = 0;
            double secondMs = 0;
            for (int i = 0; i < SINGLES; i++) {
                firstMs += first.grants(1);
                secondMs += second.grants(1);
            }
            Map<Kind, Double> ofFirst = new EnumMap<>(Kind.class);
            Map<Kind, Double> ofSecond = new EnumMap<>(Kind.class);
            ofFirst.put(Kind.ONE, firstMs / SINGLES);
            ofSecond.put(Kind.ONE, secondMs / SINGLES);
            ofFirst.put(Kind.MANY, first.grants(ALL) / ALL);
            ofSecond.put(Kind.MANY, second.grants(ALL) / ALL);
            first.fillUp();
            second.fillUp();
            return new Pair(ofFirst, ofSecond);
        }

        static Sample ratios(List<Pair> pairs, Kind kind) {
            return sample(pairs, pair -> pair.second(kind) / pair.first(kind));
        }

        static Sample millis(List<Pair> pairs, Kind kind) {
            return sample(pairs, pair -> pair.second(kind));
        }

        String inWords() {
            List<String> parts = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                parts.add(
                        "%s %s and %s".formatted(kind.inWords, Figure.shown(first(kind)), Figure.shown(second(kind))));
            }
            return String.join(", ", parts);
        }

        static List<List<Double>> asJson(List<Pair> pairs, Kind kind) {
            return pairs.stream()
                    .map(pair -> List.of(pair.first(kind), pair.second(kind)))
                    .toList();
        }

        private double first(Kind kind) {
            return Objects.requireNonNull(first.get(kind));
        }

        private double second(Kind kind) {
            return Objects.requireNonNull(second.get(kind));
        }

        private static Sample sample(List<Pair> pairs, ToDoubleFunction<Pair> what) {
            return Sample.of(pairs.stream().mapToDouble(what).toArray());
        }
    }

    private GrantPace(QueuedTenant tenant, int lines, int queued) {
        this.tenant = tenant;
        this.lines = lines;
        this.queued = queued;
        this.projects = new String[lines / ASSETS + 1];
        for (int i = 0; i < projects.length; i++) {
            projects[i] = project(i);
        }
    }

    /** One with so many lines and orders in them, in a database of its own. */
    static GrantPace of(OwnPostgres postgres, String database, int lines, int queued) {
        QueuedTenant tenant = new QueuedTenant(postgres, database, CONNECTIONS);
        for (int asset = 0; asset < ASSETS; asset++) {
            tenant.asset(sku(asset), SLOTS);
        }
        for (int line = 0; line < lines; line++) {
            tenant.line(line, project(line / ASSETS), lines == 1 ? "net.*" : sku(line % ASSETS));
        }
        tenant.queue(0, lines, queued + ALL - lines);
        return new GrantPace(tenant, lines, queued);
    }

    QueuedTenant tenant() {
        return tenant;
    }

    /** Adds a line whose only slot is held for ever. */
    void block(int orders) {
        tenant.asset("blocked", 1);
        tenant.line(lines, "blocked", "blocked");
        tenant.queue(lines, 1, orders);
    }

    /** Grants what is free at first. */
    void begin() {
        tenant.settleDown();
        tenant.matched();
    }

    /** Frees so many slots, and has them granted; what the latter took, in milliseconds. */
    double grants(int slots) throws Exception {
        tenant.endUnmatched(slots, projects);
        return tenant.matched() / NANOS_PER_MS;
    }

    private void fillUp() {
        tenant.fillUp(lines, queued / lines);
    }

    @Override
    public void close() {
        tenant.close();
    }

    private static String sku(int asset) {
        return "net.%03d".formatted(asset);
    }

    private static String project(int number) {
        return "p" + number;
    }
}
