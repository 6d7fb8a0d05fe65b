package dev.taskorder.activities.explain;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random pools, budgets and orders. Whatever is offered to one that waits and says nothing of not being enough is done: the
 * order runs, and by the least amount of money less it does not. Where nothing but money is offered, all of it together is
 * enough. More of them: {@code -Dtaskorder.offers.stories=3000}.
 */
class OfferedMoneyStoriesTest {
    private static final int STORIES = Integer.getInteger("taskorder.offers.stories", 60);
    private static final BigDecimal UNIT = new BigDecimal("0.000001");
    private static final Set<String> OF_MONEY = Set.of("order_budget", "project_budget", "tenant_budget");
    private static final Pattern AMOUNT = Pattern.compile(
            "Raise (?:it|its max_total_cost) (to|above) ([0-9.]+).*?(?:PUT /v1/budgets/(project|tenant)/([^?]+)\\?.*)?");

    private static final Pattern AVAILABLE = Pattern.compile("Set (a\\d(?:, a\\d)*) AVAILABLE");
    private static final Pattern LARGER =
            Pattern.compile("Raise max_concurrency of (a\\d) to (\\d+), or wait until one of its slots comes free");

    private final Tenant tenant = Tenant.fresh();
    private final Map<String, AssetSpec> assets = new HashMap<>();
    private Random random = new Random();

    static List<Long> stories() {
        return new Random().longs(STORIES).boxed().toList();
    }

    /** What is offered, and the least amount that does. */
    private record Offer(String code, String id, BigDecimal least, boolean enough) {}

    @ParameterizedTest
    @MethodSource("stories")
    void what_is_offered_where_money_is_short_is_exact(long seed) {
        random = new Random(seed);
        List<TaskOrder> waiting = aTenantShortOfMoney();
        for (TaskOrder order : waiting) {
            if (tenant.statusOf(order) == Status.QUEUED) {
                followed(order, seed);
            }
        }
    }

    private void followed(TaskOrder order, long seed) {
        List<Blocker> blockers = blockers(order);
        String told = "story " + seed + ", " + order + ": " + blockers;
        if (blockers.stream().anyMatch(this::done)) {
            assertThat(tenant.statusOf(order)).as(told).isEqualTo(Status.RUNNING);
            return;
        }
        List<Offer> offers = blockers.stream()
                .filter(blocker -> OF_MONEY.contains(blocker.code()))
                .map(OfferedMoneyStoriesTest::offer)
                .toList();
        boolean moneyAlone = !offers.isEmpty() && offers.size() == blockers.size();
        List<Offer> one = offers.stream().filter(Offer::enough).limit(1).toList();
        List<Offer> done = !one.isEmpty() ? one : moneyAlone ? offers : List.of();
        int last = done.size() - 1;
        boolean tooLittle = random.nextBoolean();
        for (int i = 0; i <= last; i++) {
            Offer offer = done.get(i);
            BigDecimal amount = i == last && tooLittle ? offer.least().subtract(UNIT) : offer.least();
            apply(order, offer, amount, i == last);
        }
        if (last >= 0) {
            assertThat(tenant.statusOf(order)).as(told).isEqualTo(tooLittle ? Status.QUEUED : Status.RUNNING);
        }
    }

    private List<TaskOrder> aTenantShortOfMoney() {
        tenant.withEstimates(random.nextBoolean() ? "{}" : "{\"TEST\": 0.2}");
        tenant.withSubstitutes("[{\"from\": \"res.*\", \"to\": \"mob.*\", \"min_health_score\": 70}]");
        for (int i = 0; i < 4; i++) {
            String sku = any("res.1", "res.2", "mob.1");
            AssetStatus status = random.nextInt(5) == 0 ? AssetStatus.BANNED : AssetStatus.AVAILABLE;
            put(List.of(asset("a" + i, sku, status, 1 + random.nextInt(2), any("0", "0.5", "1", "3"))));
        }
        tenant.asset("never", "RAW_NET", "res.3", 1, "9");
        List<TaskOrder> waiting = new ArrayList<>();
        orders(2).forEach(waiting::add);
        budget(BudgetScope.TENANT, tenant.id().value(), amount());
        if (random.nextBoolean()) {
            budget(BudgetScope.PROJECT, "acme-shop", amount());
        }
        orders(5).forEach(waiting::add);
        return waiting;
    }

    private List<TaskOrder> orders(int count) {
        List<TaskOrder> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (tenant.create(List.of(anyOrder().spec())).get(0) instanceof CreateResult.Created created) {
                tenant.admitted(created.order());
                all.add(created.order());
            }
        }
        return all;
    }

    private Orders anyOrder() {
        Orders order = anOrder().priority(40 + 10 * random.nextInt(5)).project(any("acme-shop", "acme-shop", "other"));
        if (random.nextInt(5) > 0) {
            order.wanting("RAW_NET", any("res.*", "mob.*", "res.1", null), 1 + random.nextInt(2));
        }
        if (random.nextInt(3) == 0) {
            order.maxTotalCost(any("0.7", "1.5", "4"));
        }
        return random.nextInt(4) == 0 ? order.constraint("no_downgrade", true) : order;
    }

    private BigDecimal amount() {
        return new BigDecimal(any("0", "0.1", "0.6", "1.3", "2", "3.5"));
    }

    @SafeVarargs
    private <T extends @Nullable Object> T any(T... values) {
        return values[random.nextInt(values.length)];
    }

    private static Offer offer(Blocker blocker) {
        Matcher found = AMOUNT.matcher(blocker.change());
        assertThat(found.matches()).as(blocker.toString()).isTrue();
        BigDecimal amount = new BigDecimal(found.group(2));
        BigDecimal least = found.group(1).equals("above") ? amount.add(UNIT) : amount;
        String raise = blocker.change().split("; or ")[0];
        boolean enough = !raise.contains("not enough")
                && !blocker.change().endsWith("blockers")
                && !blocker.change().contains("served first")
                && !blocker.change().endsWith("turn comes");
        return new Offer(blocker.code(), String.valueOf(found.group(4)), least, enough);
    }

    /** @param seen whether the matcher looks then; else it sees all that is offered at once, when the last is done */
    private void apply(TaskOrder order, Offer offer, BigDecimal amount, boolean seen) {
        if (offer.code().equals("order_budget")) {
            if (!seen) {
                tenant.sql(jdbc -> jdbc.sql(
                                "UPDATE task_order SET max_total_cost = :amount, task_version = task_version + 1"
                                        + " WHERE task_id = :task")
                        .param("amount", amount)
                        .param("task", order.taskId())
                        .update());
                return;
            }
            TaskOrderChange change = new TaskOrderChange(null, new TaskOrderChange.Ceiling(amount), null, null);
            tenant.update(order.taskId(), change, version -> true);
        } else if (seen) {
            budget(offer.code().equals("tenant_budget") ? BudgetScope.TENANT : BudgetScope.PROJECT, offer.id(), amount);
        } else {
            for (String table : List.of("budget", "budget_period")) {
                tenant.sql(jdbc -> jdbc.sql("UPDATE " + table + " SET limit_amount = :amount WHERE scope_id = :id")
                        .param("amount", amount)
                        .param("id", offer.id())
                        .update());
            }
        }
    }

    private static AssetSpec asset(
            String id, String sku, @Nullable AssetStatus status, int concurrency, String unitCost) {
        return new AssetSpec(
                id,
                "prod",
                "RAW_NET",
                sku,
                Map.of(),
                status,
                null,
                concurrency,
                new BigDecimal(unitCost),
                "USD",
                null,
                null);
    }

    /** All at once, so that nobody is served by a part of them. */
    private void put(List<AssetSpec> all) {
        all.forEach(asset -> assets.put(asset.assetId(), asset));
        tenant.as(() -> tenant.bean(Assets.class).put(all, Tenant.CALLER));
    }

    /** What is offered of assets, if that is enough; whether it was done. */
    private boolean done(Blocker blocker) {
        Matcher available = AVAILABLE.matcher(blocker.change());
        if (available.matches()) {
            put(Stream.of(available.group(1).split(", "))
                    .map(id -> changed(id, AssetStatus.AVAILABLE, null))
                    .toList());
            return true;
        }
        Matcher larger = LARGER.matcher(blocker.change());
        if (larger.matches()) {
            put(List.of(changed(larger.group(1), null, Integer.valueOf(larger.group(2)))));
            return true;
        }
        return false;
    }

    private AssetSpec changed(String id, @Nullable AssetStatus status, @Nullable Integer concurrency) {
        AssetSpec asset = Objects.requireNonNull(assets.get(id));
        return asset(
                id,
                asset.skuCode(),
                status,
                concurrency == null ? asset.maxConcurrency() : concurrency,
                asset.unitCost().toPlainString());
    }

    private void budget(BudgetScope scope, String id, BigDecimal limit) {
        BudgetSpec spec = new BudgetSpec(new BudgetKey("prod", scope, id), limit, "USD", BudgetPeriod.TOTAL);
        tenant.as(() -> tenant.bean(Budgets.class).put(spec, Caller.SYSTEM));
    }

    private List<Blocker> blockers(TaskOrder order) {
        return tenant.as(() -> Application.shared().bean(Explanations.class).of(order.taskId()))
                .orElseThrow()
                .blockers();
    }
}
