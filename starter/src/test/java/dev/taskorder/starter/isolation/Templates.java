package dev.taskorder.starter.isolation;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What requests look like: where the name of something stands in braces, that of a tenant's own, of another's, or of nothing is
 * put. Whatever the document has and this has not is an error, so that no endpoint is left out.
 */
final class Templates {
    private static final Pattern NAME = Pattern.compile("\\{([a-z_/-]+)}");

    private static final String ORDER = "{\"idempotency_key\":\"{idempotency_key}\",\"tenant_id\":\"{tenant_id}\","
            + "\"project_id\":\"{project_id}\",\"env\":\"{env}\",\"task_type\":\"{task_type}\","
            + "\"task_category\":\"{task_category}\",\"external_ref\":\"{external_ref}\",\"tags\":[\"{tag}\"],"
            + "\"resource_hints\":[{\"sku_category\":\"{sku_category}\",\"sku_code\":\"{sku_code}\"}]}";
    private static final String FILTER =
            "{\"env\":\"{env}\",\"project_id\":\"{project_id}\",\"task_type\":\"{task_type}\","
                    + "\"task_category\":\"{task_category}\",\"tag\":\"{tag}\",\"external_ref\":\"{external_ref}\","
                    + "\"idempotency_key\":\"{idempotency_key}\"}";
    private static final String ASSET = "{\"asset_id\":\"{asset_id}\",\"tenant_id\":\"{tenant_id}\",\"env\":\"{env}\","
            + "\"sku_category\":\"{sku_category}\",\"sku_code\":\"{sku_code}\",\"unit_cost\":0.35}";

    /** By the name of the schema, or of the operation whose body has none. */
    private static final Map<String, List<String>> BODIES = Map.ofEntries(
            entry("", List.of("")),
            entry("TaskOrderCreate", List.of(ORDER)),
            entry("createTaskOrders", List.of("{\"task_orders\":[" + ORDER + "]}")),
            entry("TaskOrderUpdate", List.of("{\"priority\":60,\"tags\":[\"{tag}\"]}")),
            entry("cancelTaskOrder", List.of("{\"reason\":\"because\"}")),
            entry("cancelTaskOrders", List.of("{\"filter\":" + FILTER + ",\"dry_run\":true}")),
            entry("redriveTaskOrders", List.of("{\"filter\":" + FILTER + ",\"dry_run\":true}")),
            entry("redriveTaskOrder", List.of("{\"reason\":\"because\"}")),
            entry("AssetPut", List.of(ASSET)),
            entry("putAssets", List.of("{\"assets\":[" + ASSET + "]}")),
            entry(
                    "AssetEvent",
                    List.of(
                            "{\"event_id\":\"{event_id}\",\"event_type\":\"OK\",\"task_id\":\"{task_id}\"}",
                            "{\"event_id\":\"{event_id}\",\"event_type\":\"OK\",\"lease_id\":\"{lease_id}\"}")),
            entry("LeaseReleaseRequest", List.of("{\"fencing_token\":{fencing_token}}")),
            entry("BudgetPut", List.of("{\"limit\":500,\"currency\":\"USD\",\"period\":\"total\"}")),
            entry(
                    "LedgerEntryPost",
                    List.of(
                            "{\"entry_id\":\"{entry_id}\",\"task_id\":\"{task_id}\",\"kind\":\"cost\",\"amount\":0.01,"
                                    + "\"currency\":\"USD\"}",
                            "{\"entry_id\":\"{entry_id}\",\"reverses\":\"{reverses}\"}")),
            entry("ApiKeyNew", List.of("{\"name\":\"{name}\",\"role\":\"viewer\"}")),
            entry("TenantPut", List.of("{\"name\":\"a name\"}")),
            entry("PauseRequest", List.of("{\"what\":\"orders\",\"reason\":\"because\"}")),
            entry(
                    "WebhookPut",
                    List.of("{\"url\":\"https://93.184.215.14/hook\",\"types\":[\"*\"],\"env\":\"{env}\"}")),
            entry(
                    "WebhookReplay",
                    List.of("{\"from\":\"2020-01-01T00:00:00Z\"}", "{\"delivery_id\":\"{delivery_id}\"}")),
            entry("TenantReason", List.of("{\"reason\":\"because\"}")),
            entry("PolicyBody", List.of("{\"envs\":[\"*\"]}")));

    /** What a parameter of the query is filled with. */
    private static final Map<String, String> QUERIES = Map.ofEntries(
            entry("limit", "200"),
            entry("cursor", "{cursor}"),
            entry("wait", "0"),
            entry("after", "0"),
            entry("type", "task_order.created"),
            entry("env", "{env}"),
            entry("action", "asset.put"),
            entry("object_type", "asset"),
            entry("object_id", "{asset_id}"),
            entry("actor", "{name}"),
            entry("project", "{project_id}"),
            entry("project_id", "{project_id}"),
            entry("task", "{task_id}"),
            entry("task_id", "{task_id}"),
            entry("task_type", "{task_type}"),
            entry("task_category", "{task_category}"),
            entry("category", "{sku_category}"),
            entry("sku_category", "{sku_category}"),
            entry("sku_code", "{sku_code}"),
            entry("asset_id", "{asset_id}"),
            entry("account", "{account}"),
            entry("tag", "{tag}"),
            entry("external_ref", "{external_ref}"),
            entry("idempotency_key", "{idempotency_key}"),
            entry("group_by", "project_id,sku_category,sku_code,task_type,task_category,day"),
            entry("from", "2020-01-01T00:00:00Z"),
            entry("to", "2999-01-01T00:00:00Z"),
            entry("created_from", "2020-01-01T00:00:00Z"),
            entry("created_to", "2999-01-01T00:00:00Z"));

    /** What a header is filled with; nothing is sent for an empty one. */
    private static final Map<String, String> HEADERS = Map.of(
            "Idempotency-Key",
            "{idempotency_key}",
            "If-Match",
            "*",
            "If-None-Match",
            "",
            "Prefer",
            "",
            "traceparent",
            "",
            "Last-Event-ID",
            "0");

    private Templates() {}

    static List<String> bodies(Operation operation) {
        return known(BODIES, operation.body(), operation, "a body");
    }

    static String query(Operation operation, String name) {
        String word = operation.queries().getOrDefault(name, "");
        return word.isEmpty() ? known(QUERIES, name, operation, "a query parameter") : word;
    }

    static String header(Operation operation, String name) {
        return known(HEADERS, name, operation, "a header");
    }

    /** The names that stand in this text. */
    static List<String> names(String text) {
        List<String> names = new ArrayList<>();
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            names.add(name.group(1));
        }
        return names;
    }

    private static <T> T known(Map<String, T> table, String name, Operation operation, String what) {
        T known = table.get(name);
        if (known == null) {
            throw new AssertionError(operation + " takes " + what + " '" + name
                    + "' that the isolation matrix does not know how to fill: say so in " + Templates.class.getName());
        }
        return known;
    }
}
