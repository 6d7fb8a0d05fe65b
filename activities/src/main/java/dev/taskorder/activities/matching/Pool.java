package dev.taskorder.activities.matching;

import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The pool as one pass of the matcher sees it: each question is asked once, and a slot taken is taken for all of them. */
final class Pool {
    private final Map<String, List<Candidate>> byCategory = new LinkedHashMap<>();
    private final Map<Question, View> answers = new HashMap<>();

    /** An asset that does not fit, and what excludes it. */
    record Excluded(Candidate candidate, Question.Answer by) {}

    /**
     * The assets of a hint's category.
     *
     * @param fitting those that could serve it now, free or not
     * @param excluded the others, those that are nearest to fitting first
     */
    record View(List<Candidate> fitting, List<Excluded> excluded) {
        /** Those that could serve it if they were well and free. */
        List<Candidate> byNature() {
            return fittingAnd(Fit::byNature);
        }

        /** The same but for substitutes below their floor. */
        List<Candidate> byNatureAboveFloors() {
            return fittingAnd(fit -> fit.byNature() && fit != Fit.BELOW_FLOOR);
        }

        private List<Candidate> fittingAnd(Predicate<Fit> others) {
            List<Candidate> all = new ArrayList<>(fitting);
            excluded.stream()
                    .filter(one -> others.test(one.by().fit()))
                    .map(Excluded::candidate)
                    .forEach(all::add);
            return all;
        }
    }

    Pool(Collection<PoolAsset> assets) {
        assets.forEach(asset -> byCategory
                .computeIfAbsent(asset.skuCategory(), category -> new ArrayList<>())
                .add(new Candidate(asset)));
    }

    /** For each hint of the order what meets it. */
    List<View> views(WaitingOrder order) {
        return order.hints().stream().map(hint -> view(order, hint, List.of())).toList();
    }

    /** For each hint what meets it or may serve in place of that; nothing if the policy has no substitutes for any of them. */
    Optional<List<View>> views(WaitingOrder order, List<Policy.Substitute> substitutes) {
        List<List<Policy.Substitute>> ofHints = order.hints().stream()
                .map(hint -> substitutes.stream()
                        .filter(one -> one.isFor(hint.skuCode()))
                        .toList())
                .toList();
        if (ofHints.stream().allMatch(List::isEmpty)) {
            return Optional.empty();
        }
        List<View> views = new ArrayList<>();
        for (ResourceHint hint : order.hints()) {
            views.add(view(order, hint, ofHints.get(views.size())));
        }
        return Optional.of(views);
    }

    private View view(WaitingOrder order, ResourceHint hint, List<Policy.Substitute> substitutes) {
        Question question =
                new Question(hint, order.currency(), order.minHealthScore(), order.noDatacenterIp(), substitutes);
        return answers.computeIfAbsent(question, this::answer);
    }

    private View answer(Question question) {
        List<Candidate> fitting = new ArrayList<>();
        List<Excluded> excluded = new ArrayList<>();
        for (Candidate candidate : byCategory.getOrDefault(question.hint().skuCategory(), List.of())) {
            Question.Answer answer = question.of(candidate.asset());
            if (answer.fit() == Fit.FITS) {
                fitting.add(candidate);
            } else {
                excluded.add(new Excluded(candidate, answer));
            }
        }
        excluded.sort(Comparator.comparing((Excluded one) -> one.by().fit())
                .reversed()
                .thenComparing(one -> one.candidate().assetId()));
        return new View(List.copyOf(fitting), List.copyOf(excluded));
    }
}
