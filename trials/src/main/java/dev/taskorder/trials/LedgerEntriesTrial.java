package dev.taskorder.trials;

import dev.taskorder.api.ledger.SummaryQuestion.Dimension;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.DoubleSupplier;

/**
 * How fast entries are written in batches, and how long a summary of a million of them takes.
 *
 * <p>A million entries of one tenant over a month: 200,000 orders of ten projects with five each (hold, lease, execution, cost,
 * revenue). They are inserted as the application's role, behind the tenant's wall and with every key and index checked, a
 * thousand orders to a transaction; then they are summed up by day.
 */
final class LedgerEntriesTrial implements Trial {
    private static final int ORDERS = 200_000;
    private static final int BATCH = 1000;
    private static final int ENTRIES_EACH = 5;
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration MONTH = Duration.ofDays(31);
    private static final double INSERT_BAR = 5000;
    private static final double SUMMARY_BAR_S = 2;
    private static final String ORDERS_OF_A_BATCH = """
            INSERT INTO task_order
            SELECT copied.*
              FROM generate_series(1, :orders) AS s(n)
              JOIN trial_form f ON f.line = 0 AND f.status = 'QUEUED'
             CROSS JOIN LATERAL jsonb_populate_record(f.form, jsonb_build_object(
                   'task_id', uuidv7(), 'idempotency_key', 'entries-' || gen_random_uuid(), 'status', 'SUCCESS',
                   'project_id', 'p' || s.n % 10, 'waits_since', NULL, 'finished_at', now(), 'result_code', 'OK',
                   'check_due_at', NULL, 'business_value_hint', 3)) copied
            RETURNING task_id
            """;
    private static final String ENTRIES = """
            INSERT INTO ledger_entry (entry_id, task_id, attempt, phase, kind, debit_account, credit_account, amount, currency,
                   env, project_id, sku_category, sku_code, created_at)
            SELECT o.task_id || ':' || e.id, o.task_id, 1, e.phase, e.kind, e.debit, e.credit, e.amount, o.currency, o.env,
                   o.project_id, e.category, e.sku,
                   timestamptz '2026-01-01' + (hashtext(o.task_id::text) & 2147483647) % 2678400 * interval '1 second'
              FROM task_order o
             CROSS JOIN (VALUES
                   ('hold', 'HOLD', 'grant', 'held', 'wallet', 0.37, NULL, NULL),
                   ('lease', 'POST', 'lease', 'spend:lease:RAW_NET', 'held', 0.35, 'RAW_NET', 'ip.residential.uk.bt'),
                   ('execution', 'POST', 'execution', 'spend:execution', 'wallet', 0, NULL, NULL),
                   ('cost', 'POST', 'captcha', 'spend:executor:captcha', 'held', 0.02, NULL, NULL),
                   ('revenue', 'POST', 'sale', 'wallet', 'revenue:sale', 2, NULL, NULL))
                   AS e(id, phase, kind, debit, credit, amount, category, sku)
             WHERE o.tenant_id = current_tenant() AND o.task_id = ANY (:tasks)
            """;

    @Override
    public String name() {
        return "ledger-entries";
    }

    @Override
    public void run(Setup setup, Report report) throws Exception {
        try (OwnPostgres postgres = OwnPostgres.start();
                QueuedTenant tenant = new QueuedTenant(postgres, "entries", 4)) {
            tenant.asset("net.000", 1);
            tenant.line(0, "p0", "net.000");
            LedgerLoad load = new LedgerLoad(tenant);
            Series inserts = new Series();
            for (int batch = 0; batch < ORDERS / BATCH; batch++) {
                UUID[] tasks = tenant.sql()
                        .sql(ORDERS_OF_A_BATCH)
                        .param("orders", BATCH)
                        .query(UUID.class)
                        .list()
                        .toArray(UUID[]::new);
                inserts.add(BATCH * ENTRIES_EACH / load.inserted(ENTRIES, tasks));
            }
            tenant.settleDown();
            report.add(Figure.median("entries inserted in batches", inserts.sample(), "/s")
                    .with(Bar.atLeast(INSERT_BAR)));
            summaries(load, setup.rounds(), report);
        }
    }

    private static void summaries(LedgerLoad load, int rounds, Report report) {
        int entries = ORDERS * ENTRIES_EACH;
        Sample byDay = timed(rounds, () -> load.summary(BEGIN, MONTH, Dimension.DAY));
        report.add(Figure.median("summary of %d entries of a month by day".formatted(entries), byDay, "s")
                .with(Bar.atMost(SUMMARY_BAR_S)));
        Sample byProject =
                timed(rounds, () -> load.summary(BEGIN, MONTH, Dimension.PROJECT_ID, Dimension.SKU_CATEGORY));
        report.add(Figure.median("the same by project and category", byProject, "s"));
    }

    private static Sample timed(int rounds, DoubleSupplier summary) {
        double unused = summary.getAsDouble(); // once in vain, as caches fill
        Series seconds = new Series();
        for (int round = 1; round <= rounds; round++) {
            seconds.add(summary.getAsDouble());
        }
        return seconds.sample();
    }
}
