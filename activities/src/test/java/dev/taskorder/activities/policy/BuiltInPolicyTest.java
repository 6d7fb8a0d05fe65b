package dev.taskorder.activities.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The numbers of the built-in policy stand in docs/operations.md, for nobody can ask for them yet. */
class BuiltInPolicyTest {
    private static final Path PAGE = Path.of("..", "docs", "operations.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `(envs|(?:defaults|value|asset_health|retained_leases)\\.[a-z_]+)` \\| `(.*?)` \\|.*");

    @Test
    void the_page_tells_each_number_as_it_is() throws IOException {
        JsonMapper json = JsonMapper.shared();
        JsonNode policy = json.readTree(BuiltInPolicy.BODY);
        Map<String, JsonNode> told = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                told.put(row.group(1), json.readTree(row.group(2)));
            }
        }
        TreeSet<String> keys = new TreeSet<>();
        keys.add("envs");
        for (String part : new String[] {"defaults", "value", "asset_health", "retained_leases"}) {
            policy.path(part).propertyNames().forEach(key -> keys.add(part + "." + key));
        }
        assertThat(told.keySet()).isEqualTo(keys);
        assertThat(told)
                .allSatisfy((key, value) -> assertThat(value).isEqualTo(policy.at("/" + key.replace('.', '/'))));
    }
}
