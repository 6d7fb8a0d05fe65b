package dev.taskorder.activities.invariant;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.matching.UnservedHeads;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.api.matching.MatchTrigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcInvariants implements Invariants, LedgerCheck {
    static final String FIND = """
            SELECT invariant, env, object_type, object_id, detail FROM invariant_violation
             ORDER BY invariant, object_id
             LIMIT :max
            """;
    static final String FIND_IN_BOOKS = """
            SELECT invariant, env, object_type, object_id, detail FROM books_violation
             ORDER BY invariant, object_id
             LIMIT :max
            """;
    static final String FIND_IN_COUNTERS = """
            SELECT invariant, env, object_type, object_id, detail FROM counter_violation ORDER BY invariant
            """;
    static final String COUNT_BOOKS = """
            SELECT count(*) AS entries, count(DISTINCT task_id) AS orders, count(DISTINCT lease_id) AS leases,
                   count(DISTINCT currency) AS currencies,
                   (SELECT count(*) FROM budget WHERE tenant_id = current_tenant()) AS budgets,
                   (SELECT count(*) FROM budget_period WHERE tenant_id = current_tenant()) AS budget_periods
              FROM ledger_entry WHERE tenant_id = current_tenant()
            """;
    static final String BALANCES = "SELECT currency, debits, credits, difference FROM books_balance ORDER BY currency";
    /** A million entries need 5 s, and their hash tables that much memory; in a process one caller at a time asks for it, and the hourly round. */
    private static final String PREPARE = """
            SELECT set_config('statement_timeout', '60s', true), set_config('work_mem', '64MB', true),
                   set_config('jit', 'off', true), now() AS began
            """;
    /** Who writes makes do with a mark of the last ten minutes, and has committed within one. */
    private static final String FORGET_MARKS = """
            DELETE FROM books_moved WHERE tenant_id = current_tenant() AND marked_at < :began - interval '11 minutes'
            """;
    /** What is not there any more is forgotten, and told again if it comes back. */
    private static final String KEEP = """
            WITH found AS (
                SELECT * FROM jsonb_to_recordset(:found::jsonb) AS f(
                       invariant text, env text, object_type text, object_id text, detail text)
            ), gone AS (
                DELETE FROM violation v
                 WHERE v.tenant_id = current_tenant() AND v.invariant = ANY (:asked_for)
                   AND NOT EXISTS (SELECT FROM found f WHERE f.invariant = v.invariant AND f.object_id = v.object_id)
            ), kept AS (
                INSERT INTO violation (invariant, object_type, object_id, env, detail)
                SELECT invariant, object_type, object_id, env, detail FROM found
                 ORDER BY invariant, object_id
                ON CONFLICT ON CONSTRAINT violation_pkey DO UPDATE SET detail = excluded.detail, seen_at = now()
                RETURNING invariant, env, object_type, object_id, detail, xmax = 0 AS new
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT object_type, object_id, CASE object_type WHEN 'asset' THEN 'asset.changed' WHEN 'budget'
                       THEN 'budget.updated' WHEN 'tenant' THEN 'tenant.updated' ELSE 'task_order.updated' END, 'maintenance',
                       jsonb_build_object('what', 'invariant ' || invariant, 'level', 'ERROR', 'message', detail)
                           || CASE object_type WHEN 'budget' THEN jsonb_build_object('env', env, 'scope',
                              split_part(object_id, '/', 2), 'id', split_part(object_id, '/', 3)) ELSE '{}' END
                  FROM kept WHERE new
                 ORDER BY invariant, object_id
            )
            SELECT invariant, env, object_type, object_id, detail FROM kept WHERE new ORDER BY invariant, object_id
            """;

    /** Of books and of the quotas' counters, which are asked for with them: to count all that is open is as dear. */
    private static final Set<Invariant> OF_BOOKS =
            EnumSet.range(Invariant.ORDER_MONEY_DIFFERS, Invariant.OPEN_ROOM_DIFFERS);

    private static final Set<Invariant> OF_WORK = EnumSet.complementOf(EnumSet.copyOf(OF_BOOKS));

    /** More would say no more than that much is wrong. */
    private static final int VIOLATIONS_MAX = 100;
    /** Whoever made a chance is most likely serving it right now. */
    private static final Duration WAITED = Duration.ofSeconds(5);

    private record Found(String invariant, String env, String object_type, String object_id, String detail) {
        static Found of(Violation one) {
            return new Found(one.invariant().code(), one.env(), one.objectType(), one.objectId(), one.detail());
        }
    }

    private record BooksLook(OffsetDateTime began, List<Violation> found) {}

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final UnservedHeads heads;
    private final MatchTrigger matcher;
    private final Duration waited;

    JdbcInvariants(TenantTransactions transactions, JdbcClient jdbc, UnservedHeads heads, MatchTrigger matcher) {
        this(transactions, jdbc, heads, matcher, WAITED);
    }

    /** @param waited who has waited for less is not looked at */
    JdbcInvariants(
            TenantTransactions transactions,
            JdbcClient jdbc,
            UnservedHeads heads,
            MatchTrigger matcher,
            Duration waited) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.heads = heads;
        this.matcher = matcher;
        this.waited = waited;
    }

    @Override
    public List<Violation> violations() {
        return transactions.snapshot(() -> {
            List<Violation> all = new ArrayList<>(jdbc.sql(FIND)
                    .param("max", VIOLATIONS_MAX)
                    .query(JdbcInvariants::violation)
                    .list());
            heads.find(waited).stream()
                    .limit(VIOLATIONS_MAX)
                    .map(JdbcInvariants::unserved)
                    .forEach(all::add);
            return all;
        });
    }

    private static Violation unserved(UnservedHeads.Unserved head) {
        String gets = head.assets().isEmpty() ? "nothing" : String.join(", ", head.assets());
        return new Violation(
                Invariant.HEAD_UNSERVED,
                head.env(),
                "task_order",
                head.taskId().toString(),
                "it waits although it could have " + gets + ", and nothing makes the matcher look");
    }

    @Override
    public List<Violation> look() {
        List<Violation> all = violations();
        List<Violation> fresh = keep(all, OF_WORK);
        all.stream()
                .filter(one -> one.invariant() == Invariant.HEAD_UNSERVED)
                .map(Violation::env)
                .distinct()
                .forEach(this::makeMatcherLook);
        return fresh;
    }

    @Override
    public Verification verify() {
        return transactions.snapshot(() -> {
            prepare();
            return new Verification(
                    countBooks(),
                    balances(),
                    inBooks().stream().map(JdbcInvariants::finding).toList());
        });
    }

    private static Finding finding(Violation one) {
        return new Finding(
                one.invariant().code(),
                one.env(),
                one.objectType(),
                one.objectId(),
                one.detail(),
                one.invariant().remedy());
    }

    @Override
    public List<Violation> lookAtBooks() {
        BooksLook look = transactions.snapshot(() -> {
            OffsetDateTime began = prepare();
            List<Violation> found = new ArrayList<>(inBooks());
            found.addAll(inCounters());
            return new BooksLook(began, found);
        });
        return transactions.in(() -> {
            List<Violation> fresh = keep(look.found(), OF_BOOKS);
            jdbc.sql(FORGET_MARKS).param("began", look.began()).update();
            return fresh;
        });
    }

    /** Before the first question of a snapshot; when that began. */
    private OffsetDateTime prepare() {
        return jdbc.sql(PREPARE)
                .query((row, rowNum) -> row.getObject("began", OffsetDateTime.class))
                .single();
    }

    private List<Violation> inBooks() {
        return jdbc.sql(FIND_IN_BOOKS)
                .param("max", VIOLATIONS_MAX)
                .query(JdbcInvariants::violation)
                .list();
    }

    private List<Violation> inCounters() {
        return jdbc.sql(FIND_IN_COUNTERS).query(JdbcInvariants::violation).list();
    }

    private Map<String, Long> countBooks() {
        Map<String, Long> counts = new LinkedHashMap<>();
        jdbc.sql(COUNT_BOOKS).query().singleRow().forEach((name, count) -> counts.put(name, (Long) count));
        return counts;
    }

    private List<Balance> balances() {
        return jdbc.sql(BALANCES)
                .query((row, rowNum) -> new Balance(
                        row.getString("currency"),
                        row.getBigDecimal("debits"),
                        row.getBigDecimal("credits"),
                        row.getBigDecimal("difference")))
                .list();
    }

    private List<Violation> keep(List<Violation> all, Set<Invariant> askedFor) {
        return transactions.in(() -> jdbc.sql(KEEP)
                .param("asked_for", askedFor.stream().map(Invariant::code).toArray(String[]::new))
                .param("found", Json.write(all.stream().map(Found::of).toList()))
                .query(JdbcInvariants::violation)
                .list());
    }

    private void makeMatcherLook(String env) {
        transactions.run(() -> matcher.mark(env));
        matcher.run(env);
    }

    private static Violation violation(ResultSet row, int rowNum) throws SQLException {
        return new Violation(
                Invariant.valueOf(row.getString("invariant").toUpperCase(Locale.ROOT)),
                row.getString("env"),
                row.getString("object_type"),
                row.getString("object_id"),
                row.getString("detail"));
    }
}
