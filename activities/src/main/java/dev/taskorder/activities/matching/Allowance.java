package dev.taskorder.activities.matching;

import dev.taskorder.api.ledger.Amounts;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What may still be spent on an order, and for how many attempts it has to do. Where it does not do for all of them at some
 * price, something cheaper is looked for.
 */
final class Allowance {
    private final Optional<BigDecimal> left;
    private final int attempts;
    private final String currency;

    private Allowance(Optional<BigDecimal> left, int attempts, String currency) {
        this.left = left;
        this.attempts = attempts;
        this.currency = currency;
    }

    /** The least of what its own ceiling and its budgets leave it. */
    static Allowance of(WaitingOrder order, Policy policy, Purse purse) {
        BigDecimal ceiling = order.maxTotalCost();
        Optional<BigDecimal> own = Optional.ofNullable(ceiling).map(most -> most.subtract(order.spent()));
        Optional<BigDecimal> left =
                Stream.of(own, purse.least(order)).flatMap(Optional::stream).min(BigDecimal::compareTo);
        return new Allowance(left, order.attemptsLeft(policy.defaults()), order.currency());
    }

    boolean isUnlimited() {
        return left.isEmpty();
    }

    /** Whether all attempts could be had at this price. */
    boolean isEnough(BigDecimal price) {
        return left.isEmpty() || left.get().compareTo(price.multiply(BigDecimal.valueOf(attempts))) >= 0;
    }

    /** That it is not enough, in numbers. */
    String tooLittleFor(BigDecimal price) {
        return "what is left, " + Amounts.shown(left.orElseThrow()) + " " + currency + ", does not cover "
                + (attempts == 1 ? "an attempt" : "up to " + attempts + " attempts") + " at " + Amounts.shown(price);
    }
}
