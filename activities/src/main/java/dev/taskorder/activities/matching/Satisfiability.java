package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Assignment.Want;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.matching.PoolCheck.Wanted;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.UnservableHint;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether an idle pool could serve an order, and if not, which hints it cannot and why. Pure: facts in, verdict out. Cooling
 * down, banned and unhealthy assets serve here, for they may come back.
 */
final class Satisfiability {
    /** Attributes that a message names one by one; 32 of them with their values would be a page. */
    private static final int ATTRIBUTES_NAMED_MAX = 4;

    private static final int VALUE_CHARS_MAX = 60;

    private Satisfiability() {}

    /** @param attribute the first that it lacks, by name; null for any other reason */
    record Exclusion(Fit reason, @Nullable String attribute, long assets) {}

    /**
     * What of the pool fits a hint.
     *
     * @param assets the ids of those that fit: all of them, or as many as the order has places
     * @param counts of all assets of the category; empty if as many fit as the order has places
     */
    record Fitting(List<String> assets, List<Exclusion> counts) {
        static final Fitting NOTHING = new Fitting(List.of(), List.of());

        /** With the counts of another row. */
        Fitting and(Fitting other) {
            return new Fitting(
                    assets,
                    Stream.concat(counts.stream(), other.counts.stream()).toList());
        }

        private long count(Fit reason) {
            return counts.stream()
                    .filter(count -> count.reason() == reason)
                    .mapToLong(Exclusion::assets)
                    .sum();
        }
    }

    /** How many distinct assets the order wants in all. */
    static int places(Wanted wanted) {
        return wanted.hints().stream().mapToInt(ResourceHint::minCount).sum();
    }

    /** @param fitting for each hint of the order what fits it */
    static List<UnservableHint> unservable(Wanted wanted, List<Fitting> fitting) {
        List<UnservableHint> alone = IntStream.range(0, fitting.size())
                .filter(hint -> fitting.get(hint).assets().size()
                        < wanted.hints().get(hint).minCount())
                .mapToObj(hint -> new UnservableHint(hint, alone(wanted, hint, fitting.get(hint))))
                .toList();
        return alone.isEmpty() ? together(wanted, fitting) : alone;
    }

    /** Each hint could be served, but not all at once. */
    private static List<UnservableHint> together(Wanted wanted, List<Fitting> fitting) {
        int places = places(wanted);
        // a hint that fits as many assets as there are places finds one for each of its own, whatever the others take
        List<Integer> rivals = IntStream.range(0, fitting.size())
                .filter(hint -> fitting.get(hint).assets().size() < places)
                .boxed()
                .toList();
        if (canShare(wanted, fitting, rivals)) {
            return List.of();
        }
        List<Integer> least = new ArrayList<>(rivals);
        for (Integer hint : rivals) {
            List<Integer> without =
                    least.stream().filter(other -> !other.equals(hint)).toList();
            if (!canShare(wanted, fitting, without)) {
                least.remove(hint);
            }
        }
        return least.stream()
                .map(hint -> new UnservableHint(hint, together(wanted, fitting, hint, least)))
                .toList();
    }

    private static boolean canShare(Wanted wanted, List<Fitting> fitting, List<Integer> hints) {
        Map<String, Candidate> assets = new HashMap<>();
        List<Want> wants = hints.stream()
                .map(hint -> new Want(
                        wanted.hints().get(hint).minCount(),
                        fitting.get(hint).assets().stream()
                                .map(id -> assets.computeIfAbsent(id, Satisfiability::idle))
                                .toList()))
                .toList();
        return Assignment.find(wants, Preference.CHEAPEST.order()).isPresent();
    }

    /** Price and health do not matter to whether it can be assigned. */
    private static Candidate idle(String assetId) {
        return new Candidate(new PoolAsset(
                assetId,
                "",
                "",
                Map.of(),
                AssetStatus.AVAILABLE,
                BigDecimal.ZERO,
                BigDecimal.ZERO,
                "",
                0,
                null,
                0,
                Set.of(),
                List.of()));
    }

    private static String alone(Wanted wanted, int index, Fitting fitting) {
        return wants(wanted.hints().get(index)) + "; " + counted(wanted, index, fitting);
    }

    private static String together(Wanted wanted, List<Fitting> fitting, int index, List<Integer> hints) {
        int places = hints.stream()
                .mapToInt(hint -> wanted.hints().get(hint).minCount())
                .sum();
        Set<String> assets = new HashSet<>();
        hints.forEach(hint -> assets.addAll(fitting.get(hint).assets()));
        String others = hints.stream()
                .filter(hint -> hint != index)
                .map(hint -> "/resource_hints/" + hint)
                .collect(Collectors.joining(", "));
        return alone(wanted, index, fitting.get(index)) + "; together with " + others + " it wants " + places
                + " distinct assets, and " + assets.size() + verb(assets.size(), " fits", " fit") + " any of them";
    }

    private static String wants(ResourceHint hint) {
        String sku = hint.skuCode() == null ? "" : " " + hint.skuCode();
        return "wants " + hint.minCount() + verb(hint.minCount(), " asset", " assets") + " of " + hint.skuCategory()
                + sku;
    }

    private static String counted(Wanted wanted, int index, Fitting fitting) {
        long all = fitting.counts().stream().mapToLong(Exclusion::assets).sum();
        if (all == 0) {
            return "there is none in the category";
        }
        List<String> parts = new ArrayList<>();
        long otherSku = fitting.count(Fit.OTHER_SKU);
        parts.add(otherSku + verb(otherSku, " has another sku_code", " have another sku_code"));
        long otherCurrency = fitting.count(Fit.OTHER_CURRENCY);
        parts.add(otherCurrency + verb(otherCurrency, " has", " have") + " a currency other than " + wanted.currency());
        parts.addAll(lacking(wanted, wanted.hints().get(index), fitting));
        parts.add(fitting.count(Fit.RETIRED) + " retired");
        long fits = fitting.count(Fit.FITS);
        return "of " + all + " in the category " + String.join(", ", parts) + "; " + fits + verb(fits, " fits", " fit");
    }

    private static List<String> lacking(Wanted wanted, ResourceHint hint, Fitting fitting) {
        List<Exclusion> lacking = fitting.counts().stream()
                .filter(count -> count.reason() == Fit.LACKS_ATTRIBUTE)
                .sorted(Comparator.comparing((Exclusion count) -> Objects.requireNonNull(count.attribute())))
                .toList();
        List<String> parts = new ArrayList<>();
        for (Exclusion one : lacking.stream().limit(ATTRIBUTES_NAMED_MAX).toList()) {
            parts.add(one.assets() + verb(one.assets(), " lacks", " lack") + " attribute "
                    + attribute(wanted, hint, Objects.requireNonNull(one.attribute())));
        }
        long rest = lacking.stream()
                .skip(ATTRIBUTES_NAMED_MAX)
                .mapToLong(Exclusion::assets)
                .sum();
        if (rest > 0) {
            parts.add(rest + verb(rest, " lacks", " lack") + " another attribute");
        }
        return parts;
    }

    private static String attribute(Wanted wanted, ResourceHint hint, String name) {
        @Nullable Object value = hint.attributes().get(name);
        if (!wanted.noDatacenterIp() || !Question.isOfNetwork(hint) || !name.equals(Question.NO_DATACENTER)) {
            String shown = shortened(String.valueOf(value));
            return name + "=" + (value instanceof String ? "'" + shown + "'" : shown);
        }
        return Boolean.FALSE.equals(value)
                ? name + "=false, which the constraint no_datacenter_ip forbids"
                : name + "=true, which the constraint no_datacenter_ip demands";
    }

    private static String shortened(String value) {
        if (value.length() <= VALUE_CHARS_MAX) {
            return value;
        }
        boolean halves = Character.isHighSurrogate(value.charAt(VALUE_CHARS_MAX - 1));
        return value.substring(0, halves ? VALUE_CHARS_MAX - 1 : VALUE_CHARS_MAX) + "…";
    }

    private static String verb(long count, String one, String many) {
        return count == 1 ? one : many;
    }
}
