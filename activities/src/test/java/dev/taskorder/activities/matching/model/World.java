package dev.taskorder.activities.matching.model;

import dev.taskorder.api.asset.AssetStatus;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that the matcher of one (tenant, env) decides about. What does not apply any more changes nothing. */
public final class World {
    private static final long ABANDONED_SLOT_MS = 30_000;
    private static final long RETAINED_MS = 100_000;

    /**
     * One version of the tenant's rules.
     *
     * @param estimates what executors are expected to spend, by task type
     */
    public record Policy(
            long reserveAfterMs,
            int highPriority,
            BigDecimal highValue,
            int reclaimForPriority,
            int maxRetries,
            Map<String, BigDecimal> estimates,
            List<Substitute> substitutes) {
        BigDecimal estimate(String taskType) {
            return estimates.getOrDefault(taskType, BigDecimal.ZERO);
        }
    }

    /** What may serve for money's sake in place of what a hint asks for. */
    public record Substitute(String from, String to, BigDecimal floor) {}

    /** What a project, or the tenant as a whole, may still spend. */
    public record Budget(BigDecimal left, String currency) {}

    /** Under which name the tenant's own budget is. */
    public static final String TENANT = "";

    record Slot(String asset, int number) {}

    /** A slot that nobody has, and for which key it is kept until when. */
    public record Kept(int number, String key, long until) {}

    /** @param keptFor the key for which it is kept; null if it is for anybody */
    record Vacant(Slot slot, @Nullable String keptFor) {}

    private final Map<Integer, Policy> policies;
    private final Map<String, Asset> assets = new TreeMap<>();
    private final Map<String, Order> orders = new LinkedHashMap<>();
    private final Map<Slot, Long> restsUntil = new HashMap<>();
    private final Map<Slot, Kept> kept = new HashMap<>();
    private final Map<String, Long> lastUsed = new HashMap<>();
    private final Map<String, Integer> given = new HashMap<>();
    private final Map<String, Integer> used = new HashMap<>();
    private final Map<String, Budget> budgets = new TreeMap<>();
    private final Set<String> withoutExecutor = new TreeSet<>();
    private @Nullable Integer mayRun;
    private long nowMs;
    private long looks;

    public World(Map<Integer, Policy> policies) {
        this.policies = policies;
    }

    // what happens

    public void put(Asset asset) {
        assets.put(asset.id(), asset);
    }

    public void create(Order.Header header, int priority) {
        orders.putIfAbsent(header.name(), new Order(header, priority, nowMs));
    }

    public void reprioritise(String name, int priority) {
        Order order = orders.get(name);
        if (order != null && order.state != Order.State.OVER) {
            order.priority = priority;
        }
    }

    /** Ends the order, however; all that it held is free, or kept for the next of its key. */
    public void end(String name) {
        Order order = orders.get(name);
        if (order == null) {
            return;
        }
        use(order);
        String key = order.demand().retention();
        for (Order.Lease lease : key == null ? List.<Order.Lease>of() : order.leases) {
            kept.put(new Slot(lease.asset(), lease.slot()), new Kept(lease.slot(), key, nowMs + RETAINED_MS));
        }
        order.state = Order.State.OVER;
        order.leases.clear();
    }

    /** An attempt of it is over: what it had is used, and what was used for the last time is retired. */
    private void use(Order order) {
        for (String id : order.unused) {
            Asset asset = assets.get(id);
            int uses = used.merge(id, 1, Integer::sum);
            if (asset != null && asset.maxUses() != null && uses >= asset.maxUses()) {
                put(asset.with(AssetStatus.RETIRED));
            }
        }
        order.unused.clear();
    }

    /** Ends an order whose attempt may still be at work outside: its slots rest. */
    public void abandon(String name) {
        Order order = orders.get(name);
        if (order != null) {
            order.leases.forEach(
                    lease -> restsUntil.put(new Slot(lease.asset(), lease.slot()), nowMs + ABANDONED_SLOT_MS));
            order.leases.clear();
            end(name);
        }
    }

    /** Its attempt was banned: it gives back what served these places, keeps the rest, and waits for what is missing. */
    public void exchange(String name, Set<Integer> badLeases) {
        Order order = orders.get(name);
        if (order == null || order.state != Order.State.RUNS || order.leases.isEmpty()) {
            return;
        }
        List<Order.Lease> bad = badLeases.stream()
                .map(place -> order.leases.get(place % order.leases.size()))
                .distinct()
                .toList();
        use(order);
        bad.forEach(lease -> order.avoided.add(lease.asset()));
        order.leases.removeAll(bad);
        order.state = Order.State.BETWEEN;
        order.retries++;
        order.waitsSince = nowMs;
    }

    /** It has kept its good leases for long enough and gives them back too. */
    public void letGo(String name) {
        Order order = orders.get(name);
        if (order != null && order.state == Order.State.BETWEEN) {
            order.leases.clear();
        }
    }

    public void passes(long ms) {
        nowMs += ms;
    }

    public void executor(String taskType, boolean there) {
        if (there) {
            withoutExecutor.remove(taskType);
        } else {
            withoutExecutor.add(taskType);
        }
    }

    /** @param owner a project, or {@link #TENANT} */
    public void budget(String owner, Budget budget) {
        budgets.put(owner, budget);
    }

    public void mayRun(int orders) {
        mayRun = orders;
    }

    // what a look decides

    /** How many orders may begin to run. */
    public long places() {
        long run = orders.values().stream()
                .filter(order -> order.state == Order.State.RUNS || order.state == Order.State.BETWEEN)
                .count();
        return mayRun == null ? Long.MAX_VALUE : Math.max(0, mayRun - run);
    }

    /** Every lease of one look is as recent as the others. */
    void beginLook() {
        looks++;
    }

    void lease(Order order, int hint, Asset asset, Slot slot) {
        kept.remove(slot);
        order.leases.add(new Order.Lease(hint, asset.id(), slot.number()));
        order.unused.add(asset.id());
        given.merge(asset.id(), 1, Integer::sum);
        lastUsed.put(asset.id(), looks);
    }

    void pay(Order order, BigDecimal amount) {
        order.spent = order.spent.add(amount);
        for (String owner : List.of(order.demand().project(), TENANT)) {
            budgets.computeIfPresent(
                    owner, (any, budget) -> new Budget(budget.left().subtract(amount), budget.currency()));
        }
    }

    // what it is

    public @Nullable Asset asset(String id) {
        return assets.get(id);
    }

    public @Nullable Order order(String name) {
        return orders.get(name);
    }

    public Collection<Asset> assets() {
        return assets.values();
    }

    public Collection<Order> orders() {
        return orders.values();
    }

    public long nowMs() {
        return nowMs;
    }

    public Policy policy(int version) {
        return policies.get(version);
    }

    /** By project; the tenant's own by {@link #TENANT}. */
    public Map<String, Budget> budgets() {
        return budgets;
    }

    /** The budgets that an order has to keep to. */
    List<Budget> budgetsOf(Order order) {
        return Stream.of(order.demand().project(), TENANT)
                .filter(budgets::containsKey)
                .map(budgets::get)
                .toList();
    }

    public boolean hasExecutor(String taskType) {
        return !withoutExecutor.contains(taskType);
    }

    /** Whether the whole pool could serve it, even if it were idle. */
    public boolean couldServe(Demand demand) {
        return Reference.couldServe(this, demand);
    }

    /** The look in which it was leased last; 0 if never. */
    public long lastUsed(String asset) {
        return lastUsed.getOrDefault(asset, 0L);
    }

    /** Numbers of its slots that somebody has or that rest. */
    public Set<Integer> withheld(String asset) {
        Set<Integer> numbers = new TreeSet<>();
        orders.values().forEach(order -> order.leases.stream()
                .filter(lease -> lease.asset().equals(asset))
                .forEach(lease -> numbers.add(lease.slot())));
        restsUntil.forEach((slot, until) -> {
            if (slot.asset().equals(asset) && until > nowMs) {
                numbers.add(slot.number());
            }
        });
        return numbers;
    }

    /** How many leases it may still get; null if it makes no difference. */
    public @Nullable Integer usesLeft(Asset asset) {
        return asset.maxUses() == null ? null : asset.maxUses() - given.getOrDefault(asset.id(), 0);
    }

    /** Slots of the asset that nobody has and that are kept for a key, those whose time is up first first. */
    public List<Kept> kept(String asset) {
        Set<Integer> withheld = withheld(asset);
        return kept.entrySet().stream()
                .filter(one -> one.getKey().asset().equals(asset))
                .map(Map.Entry::getValue)
                .filter(one -> one.until() > nowMs && !withheld.contains(one.number()))
                .sorted(Comparator.comparing(Kept::until).thenComparing(Kept::number))
                .toList();
    }

    /**
     * The slots that may be leased: as many as its capacity leaves, for one that was lowered drains first. Those that are kept
     * count as long as there is room for them.
     */
    List<Vacant> vacant(Asset asset) {
        Set<Integer> withheld = withheld(asset.id());
        List<Kept> forKeys = kept(asset.id());
        Integer uses = usesLeft(asset);
        int left = asset.capacity() - withheld.size();
        int room = Math.max(0, uses == null ? left : Math.min(left, uses));
        List<Vacant> vacant = new ArrayList<>();
        forKeys.stream()
                .filter(one -> one.number() <= asset.capacity())
                .limit(room)
                .forEach(one -> vacant.add(new Vacant(new Slot(asset.id(), one.number()), one.key())));
        IntStream.rangeClosed(1, asset.capacity())
                .filter(number ->
                        !withheld.contains(number) && forKeys.stream().noneMatch(one -> one.number() == number))
                .limit(room - vacant.size())
                .forEach(number -> vacant.add(new Vacant(new Slot(asset.id(), number), null)));
        return vacant;
    }

    List<Order> waiting() {
        return new ArrayList<>(orders.values().stream().filter(Order::waits).toList());
    }

    static boolean mayServe(Asset asset) {
        return asset.status() != AssetStatus.RETIRED;
    }
}
