package dev.taskorder.activities.order;

import dev.taskorder.api.matching.PoolCheck;
import dev.taskorder.api.order.CreateResult.NeverSatisfiable;
import dev.taskorder.api.order.CreateResult.Objection;
import dev.taskorder.api.order.UnservableHint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether a tenant's pool lets orders be created: what it could never serve is refused. It reads the pool as it is and
 * locks nothing, so an asset that is put or retired meanwhile may come too late to count. Either way no harm is done: who
 * was refused has left nothing behind and may ask again, and an order that was let in is ended by the matcher.
 */
final class CreationPool {
    private final PoolCheck pool;

    CreationPool(PoolCheck pool) {
        this.pool = pool;
    }

    /** The same orders, with a refusal for those that the pool could never serve; orders without hints cost nothing. */
    List<NewOrder> judged(List<NewOrder> orders) {
        Map<String, List<NewOrder>> byEnv = orders.stream()
                .filter(order ->
                        order.refusal() == null && !order.spec().resourceHints().isEmpty())
                .collect(Collectors.groupingBy(order -> order.spec().env()));
        if (byEnv.isEmpty()) {
            return orders;
        }
        List<NewOrder> judged = new ArrayList<>(orders);
        byEnv.forEach((env, asking) -> {
            List<List<UnservableHint>> answers = pool.unservable(
                    env, asking.stream().map(CreationPool::wanted).toList());
            for (int i = 0; i < answers.size(); i++) {
                if (!answers.get(i).isEmpty()) {
                    NewOrder order = asking.get(i);
                    judged.set(order.position(), order.refused(refusal(answers.get(i))));
                }
            }
        });
        return judged;
    }

    private static NeverSatisfiable refusal(List<UnservableHint> hints) {
        return new NeverSatisfiable(hints.stream()
                .map(hint -> new Objection(hint.pointer(), hint.message()))
                .toList());
    }

    private static PoolCheck.Wanted wanted(NewOrder order) {
        return new PoolCheck.Wanted(
                order.spec().resourceHints(),
                order.spec().currency(),
                Boolean.TRUE.equals(order.spec().constraints().get("no_datacenter_ip")));
    }
}
