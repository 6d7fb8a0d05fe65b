package dev.taskorder.activities.matching;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.matching.Satisfiability.Exclusion;
import dev.taskorder.activities.matching.Satisfiability.Fitting;
import dev.taskorder.api.matching.PoolCheck;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.UnservableHint;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pool as it would be if it were idle, read: what fits a hint by its nature, and what excludes the rest. */
final class IdlePool implements PoolCheck {
    /**
     * Reads no more assets of a hint than its order has places, for with so many it can be served whatever the other
     * hints take. Only where there are fewer is the category counted through. The bounds of the sku are a range, for a
     * prefix that is no constant would not be looked up in the index asset_by_sku.
     */
    static final String READ = """
            WITH question AS (
                SELECT * FROM jsonb_to_recordset(:questions::jsonb) AS q(
                    number int, category text, sku_from text, sku_to text, currency text, attributes jsonb, places int)
            )
            SELECT q.number, f.fitting, e.reason, e.attribute, e.assets
              FROM question q
             CROSS JOIN LATERAL (
                   SELECT ARRAY(
                          SELECT a.asset_id FROM asset a
                           WHERE a.tenant_id = current_tenant() AND a.env = :env AND a.sku_category = q.category
                             AND a.sku_code BETWEEN q.sku_from AND q.sku_to
                             AND a.currency = q.currency AND a.attributes @> q.attributes AND a.status <> 'RETIRED'
                           LIMIT q.places) AS fitting
                   OFFSET 0) f
              LEFT JOIN LATERAL (
                   SELECT x.reason, x.attribute, count(*) AS assets
                     FROM (SELECT CASE
                                  WHEN a.sku_code NOT BETWEEN q.sku_from AND q.sku_to
                                  THEN 'OTHER_SKU'
                                  WHEN a.currency <> q.currency THEN 'OTHER_CURRENCY'
                                  WHEN lacks.attribute IS NOT NULL THEN 'LACKS_ATTRIBUTE'
                                  WHEN a.status = 'RETIRED' THEN 'RETIRED'
                                  ELSE 'FITS' END AS reason,
                                  CASE WHEN a.sku_code BETWEEN q.sku_from AND q.sku_to
                                        AND a.currency = q.currency THEN lacks.attribute END AS attribute
                             FROM asset a
                             LEFT JOIN LATERAL (
                                  SELECT w.key AS attribute FROM jsonb_each(q.attributes) w
                                   WHERE NOT a.attributes @> jsonb_build_object(w.key, w.value)
                                   ORDER BY w.key COLLATE "C" LIMIT 1) lacks ON true
                            WHERE a.tenant_id = current_tenant() AND a.env = :env AND a.sku_category = q.category
                              AND cardinality(f.fitting) < q.places) x
                    GROUP BY x.reason, x.attribute) e ON true
            """;

    /** Behind every character that a sku may have: what begins with a prefix ends before prefix and this. */
    private static final String AFTER_ALL = "~";

    /** What is asked of the pool for a hint; orders that ask the same share the answer. */
    private record Wish(
            String category, String sku_from, String sku_to, String currency, Map<String, Object> attributes) {
        static Wish of(Wanted wanted, ResourceHint hint) {
            @Nullable String sku = hint.skuCode();
            boolean exact = sku != null && !sku.endsWith("*");
            String from = sku == null ? "" : exact ? sku : sku.substring(0, sku.length() - 1);
            return new Wish(
                    hint.skuCategory(),
                    from,
                    exact ? from : from + AFTER_ALL,
                    wanted.currency(),
                    Question.attributes(hint, wanted.noDatacenterIp()));
        }
    }

    /** A row of the recordset above. */
    private record Asked(
            int number,
            String category,
            String sku_from,
            String sku_to,
            String currency,
            Map<String, Object> attributes,
            int places) {
        static Asked of(int number, Wish question, int places) {
            return new Asked(
                    number,
                    question.category(),
                    question.sku_from(),
                    question.sku_to(),
                    question.currency(),
                    question.attributes(),
                    places);
        }
    }

    private final JdbcClient jdbc;

    IdlePool(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<List<UnservableHint>> unservable(String env, List<Wanted> wanted) {
        Map<Wish, Integer> places = new LinkedHashMap<>();
        for (Wanted one : wanted) {
            int all = Satisfiability.places(one);
            one.hints().forEach(hint -> places.merge(Wish.of(one, hint), all, Math::max));
        }
        Map<Wish, Fitting> answers = read(env, places);
        return wanted.stream()
                .map(one -> Satisfiability.unservable(
                        one,
                        one.hints().stream()
                                .map(hint -> answers.getOrDefault(Wish.of(one, hint), Fitting.NOTHING))
                                .toList()))
                .toList();
    }

    private Map<Wish, Fitting> read(String env, Map<Wish, Integer> places) {
        List<Wish> questions = List.copyOf(places.keySet());
        List<Asked> asked = new ArrayList<>(questions.size());
        for (Wish question : questions) {
            asked.add(Asked.of(asked.size(), question, places.getOrDefault(question, 0)));
        }
        Map<Wish, Fitting> answers = new HashMap<>();
        jdbc.sql(READ).param("env", env).param("questions", Json.write(asked)).query(row -> {
            Wish question = questions.get(row.getInt("number"));
            answers.merge(question, fitting(row), Fitting::and);
        });
        return answers;
    }

    private static Fitting fitting(ResultSet row) throws SQLException {
        List<String> assets = List.of((String[]) row.getArray("fitting").getArray());
        @Nullable String reason = row.getString("reason");
        return new Fitting(
                assets,
                reason == null
                        ? List.of()
                        : List.of(
                                new Exclusion(Fit.valueOf(reason), row.getString("attribute"), row.getLong("assets"))));
    }
}
