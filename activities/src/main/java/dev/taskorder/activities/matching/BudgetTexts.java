package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.activities.matching.BlockerTexts.Effect;
import dev.taskorder.activities.matching.Decision.TooExpensiveNow;
import dev.taskorder.activities.matching.Obstacles.Found;
import dev.taskorder.activities.matching.Obstacles.Kind;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.ledger.Amounts;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an order's means and its budgets keep it from, in words and numbers. */
final class BudgetTexts {
    private static final Set<Kind> BROUGHT_BY_TIME = EnumSet.of(Kind.HELD, Kind.COOLING_DOWN);

    private BudgetTexts() {}

    /**
     * A budget of its project or its tenant that does not cover it.
     *
     * @param needed what has to be held for the order; 0 for one that is held up because the budget is used up
     * @param effect what becomes of the order if only this budget is mended
     */
    static Blocker notCovered(WaitingOrder order, BigDecimal needed, Room budget, String env, Effect effect) {
        boolean comparable = budget.currency().equals(order.currency());
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("limit", Amounts.stripped(budget.limit()));
        facts.put("posted", Amounts.stripped(budget.posted()));
        facts.put("held", Amounts.stripped(budget.held()));
        facts.put("needed", Amounts.stripped(needed));
        facts.put("currency", budget.currency());
        facts.put("period_end", budget.periodEnd());
        String code = budget.scope() == BudgetScope.TENANT ? Blocker.TENANT_BUDGET : Blocker.PROJECT_BUDGET;
        return new Blocker(
                code,
                message(order, needed, budget, env),
                facts,
                (comparable ? raise(budget, needed, env) : inItsCurrency(order, budget, env)) + effect.words());
    }

    /** The same in a sentence about an order that waited for it in vain. */
    static String lacking(WaitingOrder order, BigDecimal needed, Room budget, String env) {
        return message(order, needed, budget, env) + ". "
                + (budget.currency().equals(order.currency())
                        ? enough(budget, needed, env)
                        : "Set that budget in " + order.currency() + " (PUT " + path(budget, env) + ")");
    }

    static String lacking(WaitingOrder order, TooExpensiveNow now) {
        return message(order, now) + ". It would have started with a max_total_cost of "
                + Amounts.shown(now.freeNow().add(order.spent()));
    }

    private static String message(WaitingOrder order, BigDecimal needed, Room budget, String env) {
        return budget.currency().equals(order.currency())
                ? tooLittle(order, needed, budget, env)
                : ofAnotherCurrency(order, budget, env);
    }

    private static String tooLittle(WaitingOrder order, BigDecimal needed, Room budget, String env) {
        String spent = " (" + Amounts.shown(budget.posted()) + " spent, " + Amounts.shown(budget.held()) + " held)";
        if (needed.signum() == 0) {
            return "the budget of " + whose(budget, env) + " is used up: nothing is left of "
                    + Amounts.shown(budget.limit()) + " " + budget.currency() + spent
                    + ", so that no order starts under it";
        }
        return "it needs " + Amounts.shown(needed) + " " + order.currency() + ", and the budget of "
                + whose(budget, env) + " has " + Amounts.shown(budget.remaining()) + " left of "
                + Amounts.shown(budget.limit()) + spent;
    }

    private static String ofAnotherCurrency(WaitingOrder order, Room budget, String env) {
        return "the budget of " + whose(budget, env) + " is in " + budget.currency() + " and covers nothing in "
                + order.currency();
    }

    private static String whose(Room budget, String env) {
        return (budget.scope() == BudgetScope.TENANT ? "the tenant" : "project " + budget.id()) + " in env " + env;
    }

    private static String raise(Room budget, BigDecimal needed, String env) {
        boolean heldHelps = budget.held().signum() > 0 && covers(budget.limit().subtract(budget.posted()), needed);
        String others = heldHelps ? "; or wait for what is held to come back" : "";
        boolean turnHelps = budget.periodEnd() != null && covers(budget.limit(), needed);
        String turn = turnHelps ? "; or wait for its next period, from " + budget.periodEnd() : "";
        return enough(budget, needed, env) + others + turn;
    }

    private static String enough(Room budget, BigDecimal needed, String env) {
        BigDecimal enough = budget.posted().add(budget.held()).add(needed);
        String least =
                needed.signum() == 0 ? "above " + Amounts.shown(enough) : "to " + Amounts.shown(enough) + " or more";
        return "Raise it " + least + " (PUT " + path(budget, env) + ")";
    }

    /** Whether so much would do; where nothing has to be held, it does if it is anything. */
    private static boolean covers(BigDecimal room, BigDecimal needed) {
        return room.signum() > 0 && room.compareTo(needed) >= 0;
    }

    private static String inItsCurrency(WaitingOrder order, Room budget, String env) {
        return "Cancel it, or set that budget in " + order.currency() + " (PUT " + path(budget, env) + ")";
    }

    private static String path(Room budget, String env) {
        return "/v1/budgets/" + budget.scope().word() + "/" + budget.id() + "?env=" + env;
    }

    /**
     * How an order whose ceiling does not allow what is free may be served.
     *
     * @param byCeiling whether a larger ceiling is enough
     * @param byCheaper whether something cheaper is
     * @param othersFirst whether orders before it would get that
     */
    record Ways(boolean byCeiling, boolean byCheaper, boolean othersFirst) {
        private Effect ofCeiling() {
            return byCeiling || !byCheaper ? Effect.SERVED : Effect.NOT_ENOUGH;
        }

        private Effect ofBoth() {
            return byCheaper ? Effect.SERVED : Effect.NOT_ENOUGH;
        }
    }

    /** @param found what keeps it from assets that it can pay */
    static Blocker tooExpensive(
            WaitingOrder order, TooExpensiveNow now, List<Found> found, Holders holders, Ways ways) {
        BigDecimal enough = now.freeNow().add(order.spent());
        List<Candidate> cheaper = found.stream()
                .flatMap(one -> one.change().stream())
                .distinct()
                .sorted(Comparator.comparing(Candidate::unitCost).thenComparing(Candidate::assetId))
                .toList();
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("limit", limit(order));
        facts.put(
                "posted", Amounts.stripped(order.spent().subtract(order.means().held())));
        facts.put("held", Amounts.stripped(order.means().held()));
        facts.put("needed", Amounts.stripped(now.freeNow()));
        facts.put("cheapest_when_free", Amounts.stripped(now.cheapestEver()));
        facts.put("currency", order.currency());
        facts.put("cheaper", cheaper.stream().map(one -> cheaper(one, holders)).toList());
        return new Blocker(
                Blocker.ORDER_BUDGET,
                message(order, now),
                facts,
                "Raise its max_total_cost to " + Amounts.shown(enough) + " or more"
                        + ways.ofCeiling().words() + "; or " + forCheaper(cheaper, found, holders, ways.othersFirst())
                        + ways.ofBoth().words());
    }

    private static String message(WaitingOrder order, TooExpensiveNow now) {
        String takes = " takes " + Amounts.shown(now.freeNow()) + " " + order.currency();
        return order.noDowngrade()
                ? "what it prefers of what is free" + takes
                        + ", more than its max_total_cost allows, and it may not be downgraded"
                : "what is free" + takes + " at least, more than its max_total_cost allows";
    }

    /** It ends as soon as it is its turn. */
    static Blocker endsForMoney(WaitingOrder order, Decision.Hopeless why, BigDecimal needed) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("limit", limit(order));
        facts.put(
                "posted", Amounts.stripped(order.spent().subtract(order.means().held())));
        facts.put("held", Amounts.stripped(order.means().held()));
        facts.put("needed", Amounts.stripped(needed));
        facts.put("currency", order.currency());
        return new Blocker(
                Blocker.ORDER_BUDGET,
                why.message(),
                facts,
                "Raise its max_total_cost to " + Amounts.shown(needed.add(order.spent()))
                        + " or more; else it ends when its turn comes");
    }

    /**
     * Nothing that meets its hints is free, and only what may be taken in its place is within its means.
     *
     * @param needed what meets its hints takes at least
     */
    static Blocker onlySubstitutes(WaitingOrder order, BigDecimal needed) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("limit", limit(order));
        facts.put(
                "posted", Amounts.stripped(order.spent().subtract(order.means().held())));
        facts.put("held", Amounts.stripped(order.means().held()));
        facts.put("needed", Amounts.stripped(needed));
        facts.put("currency", order.currency());
        return new Blocker(
                Blocker.ORDER_BUDGET,
                "what meets its hints takes " + Amounts.shown(needed) + " " + order.currency()
                        + " at least, more than its max_total_cost allows; once it is free, it may get a cheaper substitute",
                facts,
                "Raise its max_total_cost to " + Amounts.shown(needed.add(order.spent()))
                        + " or more, or keep a substitute free that it can pay; that alone is not enough, see the other"
                        + " blockers");
    }

    /** Time alone brings back what has a time; for the rest the other blockers say what to do. */
    private static String forCheaper(List<Candidate> cheaper, List<Found> found, Holders holders, boolean othersFirst) {
        if (cheaper.isEmpty()) {
            return "cancel it";
        }
        boolean timeHelps = found.stream().allMatch(one -> BROUGHT_BY_TIME.contains(one.kind()))
                && cheaper.stream().allMatch(one -> holders.backBy(one) != null);
        return timeHelps
                ? "wait for " + inWords(cheaper, holders) + (othersFirst ? " (orders before it are served first)" : "")
                : "do what the other blockers say of " + BlockerTexts.listed(cheaper, Candidate::assetId)
                        + ", which it could pay";
    }

    private static Map<String, @Nullable Object> cheaper(Candidate candidate, Holders holders) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("asset_id", candidate.assetId());
        one.put("unit_cost", Amounts.stripped(candidate.unitCost()));
        one.put("until", holders.backBy(candidate));
        return one;
    }

    private static String inWords(List<Candidate> cheaper, Holders holders) {
        return BlockerTexts.listed(cheaper, candidate -> {
            Object until = holders.backBy(candidate);
            return candidate.assetId() + (until == null ? "" : ", which is free by " + until + " at the latest");
        });
    }

    private static @Nullable BigDecimal limit(WaitingOrder order) {
        BigDecimal most = order.maxTotalCost();
        return most == null ? null : Amounts.stripped(most);
    }
}
