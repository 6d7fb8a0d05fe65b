package dev.taskorder.activities.matching;

import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.order.ResourceHint;
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
 */
record Question(ResourceHint hint, String currency, BigDecimal minHealthScore, boolean noDatacenterIp) {
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

    /** @param asset one of the hint's category and the order's env */
    Answer of(PoolAsset asset) {
        if (!fitsSku(asset.skuCode())) {
            return new Answer(Fit.OTHER_SKU, null);
        }
        if (!asset.currency().equals(currency)) {
            return new Answer(Fit.OTHER_CURRENCY, null);
        }
        Optional<String> lacking = lacking(asset);
        if (lacking.isPresent()) {
            return new Answer(Fit.LACKS_ATTRIBUTE, lacking.get());
        }
        if (asset.status() != AssetStatus.AVAILABLE) {
            return new Answer(Fit.valueOf(asset.status().name()), null);
        }
        return asset.healthScore().compareTo(minHealthScore) < 0 ? new Answer(Fit.UNHEALTHY, null) : Answer.FITS;
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
