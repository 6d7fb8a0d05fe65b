package dev.taskorder.activities.ledger;

import dev.taskorder.activities.ledger.Line.Part;
import dev.taskorder.activities.ledger.Line.Transfer;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.ledger.Amounts;
import dev.taskorder.api.ledger.LedgerEntry.Phase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries of a bill. Pure: what happened in, entries out. Their ids are derived from what they are for, with a ':' that no
 * caller's id has, so that a retried step posts nothing new and no caller can take an id away.
 */
final class Lines {
    private static final String LEASE = "lease";
    private static final String EXECUTOR = "executor";
    private static final Transfer HOLD = new Transfer(Accounts.WALLET, Accounts.HELD);
    private static final Transfer BACK = new Transfer(Accounts.HELD, Accounts.WALLET);
    private static final Transfer OVERRUN = new Transfer(Accounts.WALLET, Accounts.OVERRUN);
    private static final Transfer EXECUTION = new Transfer(Accounts.WALLET, Accounts.SPEND_EXECUTION);

    private final Bill bill;
    private final OrderAccount account;
    private final List<Line> lines = new ArrayList<>();
    private BigDecimal executorHold;
    private boolean beyondCeiling;
    private int beyondHold;

    private Lines(Bill bill) {
        this.bill = bill;
        this.account = bill.account();
        this.executorHold = account.executorHold();
    }

    /**
     * @param executorHold what is left of it
     * @param beyondCeiling whether the order's own ceiling leaves too little room for what no hold covers
     */
    record Written(List<Line> lines, BigDecimal executorHold, boolean beyondCeiling) {}

    static Written of(Bill bill) {
        return new Lines(bill).written();
    }

    private Written written() {
        if (bill.attempt() != null) {
            attempt(bill.attempt());
        }
        bill.returned().stream().filter(lease -> lease.amount().signum() > 0).forEach(this::giveBack);
        if (bill.returnsExecutorHold() && executorHold.signum() > 0) {
            String id = account.taskId() + ":hold:" + account.holds() + ":void";
            lines.add(new Line(id, bill.as(), EXECUTOR, BACK, executorHold).on(account.executorHoldOn()));
            executorHold = BigDecimal.ZERO;
        }
        return new Written(lines, executorHold, beyondCeiling);
    }

    private void attempt(Bill.OfAttempt attempt) {
        String prefix = account.taskId() + ":" + attempt.number();
        attempt.charged().stream().filter(lease -> lease.amount().signum() > 0).forEach(this::charge);
        if (attempt.ended()) {
            lines.add(posted(prefix + ":execution", "execution", EXECUTION, BigDecimal.ZERO));
        }
        costs(prefix, attempt);
        for (Money earned : attempt.revenue()) {
            if (earned.amount().signum() > 0) {
                String id = prefix + ":revenue:" + earned.kind();
                Transfer earns = new Transfer(Accounts.revenue(earned.kind()), Accounts.WALLET);
                lines.add(posted(id, earned.kind(), earns, earned.amount()));
            }
        }
    }

    private void charge(LeasePrice lease) {
        Transfer spent = new Transfer(Accounts.HELD, Accounts.spendOnLeases(lease.skuCategory()));
        lines.add(
                posted("lease:" + lease.leaseId(), LEASE, spent, lease.amount()).of(lease));
    }

    private void giveBack(LeasePrice lease) {
        String id = "lease:" + lease.leaseId() + ":void";
        lines.add(new Line(id, bill.as(), LEASE, BACK, lease.amount()).of(lease));
    }

    private static Line posted(String id, String kind, Transfer transfer, BigDecimal amount) {
        return new Line(id, Phase.POST, kind, transfer, amount);
    }

    /** What was told since the last time: out of what is held for it, and beyond that out of more, if the budgets bear it. */
    private void costs(String prefix, Bill.OfAttempt attempt) {
        List<Telling> beyond = new ArrayList<>();
        for (Money cost : attempt.costs()) {
            BigDecimal more = cost.amount().subtract(before(attempt.postedCosts(), cost.kind()));
            BigDecimal covered = more.min(executorHold);
            String id = idOf(prefix, cost);
            if (covered.signum() > 0) {
                executorHold = executorHold.subtract(covered);
                lines.add(spent(id, cost.kind(), covered)
                        .on(account.executorHoldOn())
                        .toldAs(id));
            }
            if (more.compareTo(covered) > 0) {
                beyond.add(new Telling(
                        id, covered.signum() > 0 ? id + ":beyond" : id, cost.kind(), more.subtract(covered)));
            }
        }
        BigDecimal room = account.room(whatComesBack());
        for (Telling cost : beyond) {
            BigDecimal asked = room == null ? cost.amount() : cost.amount().min(room);
            room = room == null ? null : room.subtract(asked);
            beyondCeiling |= asked.compareTo(cost.amount()) < 0;
            beyondHold(cost, asked);
        }
    }

    /**
     * What no hold covers of a cost.
     *
     * @param id of the telling, by its new total
     * @param postId of the entry for what the budgets cover of it
     */
    private record Telling(String id, String postId, String kind, BigDecimal amount) {}

    private static String idOf(String prefix, Money cost) {
        return prefix + ":cost:" + cost.kind() + ":" + Amounts.shown(cost.amount());
    }

    /** What the budgets cover is held and posted at once; the rest, also of what the order's ceiling leaves no room for, is overrun. */
    private void beyondHold(Telling cost, BigDecimal asked) {
        Line overrun = posted(cost.id() + ":overrun", cost.kind(), OVERRUN, cost.amount())
                .toldAs(cost.id());
        if (asked.signum() == 0) {
            lines.add(overrun);
            return;
        }
        int nth = beyondHold++;
        String holdId = cost.postId() + ":hold";
        lines.add(new Line(holdId, Phase.HOLD, cost.kind(), HOLD, cost.amount())
                .toldAs(cost.id())
                .as(Part.COVERED, asked, nth));
        lines.add(spent(cost.postId(), cost.kind(), cost.amount())
                .toldAs(cost.id())
                .as(Part.COVERED, asked, nth));
        lines.add(overrun.as(Part.REST, asked, nth));
    }

    /** What this very bill frees of what was held. */
    private BigDecimal whatComesBack() {
        BigDecimal leases = bill.returned().stream().map(LeasePrice::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
        return bill.returnsExecutorHold() ? leases.add(executorHold) : leases;
    }

    private static BigDecimal before(List<Money> posted, String kind) {
        return posted.stream()
                .filter(money -> money.kind().equals(kind))
                .map(Money::amount)
                .findFirst()
                .orElse(BigDecimal.ZERO);
    }

    private static Line spent(String id, String kind, BigDecimal amount) {
        return posted(id, kind, new Transfer(Accounts.HELD, Accounts.spendByExecutor(kind)), amount);
    }
}
