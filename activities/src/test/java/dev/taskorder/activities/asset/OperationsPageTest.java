package dev.taskorder.activities.asset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.asset.AssetEvent;
import dev.taskorder.api.asset.AssetEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/operations.md asks the database about an asset is answered. */
class OperationsPageTest {
    private static final Pattern STATEMENTS =
            Pattern.compile("## Assets that cool down.*?```sql\n(BEGIN;\n.*?COMMIT;\n)```", Pattern.DOTALL);

    private final Tenant tenant = Tenant.fresh();

    @Test
    void the_statements_on_an_asset_find_what_happened_to_it() throws IOException {
        tenant.asset("prod-ip-bt", "RAW_NET", "ip.1", 1, "1");
        AssetEvent blocked = new AssetEvent("e-1", "prod-ip-bt", null, null, "IP_BLOCKED", Map.of(), null);
        tenant.as(() -> Application.shared().bean(AssetEvents.class).tell(blocked, Tenant.CALLER));

        Matcher page = STATEMENTS.matcher(Files.readString(Path.of("..", "docs", "operations.md")));
        assertThat(page.find()).isTrue();
        List<List<Map<String, Object>>> answers = new ArrayList<>();
        for (String statement : page.group(1).replaceAll("--.*", "").split(";")) {
            // the others say whose transaction it is, and here it is the tenant's already
            if (statement.contains(" FROM ")) {
                answers.add(tenant.sql(jdbc -> jdbc.sql(statement).query().listOfRows()));
            }
        }
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0)).singleElement().satisfies(asset -> {
            assertThat(asset).containsEntry("status", "COOLING_DOWN");
            assertThat(asset.get("cool_until")).isNotNull();
        });
        assertThat(answers.get(1)).last().satisfies(event -> assertThat(String.valueOf(event.get("data")))
                .contains("outcomes told"));
        assertThat(answers.get(2)).singleElement().satisfies(told -> assertThat(told)
                .containsEntry("outcome", "BAD"));
    }
}
