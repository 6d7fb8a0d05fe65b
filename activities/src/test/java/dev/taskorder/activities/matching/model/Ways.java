package dev.taskorder.activities.matching.model;

import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.order.ResourceHint;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Every way in which the pool could serve an order: with what meets its hints (specification §4), or with substitutes too. */
final class Ways {
    private final World world;
    private final Order order;
    private final List<World.Substitute> substitutes;
    private final BiPredicate<Integer, Asset> usable;

    private Ways(World world, Order order, List<World.Substitute> substitutes) {
        this.world = world;
        this.order = order;
        this.substitutes = substitutes;
        this.usable = usable();
    }

    static Ways meeting(World world, Order order) {
        return new Ways(world, order, List.of());
    }

    static Ways withSubstitutes(World world, Order order) {
        return new Ways(world, order, world.policy(order.demand().policy()).substitutes());
    }

    /** With the whole pool: what cools down, is banned or not well may come back. */
    List<List<Asset>> ever() {
        return all(usable);
    }

    /** With what is well, and so. */
    List<List<Asset>> well(Predicate<Asset> which) {
        return all(usable.and(this::isWell).and((hint, asset) -> which.test(asset)));
    }

    /** The same, though places may stay empty. */
    List<List<@Nullable Asset>> wellInPart(Predicate<Asset> which) {
        return every(usable.and(this::isWell).and((hint, asset) -> which.test(asset)), true);
    }

    private boolean isWell(int hint, Asset asset) {
        return asset.status() == AssetStatus.AVAILABLE
                && asset.health().compareTo(floor(wanted(hint), asset).orElseThrow()) >= 0;
    }

    /**
     * What it gave back fills a hint again only where one of the ways to serve it that take the fewest of those, of all that is
     * well, has it there, free or not.
     */
    private BiPredicate<Integer, Asset> usable() {
        if (order.avoided.isEmpty()) {
            return (hint, any) -> true;
        }
        List<List<Asset>> all = all(this::isWell);
        long fewest = all.stream().mapToLong(this::takenAgain).min().orElse(0);
        List<Integer> places = places();
        Set<Map.Entry<Integer, Asset>> again = new HashSet<>();
        all.stream().filter(assets -> takenAgain(assets) == fewest).forEach(assets -> IntStream.range(0, places.size())
                .forEach(place -> again.add(Map.entry(places.get(place), assets.get(place)))));
        return (hint, asset) ->
                all.isEmpty() || !order.avoided.contains(asset.id()) || again.contains(Map.entry(hint, asset));
    }

    private long takenAgain(List<Asset> assets) {
        return assets.stream()
                .filter(asset -> order.avoided.contains(asset.id()))
                .count();
    }

    /** Every way to give each missing place an asset of its own, of those that the predicate lets through. */
    private List<List<Asset>> all(BiPredicate<Integer, Asset> which) {
        List<List<Asset>> all = new ArrayList<>();
        every(which, false).forEach(one -> all.add(List.copyOf(one)));
        return all;
    }

    private List<List<@Nullable Asset>> every(BiPredicate<Integer, Asset> which, boolean mayStayEmpty) {
        List<Asset> candidates = world.assets().stream()
                .filter(asset -> !order.holds(asset.id()))
                .toList();
        List<List<Asset>> ofPlaces = new ArrayList<>();
        for (int hint : places()) {
            ofPlaces.add(candidates.stream()
                    .filter(asset -> suits(wanted(hint), asset) && which.test(hint, asset))
                    .toList());
        }
        List<List<@Nullable Asset>> all = new ArrayList<>();
        extend(ofPlaces, mayStayEmpty, new ArrayList<>(), all);
        return all;
    }

    private static void extend(
            List<List<Asset>> ofPlaces,
            boolean mayStayEmpty,
            List<@Nullable Asset> chosen,
            List<List<@Nullable Asset>> all) {
        if (chosen.size() == ofPlaces.size()) {
            all.add(new ArrayList<>(chosen));
            return;
        }
        List<@Nullable Asset> choice = new ArrayList<>(ofPlaces.get(chosen.size()));
        choice.removeAll(chosen);
        if (mayStayEmpty) {
            choice.add(null);
        }
        for (Asset asset : choice) {
            chosen.add(asset);
            extend(ofPlaces, mayStayEmpty, chosen, all);
            chosen.remove(chosen.size() - 1);
        }
    }

    /** The hint of each place that is still to be filled. */
    List<Integer> places() {
        List<Integer> places = new ArrayList<>();
        for (int hint = 0; hint < order.demand().hints().size(); hint++) {
            for (int i = 0; i < order.missing(hint); i++) {
                places.add(hint);
            }
        }
        return places;
    }

    private ResourceHint wanted(int hint) {
        return order.demand().hints().get(hint);
    }

    // what suits

    private boolean suits(ResourceHint hint, Asset asset) {
        boolean datacenter = hint.skuCategory().equals("RAW_NET")
                && order.demand().noDatacenter()
                && !Boolean.TRUE.equals(asset.attributes().get("no_datacenter"));
        return World.mayServe(asset)
                && !datacenter
                && asset.category().equals(hint.skuCategory())
                && asset.currency().equals(order.demand().currency())
                && floor(hint, asset).isPresent()
                && hint.attributes().entrySet().stream()
                        .allMatch(wanted ->
                                isEqual(wanted.getValue(), asset.attributes().get(wanted.getKey())));
    }

    /** How healthy the asset has to be to serve; nothing if its sku may not. */
    private Optional<BigDecimal> floor(ResourceHint hint, Asset asset) {
        @Nullable BigDecimal asked = order.demand().minHealth();
        BigDecimal least = asked == null ? BigDecimal.ZERO : asked;
        if (lies(asset.sku(), hint.skuCode())) {
            return Optional.of(least);
        }
        return substitutes.stream()
                .filter(one ->
                        hint.skuCode() != null && lies(hint.skuCode(), one.from()) && lies(asset.sku(), one.to()))
                .map(World.Substitute::floor)
                .min(Comparator.naturalOrder())
                .map(least::max);
    }

    /** Whether a sku, or all skus of a prefix, are such as a sku or a prefix says. */
    private static boolean lies(String sku, @Nullable String within) {
        if (within == null || within.equals(sku)) {
            return true;
        }
        return within.endsWith("*") && sku.startsWith(within.substring(0, within.length() - 1));
    }

    private static boolean isEqual(Object wanted, @Nullable Object has) {
        if (wanted instanceof Number && has instanceof Number) {
            return ((Number) wanted).doubleValue() == ((Number) has).doubleValue();
        }
        return wanted.equals(has);
    }
}
