package dev.taskorder.activities.matching;

import dev.taskorder.api.order.ResourceHint;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pool as one pass of the matcher sees it: each question is asked once, and a slot that is granted in this pass is
 * taken for all questions, since an asset is one object however many hints it fits.
 */
final class Pool {
    private record Question(ResourceHint hint, String currency, BigDecimal minHealthScore, boolean noDatacenterIp) {}

    private final PoolTable table;
    private final String env;
    private final Map<Question, List<Candidate>> answers = new HashMap<>();
    private final Map<String, Candidate> assets = new HashMap<>();

    Pool(PoolTable table, String env) {
        this.table = table;
        this.env = env;
    }

    /** For each hint of the order the assets that fit it, free or not. */
    List<List<Candidate>> fitting(WaitingOrder order) {
        return order.hints().stream().map(hint -> fitting(order, hint)).toList();
    }

    private List<Candidate> fitting(WaitingOrder order, ResourceHint hint) {
        Question question = new Question(hint, order.currency(), order.minHealthScore(), order.noDatacenterIp());
        return answers.computeIfAbsent(question, asked -> table.fitting(env, order, hint).stream()
                .map(facts -> assets.computeIfAbsent(facts.assetId(), id -> new Candidate(facts)))
                .toList());
    }
}
