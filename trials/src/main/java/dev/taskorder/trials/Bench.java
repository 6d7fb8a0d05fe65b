package dev.taskorder.trials;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Runs the trials and prints what they found; a bar missed is a finding, a trial that could not run is an error. */
public final class Bench {
    private static final List<Trial> TRIALS = List.of(
            new FootprintTrial(),
            new IdleQueriesTrial(),
            new CreateTrial(),
            new EventCostTrial(),
            new EventsTrial(),
            new WaitersTrial(),
            new BulkCancelTrial(),
            new AccessTrial(),
            new EndToEndTrial(),
            new StartLatencyTrial(),
            new UrgentTrial(),
            new WebhooksTrial(),
            new FairnessTrial(),
            new TenantsTrial(),
            new QuotasTrial(),
            new MatcherQueueTrial(),
            new MatcherGrantsTrial(),
            new MatcherOversellTrial(),
            new MatcherBlockedTrial(),
            new MatcherReleaseTrial(),
            new ExplainTrial(),
            new LedgerHoldsTrial(),
            new LedgerEntriesTrial());

    private final PrintStream out;
    private final List<Map<String, Object>> results = new ArrayList<>();
    private final List<String> missed = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    private Bench(PrintStream out) {
        this.out = out;
    }

    /** Ends with 0 if every trial could be run, 1 if one could not, 2 if it was asked for something unknown. */
    @SuppressWarnings("SystemOut") // its tables are for whoever typed the command
    public static void main(String[] args) throws IOException {
        BenchOptions options;
        try {
            options = BenchOptions.parse(args, names());
        } catch (IllegalArgumentException refused) {
            System.err.println("bench: " + refused.getMessage());
            System.exit(2);
            return;
        }
        Bench bench = new Bench(System.out);
        Map<String, Object> machine = Machine.asJson();
        System.out.println("machine: " + machine);
        for (Trial trial : TRIALS) {
            if (options.wants(trial.name())) {
                bench.run(trial, options.setup());
            }
        }
        Path json = options.json();
        if (json != null) {
            bench.write(json, machine);
        }
        System.exit(bench.conclude());
    }

    private static List<String> names() {
        return TRIALS.stream().map(Trial::name).toList();
    }

    private void run(Trial trial, Setup setup) {
        Report report = new Report(trial.name(), out);
        out.println(trial.name() + " …");
        try {
            trial.run(setup, report);
        } catch (Exception failed) {
            broken.add(trial.name());
            failed.printStackTrace(out);
            return;
        }
        report.print();
        results.add(report.asJson());
        if (report.missedAny()) {
            missed.add(trial.name());
        }
    }

    private void write(Path file, Map<String, Object> machine) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("trials", results);
        Files.write(file, new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
        out.println("written: " + file);
    }

    private int conclude() {
        if (!missed.isEmpty()) {
            out.println("bars missed in: " + String.join(", ", missed));
        }
        if (!broken.isEmpty()) {
            out.println("could not be run: " + String.join(", ", broken));
            return 1;
        }
        return 0;
    }
}
