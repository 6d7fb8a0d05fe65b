package dev.taskorder.activities.ledger;

import dev.taskorder.api.execution.Money;
import dev.taskorder.api.ledger.LedgerEntry.Phase;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a bill. Pure: what happened in, entries out. Their ids are derived from what they are for, with a ':' that no
 * caller's id has, so that a retried step posts nothing new and no caller can take an id away.
 */
final class Lines {
    /** When a line is written: always, or according to whether all budgets cover what the bill asks for beyond its hold. */
    enum If {
        COVERED,
        NOT_COVERED
    }

    /** @param counts_on null for today; names are those of the statement's recordset */
    record Line(
            String entry_id,
            Phase phase,
            String kind,
            String debit,
            String credit,
            BigDecimal amount,
            @Nullable LocalDate counts_on,
            @Nullable UUID lease_id,
            @Nullable String sku_category,
            @Nullable String sku_code,
            @Nullable If condition,
            int position) {}

    private static final String LEASE = "lease";
    private static final String EXECUTOR = "executor";

    private final Bill bill;
    private final OrderAccount account;
    private final List<Line> lines = new ArrayList<>();
    private BigDecimal executorHold;
    private boolean withinCeiling = true;

    private Lines(Bill bill) {
        this.bill = bill;
        this.account = bill.account();
        this.executorHold = account.executorHold();
    }

    /**
     * @param executorHold what is left of it
     * @param withinCeiling whether the order's own ceiling leaves room for what is asked for beyond that
     */
    record Written(List<Line> lines, BigDecimal executorHold, boolean withinCeiling) {}

    static Written of(Bill bill) {
        return new Lines(bill).written();
    }

    private Written written() {
        if (bill.attempt() != null) {
            attempt(bill.attempt());
        }
        bill.returned().stream().filter(lease -> lease.amount().signum() > 0).forEach(this::giveBack);
        if (bill.returnsExecutorHold() && executorHold.signum() > 0) {
            add(
                    new Entry(account.taskId() + ":hold:" + account.holds() + ":void", bill.as(), EXECUTOR)
                            .from(Accounts.HELD)
                            .to(Accounts.WALLET)
                            .on(account.executorHoldOn()),
                    executorHold,
                    null);
            executorHold = BigDecimal.ZERO;
        }
        return new Written(lines, executorHold, withinCeiling);
    }

    private void attempt(Bill.OfAttempt attempt) {
        String prefix = account.taskId() + ":" + attempt.number();
        attempt.charged().stream().filter(lease -> lease.amount().signum() > 0).forEach(this::charge);
        if (attempt.ended()) {
            add(
                    new Entry(prefix + ":execution", Phase.POST, "execution")
                            .from(Accounts.WALLET)
                            .to(Accounts.SPEND_EXECUTION),
                    BigDecimal.ZERO,
                    null);
        }
        costs(prefix, attempt);
        for (Money earned : attempt.revenue()) {
            if (earned.amount().signum() > 0) {
                add(
                        new Entry(prefix + ":revenue:" + earned.kind(), Phase.POST, earned.kind())
                                .from(Accounts.revenue(earned.kind()))
                                .to(Accounts.WALLET),
                        earned.amount(),
                        null);
            }
        }
    }

    private void charge(LeasePrice lease) {
        add(
                new Entry("lease:" + lease.leaseId(), Phase.POST, LEASE)
                        .from(Accounts.HELD)
                        .to(Accounts.spendOnLeases(lease.skuCategory()))
                        .of(lease),
                lease.amount(),
                null);
    }

    private void giveBack(LeasePrice lease) {
        add(
                new Entry("lease:" + lease.leaseId() + ":void", bill.as(), LEASE)
                        .from(Accounts.HELD)
                        .to(Accounts.WALLET)
                        .of(lease),
                lease.amount(),
                null);
    }

    /** What was told since the last time: out of what is held for it, and beyond that out of more, if the budgets bear it. */
    private void costs(String prefix, Bill.OfAttempt attempt) {
        Map<String, Money> beyond = new LinkedHashMap<>();
        for (Money cost : attempt.costs()) {
            BigDecimal more = cost.amount().subtract(before(attempt.postedCosts(), cost.kind()));
            BigDecimal covered = more.min(executorHold);
            String id = idOf(prefix, cost);
            if (covered.signum() > 0) {
                executorHold = executorHold.subtract(covered);
                add(spent(id, cost.kind()).from(Accounts.HELD).on(account.executorHoldOn()), covered, null);
            }
            if (more.compareTo(covered) > 0) {
                beyond.put(covered.signum() > 0 ? id + ":beyond" : id, new Money(cost.kind(), more.subtract(covered)));
            }
        }
        BigDecimal asked = beyond.values().stream().map(Money::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
        withinCeiling = account.bears(asked.subtract(whatComesBack()));
        beyond.forEach((id, cost) -> beyondHold(id, cost.kind(), cost.amount()));
    }

    private static String idOf(String prefix, Money cost) {
        return prefix + ":cost:" + cost.kind() + ":"
                + cost.amount().stripTrailingZeros().toPlainString();
    }

    private void beyondHold(String id, String kind, BigDecimal amount) {
        if (withinCeiling) {
            add(new Entry(id + ":hold", Phase.HOLD, kind).from(Accounts.WALLET).to(Accounts.HELD), amount, If.COVERED);
            add(spent(id, kind).from(Accounts.HELD), amount, If.COVERED);
        }
        Entry overrun = new Entry(id, Phase.POST, kind).from(Accounts.WALLET).to(Accounts.OVERRUN);
        add(overrun, amount, withinCeiling ? If.NOT_COVERED : null);
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

    private static Entry spent(String id, String kind) {
        return new Entry(id, Phase.POST, kind).to(Accounts.spendByExecutor(kind));
    }

    private void add(Entry entry, BigDecimal amount, @Nullable If condition) {
        LeasePrice lease = entry.lease;
        lines.add(new Line(
                entry.id,
                entry.phase,
                entry.kind,
                entry.debit,
                entry.credit,
                amount,
                lease == null ? entry.countsOn : lease.heldOn(),
                lease == null ? null : lease.leaseId(),
                lease == null ? null : lease.skuCategory(),
                lease == null ? null : lease.skuCode(),
                condition,
                lines.size()));
    }

    /** One transfer in the making. */
    private static final class Entry {
        private final String id;
        private final Phase phase;
        private final String kind;
        private String debit = "";
        private String credit = "";
        private @Nullable LocalDate countsOn;
        private @Nullable LeasePrice lease;

        Entry(String id, Phase phase, String kind) {
            this.id = id;
            this.phase = phase;
            this.kind = kind;
        }

        Entry from(String account) {
            credit = account;
            return this;
        }

        Entry to(String account) {
            debit = account;
            return this;
        }

        Entry on(@Nullable LocalDate day) {
            countsOn = day;
            return this;
        }

        Entry of(LeasePrice price) {
            lease = price;
            return this;
        }
    }
}
