package dev.taskorder.activities.matching.model;

import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.order.ResourceHint;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A random pool and what happens around it, the same for the same seed. Small: few assets, few demands that compete. */
public final class Story {
    /** The first two for stories in which only ceilings limit what is spent; the same two again, where money is short. */
    public static final Map<Integer, World.Policy> POLICIES = Map.of(
            1, new World.Policy(60_000, 80, new BigDecimal("20"), 80, 2, Map.of(), List.of()),
            2, new World.Policy(5_000, 50, new BigDecimal("10"), 60, 0, Map.of(), List.of()),
            3,
                    new World.Policy(
                            60_000,
                            80,
                            new BigDecimal("20"),
                            80,
                            2,
                            Map.of("U", new BigDecimal("0.5")),
                            List.of(substitute("s.u*", "t", "50"))),
            4,
                    new World.Policy(
                            5_000,
                            50,
                            new BigDecimal("10"),
                            60,
                            1,
                            Map.of("T", new BigDecimal("0.2")),
                            List.of(
                                    substitute("s.uk", "s.us", "80"),
                                    substitute("s.*", "t", "99"),
                                    substitute("s.uk", "t*", "30"))));

    private static final int ASSETS_MAX = 6;
    private static final int WAITING_MAX = 8;
    private static final int CROWD = 18;
    private static final int STEPS_MIN = 8;
    private static final int STEPS_MAX = 40;
    private static final int PLACES_MAX = 4;

    private final Random random;
    private final World world = new World(POLICIES);
    private final List<Step> steps = new ArrayList<>();
    private final List<Demand> demands = new ArrayList<>();
    private int named;

    /** Of money alone, so that all else is as it would be without. */
    private final @Nullable Random money;

    /** Of how many may run alone. */
    private final @Nullable Random quota;

    private Story(long seed, boolean money, boolean quota) {
        this.random = new Random(seed);
        this.money = money ? new Random(~seed) : null;
        this.quota = quota ? new Random(seed + 1) : null;
    }

    private static World.Substitute substitute(String from, String to, String floor) {
        return new World.Substitute(from, to, new BigDecimal(floor));
    }

    public static List<Step> of(long seed) {
        return new Story(seed, false, false).told();
    }

    /** With budgets, substitutes, estimates and orders that may not be downgraded. */
    public static List<Step> ofMoney(long seed) {
        return new Story(seed, true, false).told();
    }

    /** With all that, and with ever other limits of how many may run. */
    public static List<Step> ofQuota(long seed) {
        return new Story(seed, true, true).told();
    }

    private List<Step> told() {
        IntStream.range(0, Math.max(money == null ? 0 : 4, 1 + random.nextInt(ASSETS_MAX)))
                .forEach(i -> happens(new Step.Put(anAsset("a" + i))));
        IntStream.range(0, 1 + random.nextInt(4)).forEach(i -> demands.add(aDemandWithAChance()));
        for (int most = STEPS_MIN + random.nextInt(STEPS_MAX - STEPS_MIN); most > 0; most--) {
            whatHappens().forEach(this::happens);
            if (moneyDice(100) < 12) {
                happens(new Step.SetBudget(
                        List.of("p", "q", World.TENANT).get(moneyDice(3)),
                        new World.Budget(
                                new BigDecimal(List.of("0", "0.3", "2", "5", "9", "20", "50")
                                        .get(moneyDice(7))),
                                moneyDice(30) == 0 ? "EUR" : "USD")));
            }
            if (quota != null && quota.nextInt(100) < 15) {
                happens(new Step.SetQuota(quota.nextInt(6)));
            }
            if (chance(75)) {
                happens(new Step.Looks());
            }
        }
        happens(new Step.Looks());
        return List.copyOf(steps);
    }

    private void happens(Step step) {
        step.happensIn(world);
        steps.add(step);
    }

    private List<Step> whatHappens() {
        int dice = random.nextInt(100);
        return dice < 32 ? arrivals() : List.of(aStep(dice));
    }

    private Step aStep(int dice) {
        if (dice < 52) {
            return new Step.End(anOrder(order -> order.state() == Order.State.RUNS));
        }
        if (dice < 62) {
            return new Step.Exchange(anOrder(order -> !order.leases().isEmpty()), someNumbers());
        }
        if (dice < 66) {
            return new Step.LetGo(anOrder(order -> order.state() == Order.State.BETWEEN));
        }
        if (dice < 76) {
            return ofOrders();
        }
        return dice < 86 ? new Step.Passes(anyOf(1L, 1_000L, 6_000L, 30_000L, 61_000L)) : ofAssets();
    }

    private Step ofOrders() {
        switch (random.nextInt(4)) {
            case 0:
                return new Step.End(anOrder(Order::waits));
            case 1:
                return new Step.Abandon(anOrder(order -> !order.leases().isEmpty()));
            case 2:
                return chance(30) ? new Step.Executor(anyOf("T", "U"), chance(70)) : new Step.Passes(1_000);
            default:
                return new Step.Reprioritise(anOrder(Order::waits), aPriority());
        }
    }

    private Step ofAssets() {
        String asset = "a" + random.nextInt(ASSETS_MAX);
        switch (random.nextInt(6)) {
            case 0:
                return new Step.SetHealth(asset, aHealth());
            case 1:
                return new Step.SetCost(asset, aCost());
            case 2, 3:
                return new Step.SetCapacity(asset, 1 + random.nextInt(3));
            case 4:
                return new Step.Put(anAssetOfItsOwn(asset));
            default:
                return new Step.SetStatus(asset, anyOf(AssetStatus.values()));
        }
    }

    /** Now and then so many of one demand that its line is read in several parts. */
    private List<Step> arrivals() {
        long waiting = world.orders().stream().filter(Order::waits).count();
        int count = waiting > WAITING_MAX ? 0 : chance(3) ? CROWD + random.nextInt(CROWD) : 1 + random.nextInt(3);
        Demand demand = anyOf(demands.toArray(Demand[]::new));
        int priority = aPriority();
        return IntStream.range(0, count)
                .mapToObj(i -> aHeader(chance(70) ? demand : anyOf(demands.toArray(Demand[]::new))))
                .<Step>map(order -> new Step.Create(order, chance(70) ? priority : aPriority()))
                .toList();
    }

    private @Nullable BigDecimal aCeiling() {
        BigDecimal most = chance(40) ? null : amount("0.1", "0.5", "1", "1", "1.5", "2.5", "4");
        return most == null || money == null ? most : most.multiply(new BigDecimal(1 + moneyDice(5)));
    }

    private Order.Header aHeader(Demand demand) {
        return new Order.Header(
                "o" + named++,
                new UUID(random.nextLong(), random.nextLong()),
                chance(90) ? "T" : "U",
                demand,
                aCeiling(),
                chance(70) && moneyDice(100) >= 50 ? null : amount("5", "10", "25"),
                moneyDice(100) < 30 ? moneyDice(4) : null);
    }

    /** Most can be served at first, else there would be little to decide. */
    private Demand aDemandWithAChance() {
        Demand demand = aDemand();
        for (int more = random.nextInt(10); more > 0 && !world.couldServe(demand); more--) {
            demand = aDemand();
        }
        return demand;
    }

    private Demand aDemand() {
        List<ResourceHint> hints = new ArrayList<>();
        int places = 0;
        for (int hint = chance(5) ? 0 : 1 + random.nextInt(3); hint > 0 && places < PLACES_MAX; hint--) {
            int count = Math.min(PLACES_MAX - places, chance(70) ? 1 : 2 + random.nextInt(2));
            places += count;
            hints.add(aHint(count));
        }
        return new Demand(
                List.copyOf(hints),
                chance(60) ? null : amount("0", "50", "80"),
                chance(15),
                chance(92) ? "USD" : "EUR",
                anyOf(1, 2) + (money == null ? 0 : 2),
                anyOf("p", "q"),
                chance(50) ? null : anyOf("k", "m"),
                moneyDice(100) < 20);
    }

    private ResourceHint aHint(int count) {
        Map<String, Object> attributes = new HashMap<>();
        if (chance(25)) {
            attributes.put("geo", anyOf("GB", "US"));
        }
        if (chance(10)) {
            attributes.put("tier", new BigDecimal("1.0"));
        }
        if (chance(5)) {
            attributes.put("no_datacenter", random.nextBoolean());
        }
        String sku = anyOf(null, null, "s.*", "s.u*", "s.uk", "s.us");
        if (moneyDice(100) < 70) {
            sku = List.of("s.*", "s.u*", "s.uk").get(moneyDice(3));
        }
        return new ResourceHint(chance(75) ? "RAW_NET" : "RAW_FUND", sku, count, attributes);
    }

    /** Often like another one: then ties decide. */
    private Asset anAsset(String id) {
        List<Asset> others = List.copyOf(world.assets());
        if (others.isEmpty() || chance(60) || moneyDice(100) < 60) {
            return anAssetOfItsOwn(id);
        }
        Asset like = others.get(random.nextInt(others.size()));
        return new Asset(
                id,
                like.category(),
                like.sku(),
                like.attributes(),
                like.status(),
                like.health(),
                like.cost(),
                like.currency(),
                1 + random.nextInt(3),
                chance(85) ? null : 1 + random.nextInt(3));
    }

    private Asset anAssetOfItsOwn(String id) {
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("geo", chance(75) ? "GB" : "US");
        if (chance(70)) {
            attributes.put("no_datacenter", chance(85));
        }
        if (chance(60)) {
            attributes.put("tier", anyOf(1, 2));
        }
        return new Asset(
                id,
                chance(80) ? "RAW_NET" : "RAW_FUND",
                moneyDice(100) < 25 ? "t" : anyOf("s.uk", "s.us", "s.uk", "t"),
                attributes,
                chance(85) ? AssetStatus.AVAILABLE : anyOf(AssetStatus.values()),
                aHealth(),
                moneyDice(100) < 60 ? anyPrice() : aCost(),
                chance(95) ? "USD" : "EUR",
                (chance(45) ? 1 : 1 + random.nextInt(3)) + (moneyDice(100) < 50 ? 1 : 0),
                chance(90) ? null : 1 + random.nextInt(3));
    }

    /** More different ones, so that it matters who gets what. */
    private BigDecimal anyPrice() {
        return new BigDecimal(List.of("0.2", "0.7", "1.4", "3", "5").get(moneyDice(5)));
    }

    private BigDecimal aHealth() {
        return amount("30", "60", "100", "100", "99.5");
    }

    private BigDecimal aCost() {
        return amount("0.1", "0.5", "0.5", "1", "2");
    }

    private int aPriority() {
        return anyOf(10, 50, 50, 60, 80, 90);
    }

    private Set<Integer> someNumbers() {
        Set<Integer> numbers = new HashSet<>();
        IntStream.range(0, 1 + random.nextInt(2)).forEach(i -> numbers.add(random.nextInt(PLACES_MAX)));
        return numbers;
    }

    /** The name of one of these; else of one that is not there. */
    private String anOrder(Predicate<Order> which) {
        List<Order> all = world.orders().stream().filter(which).toList();
        return all.isEmpty() ? "nobody" : all.get(random.nextInt(all.size())).name();
    }

    /** Never the least where there is no money. */
    private int moneyDice(int sides) {
        return money == null ? Integer.MAX_VALUE : money.nextInt(sides);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private BigDecimal amount(String... values) {
        return new BigDecimal(anyOf(values));
    }

    @SafeVarargs
    private <T extends @Nullable Object> T anyOf(T... values) {
        return values[random.nextInt(values.length)];
    }
}
