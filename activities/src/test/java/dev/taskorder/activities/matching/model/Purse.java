package dev.taskorder.activities.matching.model;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an order may spend: its own ceiling, and the budgets of its project and of the tenant. */
final class Purse {
    private final World world;
    private final Order order;
    private final World.Policy policy;

    Purse(World world, Order order) {
        this.world = world;
        this.order = order;
        this.policy = world.policy(order.demand().policy());
    }

    /** What these take, with what its executor is expected to spend. */
    BigDecimal price(List<Asset> assets) {
        return assets.stream()
                .map(Asset::cost)
                .reduce(policy.estimate(order.header().taskType()), BigDecimal::add);
    }

    boolean isLimited() {
        return left().isPresent();
    }

    /** Whether its own ceiling bears so much. */
    boolean bears(BigDecimal price) {
        return ceiling().stream().allMatch(left -> left.compareTo(price) >= 0);
    }

    /** Whether its ceiling and its budgets bear so much; what costs nothing needs budgets that are not used up. */
    boolean covers(BigDecimal price) {
        return bears(price) && budgets().allMatch(left -> left.signum() > 0 && left.compareTo(price) >= 0);
    }

    /** Whether what is left is enough for every attempt that it may make. */
    boolean coversAllAttempts(BigDecimal price) {
        @Nullable Integer own = order.header().maxRetries();
        int retriesLeft = (own == null ? policy.maxRetries() : own) - order.retries;
        BigDecimal all = price;
        for (int retry = 0; retry < retriesLeft; retry++) {
            all = all.add(price);
        }
        return left().isEmpty() || left().get().compareTo(all) >= 0;
    }

    private Optional<BigDecimal> left() {
        return Stream.concat(ceiling().stream(), budgets()).min(Comparator.naturalOrder());
    }

    private Optional<BigDecimal> ceiling() {
        return Optional.ofNullable(order.header().maxTotalCost()).map(most -> most.subtract(order.spent));
    }

    private Stream<BigDecimal> budgets() {
        return world.budgetsOf(order).stream()
                .map(budget -> budget.currency().equals(order.demand().currency())
                        ? budget.left().max(BigDecimal.ZERO)
                        : BigDecimal.ZERO);
    }
}
