package dev.taskorder.activities.order;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.order.ResourceHint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resource hints as the column keeps them: the names of the contract, defaults filled in. */
public final class HintJson {
    private record Stored(
            String sku_category, @Nullable String sku_code, int min_count, Map<String, Object> attributes) {}

    private HintJson() {}

    static List<Map<String, @Nullable Object>> write(List<ResourceHint> hints) {
        List<Map<String, @Nullable Object>> stored = new ArrayList<>(hints.size());
        for (ResourceHint hint : hints) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("sku_category", hint.skuCategory());
            one.put("sku_code", hint.skuCode());
            one.put("min_count", hint.minCount());
            one.put("attributes", hint.attributes());
            stored.add(one);
        }
        return stored;
    }

    /** The hints of a row. */
    public static List<ResourceHint> read(String json) {
        return Json.list(json, Stored.class).stream()
                .map(s -> new ResourceHint(s.sku_category(), s.sku_code(), s.min_count(), s.attributes()))
                .toList();
    }
}
