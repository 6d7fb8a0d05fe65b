package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.api.matching.MoneyNeeds;
import dev.taskorder.api.policy.Policy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The matcher's own decision for the one order, over what is free and left at the moment. */
final class JdbcMoneyNeeds implements MoneyNeeds {
    private final MatchPass.Sources sources;
    private final ObstacleTable table;

    JdbcMoneyNeeds(MatchPass.Sources sources, ObstacleTable table) {
        this.sources = sources;
        this.table = table;
    }

    @Override
    public Optional<String> of(UUID taskId) {
        return table.envOfWaiting(taskId)
                .flatMap(env -> sources.queue().one(taskId).flatMap(order -> of(order, env)));
    }

    private Optional<String> of(WaitingOrder order, String env) {
        List<Room> rooms = sources.budgets().rooms(env, Set.of(order.projectId()));
        if (rooms.isEmpty() && order.maxTotalCost() == null) {
            return Optional.empty(); // nothing limits what it may cost, and its pool may be large
        }
        Purse purse = new Purse(rooms);
        Pool pool = new Pool(new MatchPass(sources, env).assets(List.of(order)));
        Policy policy = sources.policies().version(order.policyVersion());
        Decision decision = Chooser.decide(order, pool, policy, purse);
        if (decision instanceof Decision.NotCovered why) {
            return Optional.of(why.budgets().stream()
                    .map(budget -> BudgetTexts.lacking(order, why.needed(), budget, env))
                    .collect(Collectors.joining(". Also, ")));
        }
        return decision instanceof Decision.TooExpensiveNow why
                ? Optional.of(BudgetTexts.lacking(order, why))
                : Optional.empty();
    }
}
