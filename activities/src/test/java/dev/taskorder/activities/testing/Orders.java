package dev.taskorder.activities.testing;

import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.TaskOrderSpec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Builds an order's spec: all that a test does not name has a consistent default. */
public final class Orders {
    private static final AtomicInteger KEYS = new AtomicInteger();

    private String key = "k-" + KEYS.incrementAndGet();
    private String projectId = "acme-shop";
    private String env = "prod";
    private String taskType = "TEST";
    private int priority = 50;
    private long timeoutMs = 300_000;
    private String currency = "USD";
    private @Nullable BigDecimal maxTotalCost;
    private @Nullable BigDecimal businessValueHint;
    private @Nullable String externalRef;
    private @Nullable String taskCategory;
    private @Nullable String description;
    private final List<ResourceHint> hints = new ArrayList<>();
    private final Map<String, @Nullable Object> constraints = new HashMap<>();
    private List<String> tags = List.of();
    private Map<String, @Nullable Object> input = Map.of();

    public static Orders anOrder() {
        return new Orders();
    }

    public Orders key(String value) {
        key = value;
        return this;
    }

    public Orders project(String value) {
        projectId = value;
        return this;
    }

    public Orders env(String value) {
        env = value;
        return this;
    }

    public Orders taskType(String value) {
        taskType = value;
        return this;
    }

    public Orders priority(int value) {
        priority = value;
        return this;
    }

    public Orders timeoutMs(long value) {
        timeoutMs = value;
        return this;
    }

    public Orders currency(String value) {
        currency = value;
        return this;
    }

    public Orders maxTotalCost(String value) {
        maxTotalCost = new BigDecimal(value);
        return this;
    }

    public Orders worth(String value) {
        businessValueHint = new BigDecimal(value);
        return this;
    }

    public Orders taskCategory(String value) {
        taskCategory = value;
        return this;
    }

    public Orders externalRef(@Nullable String value) {
        externalRef = value;
        return this;
    }

    public Orders description(String value) {
        description = value;
        return this;
    }

    public Orders wanting(String category, @Nullable String sku, int count) {
        hints.add(new ResourceHint(category, sku, count, Map.of()));
        return this;
    }

    public Orders wanting(ResourceHint hint) {
        hints.add(hint);
        return this;
    }

    public Orders constraint(String name, Object value) {
        constraints.put(name, value);
        return this;
    }

    public Orders tags(String... values) {
        tags = List.of(values);
        return this;
    }

    public Orders input(Map<String, @Nullable Object> value) {
        input = value;
        return this;
    }

    public TaskOrderSpec spec() {
        return new TaskOrderSpec(
                projectId,
                env,
                taskType,
                key,
                priority,
                timeoutMs,
                currency,
                maxTotalCost,
                businessValueHint,
                externalRef,
                taskCategory,
                description,
                hints,
                constraints,
                tags,
                input);
    }
}
