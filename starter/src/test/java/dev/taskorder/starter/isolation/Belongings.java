package dev.taskorder.starter.isolation;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How one tenant's things are called, by the name of the parameter that takes them. Two marks are in all that it has: one in
 * what another tenant may come to send, which then may be in an answer as an echo, and one in all else, which may be in none.
 */
final class Belongings {
    /** A mark of nobody's. */
    private static final String NOBODY = "zz0nobody0";

    /** Whatever is made under these names is made once. */
    private static final Set<String> USED_UP = Set.of("idempotency_key", "entry_id", "event_id", "name");

    private static final AtomicInteger LAST = new AtomicInteger(100_000);

    final String mark;
    final String secret;
    private final Map<String, String> values = new HashMap<>();

    Belongings() {
        int number = LAST.incrementAndGet();
        mark = "mk" + number + "im";
        secret = "sk" + number + "is";
        for (String name : new String[] {
            "task_type",
            "task_category",
            "project_id",
            "external_ref",
            "tag",
            "sku_category",
            "sku_code",
            "asset_id",
            "idempotency_key",
            "entry_id",
            "event_id",
            "name",
            "webhook_id",
            "env"
        }) {
            values.put(name, name.replace('_', '-') + "-" + mark);
        }
        values.put("tenant_id", "t-" + mark);
        values.put("account", "revenue:sale-" + mark);
        values.put("project/id", values.get("project_id"));
        values.put("tenant/id", values.get("tenant_id"));
        values.put("reverses", values.get("entry_id"));
    }

    Belongings with(String name, String value) {
        values.put(name, value);
        return this;
    }

    String tenant() {
        return of("tenant_id");
    }

    String of(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new AssertionError("the isolation matrix has nothing to fill {" + name + "} with: say so in "
                    + Belongings.class.getName() + " and make one in " + Planter.class.getName());
        }
        return value;
    }

    /** The same, but fresh where a name is used up by being used. */
    String ownOf(String name) {
        return USED_UP.contains(name) ? fresh(name) : of(name);
    }

    /** What looks alike, and is nobody's. */
    String missing(String name) {
        String value = of(name);
        if (value.contains(mark)) {
            return unmarked(value);
        }
        return switch (name) {
            case "task_id", "lease_id", "dead_letter", "delivery_id", "operation_id" ->
                UUID.randomUUID().toString();
            case "version" -> "9";
            case "fencing_token" -> value;
            case "key_id" -> new StringBuilder(value).reverse().toString();
            default -> throw new AssertionError("what would {" + name + "} be that is nobody's?");
        };
    }

    String missingCursor(String cursor) {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(unmarked(text).getBytes(StandardCharsets.UTF_8));
    }

    private String unmarked(String text) {
        return text.replace(mark, NOBODY);
    }

    private String fresh(String name) {
        return of(name) + "-" + LAST.incrementAndGet();
    }
}
