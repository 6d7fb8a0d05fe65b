package dev.taskorder.activities.matching;

import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a hint of an order asks of an asset. Pure: one place says who may serve what, for grants, for their reasons and for
 * why an order waits. Orders that ask the same share the answer.
 *
 * @param substitutes those of the policy's that are for the hint, if they may serve
 */
record Question(
        ResourceHint hint,
        String currency,
        BigDecimal minHealthScore,
        boolean noDatacenterIp,
        List<Policy.Substitute> substitutes) {
    /** The attribute of a network asset that promises not to be in a datacenter. */
    static final String NO_DATACENTER = "no_datacenter";

    private static final String NETWORK_CATEGORY = "RAW_NET";
    private static final String ANYTHING = "*";

    /** @param attribute the first that it lacks, by name; null for any other reason */
    record Answer(Fit fit, @Nullable String attribute) {
        static final Answer FITS = new Answer(Fit.FITS, null);

        /** What it is called in a decision. */
        String code() {
            return attribute == null ? fit.code() : fit.code() + attribute;
        }
    }

    Question(ResourceHint hint, String currency, BigDecimal minHealthScore, boolean noDatacenterIp) {
        this(hint, currency, minHealthScore, noDatacenterIp, List.of());
    }

    /** @param asset one of the hint's category and the order's env */
    Answer of(PoolAsset asset) {
        boolean asked = fitsSku(asset.skuCode());
        Optional<BigDecimal> floor = asked ? Optional.of(minHealthScore) : floorOfSubstitute(asset.skuCode());
        if (floor.isEmpty()) {
            return new Answer(Fit.OTHER_SKU, null);
        }
        if (!asset.currency().equals(currency)) {
            return new Answer(Fit.OTHER_CURRENCY, null);
        }
        Optional<String> lacking = lacking(asset);
        return lacking.isPresent()
                ? new Answer(Fit.LACKS_ATTRIBUTE, lacking.get())
                : new Answer(condition(asset, floor.get(), asked), null);
    }

    /** What the asset is like now, of one that could serve by its nature unless it is retired. */
    private static Fit condition(PoolAsset asset, BigDecimal floor, boolean asked) {
        boolean unhealthy = asset.healthScore().compareTo(floor) < 0;
        if (unhealthy && !asked && asset.status() != AssetStatus.RETIRED) {
            return Fit.BELOW_FLOOR;
        }
        if (asset.status() != AssetStatus.AVAILABLE) {
            return Fit.valueOf(asset.status().name());
        }
        return unhealthy ? Fit.UNHEALTHY : Fit.FITS;
    }

    /** How healthy an asset has to be to serve as a substitute; nothing if none of them allows it. */
    private Optional<BigDecimal> floorOfSubstitute(String sku) {
        return substitutes.stream()
                .filter(substitute -> substitute.allows(sku))
                .map(Policy.Substitute::minHealthScore)
                .min(BigDecimal::compareTo)
                .map(minHealthScore::max);
    }

    private boolean fitsSku(String sku) {
        @Nullable String wanted = hint.skuCode();
        if (wanted == null) {
            return true;
        }
        return wanted.endsWith(ANYTHING)
                ? sku.startsWith(wanted.substring(0, wanted.length() - 1))
                : sku.equals(wanted);
    }

    private Optional<String> lacking(PoolAsset asset) {
        Map<String, Object> wanted = attributes(hint, noDatacenterIp);
        for (Map.Entry<String, Object> one : wanted.entrySet()) {
            if (!equal(one.getValue(), asset.attributes().get(one.getKey()))) {
                return new TreeSet<>(wanted.keySet())
                        .stream()
                                .filter(name -> !equal(
                                        wanted.get(name), asset.attributes().get(name)))
                                .findFirst();
            }
        }
        return Optional.empty();
    }

    /** As PostgreSQL's {@code @>} compares what is no object or list: 1 and 1.0 are one number. */
    private static boolean equal(@Nullable Object wanted, @Nullable Object has) {
        if (wanted instanceof Number one && has instanceof Number other) {
            return new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString())) == 0;
        }
        return wanted != null && wanted.equals(has);
    }

    /** What an asset must carry to fit the hint, by the hint itself and by the order's constraint. */
    static Map<String, Object> attributes(ResourceHint hint, boolean noDatacenterIp) {
        if (!noDatacenterIp || !isOfNetwork(hint)) {
            return hint.attributes();
        }
        Map<String, Object> attributes = new HashMap<>(hint.attributes());
        // a hint that asks for a datacenter and a constraint that forbids it: nothing fits
        if (Boolean.FALSE.equals(attributes.put(NO_DATACENTER, true))) {
            attributes.put(NO_DATACENTER, List.of("never"));
        }
        return attributes;
    }

    /** Whether the constraint {@code no_datacenter_ip} concerns the hint. */
    static boolean isOfNetwork(ResourceHint hint) {
        return hint.skuCategory().equals(NETWORK_CATEGORY);
    }
}
