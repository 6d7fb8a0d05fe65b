package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.event.EventTypes;
import dev.taskorder.api.order.Limits;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document says what the code does: it is written by hand, so this is what keeps the two together. */
@HttpLayer
class OpenApiTest {
    @LocalServerPort
    int port;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping mappings;

    private Http http;
    private JsonNode document;

    @BeforeEach
    void read_the_document() {
        http = new Http(port, "tenant_a");
        document = http.get("/v3/api-docs").json();
    }

    @Test
    void it_is_version_3_1_and_names_both_ways_to_say_who_asks() {
        assertThat(document.path("openapi").asString()).startsWith("3.1");
        assertThat(document.at("/components/securitySchemes/tenantHeader/name").asString())
                .isEqualTo("tenant");
        assertThat(document.at("/components/securitySchemes/bearer/scheme").asString())
                .isEqualTo("bearer");
    }

    @Test
    void it_is_served_as_it_is_written() {
        assertThat(schema("AmountOrNull").path("type")).hasSize(2);
        assertThat(schema("TaskOrderCreate").path("additionalProperties").isBoolean())
                .isTrue();
        assertThat(schema("Constraints").at("/additionalProperties/$ref").asString())
                .endsWith("/JsonValue");
        assertThat(schema("Attributes").at("/propertyNames/maxLength").asInt()).isEqualTo(128);
        assertThat(http.get("/v3/api-docs", "Accept-Language", "de").json()).isEqualTo(document);
    }

    @Test
    void it_has_every_endpoint_and_no_other() {
        Set<String> served = new TreeSet<>();
        mappings.getHandlerMethods().forEach((mapping, method) -> mapping.getMethodsCondition()
                .getMethods()
                .forEach(verb -> mapping.getPatternValues().forEach(path -> served.add(verb + " " + path))));
        served.removeIf(endpoint -> !endpoint.contains(" /v1/"));

        Set<String> documented = new TreeSet<>();
        document.path("paths").properties().forEach(path -> path.getValue()
                .propertyNames()
                .forEach(verb -> documented.add(verb.toUpperCase(Locale.ROOT) + " " + path.getKey())));

        assertThat(documented).isEqualTo(served).hasSizeGreaterThan(12);
    }

    @Test
    void every_operation_tells_its_refusals() {
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> assertThat(
                                operation.getValue().path("responses").propertyNames())
                        .as("%s %s", operation.getKey(), path.getKey())
                        .contains("400", "403", "406", "500", "503")));
    }

    @Test
    void it_names_every_code_of_a_problem_and_no_other() {
        Set<String> named = new TreeSet<>();
        schema("Problem").at("/properties/code/enum").forEach(code -> named.add(code.asString()));

        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemCode.values())
                        .map(code -> code.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Test
    void its_bounds_are_the_ones_that_are_checked() {
        assertThat(bound("TaskOrderCreate", "priority", "maximum")).isEqualTo(Limits.PRIORITY_MAX);
        assertThat(bound("TaskOrderCreate", "timeout_ms", "maximum")).isEqualTo(Limits.TIMEOUT_MS_MAX);
        assertThat(bound("TaskOrderCreate", "tags", "maxItems")).isEqualTo(Limits.TAGS_MAX);
        assertThat(bound("TaskOrderCreate", "resource_hints", "maxItems")).isEqualTo(Limits.HINTS_MAX);
        assertThat(bound("TaskOrderCreate", "external_ref", "maxLength")).isEqualTo(Limits.EXTERNAL_REF_CHARS_MAX);
        assertThat(bound("TaskOrderCreate", "description", "maxLength")).isEqualTo(Limits.DESCRIPTION_CHARS_MAX);
        for (String bound : List.of("priority maximum", "tags maxItems", "description maxLength")) {
            String[] words = bound.split(" ");
            assertThat(bound("TaskOrderUpdate", words[0], words[1]))
                    .isEqualTo(bound("TaskOrderCreate", words[0], words[1]));
        }
        assertThat(bound("ResourceHint", "min_count", "maximum")).isEqualTo(Limits.MIN_COUNT_MAX);
        assertThat(bound("Constraints", "max_retries", "maximum")).isEqualTo(Limits.MAX_RETRIES_MAX);
        assertThat(bound("AssetPut", "max_concurrency", "maximum")).isEqualTo(Limits.CONCURRENCY_MAX);
        JsonNode event = schema("AssetEvent").path("properties");
        assertThat(event.at("/payload/description").asString()).contains(" " + Limits.EVENT_PAYLOAD_BYTES_MAX + " ");
        assertThat(event.at("/occurred_at/description").asString())
                .contains("most " + Limits.EVENT_AHEAD_MINUTES_MAX + " minutes");
        assertThat(document.at("/components/parameters/Wait/schema/maximum").asInt())
                .isEqualTo(Limits.WAIT_SECONDS_MAX);
        assertThat(schema("IdempotencyKey").path("maxLength").asInt()).isEqualTo(Limits.IDEMPOTENCY_KEY_CHARS_MAX);
        assertThat(schema("Tag").path("maxLength").asInt()).isEqualTo(Limits.TAG_CHARS_MAX);
        assertThat(schema("Attributes").path("maxProperties").asInt()).isEqualTo(Limits.ATTRIBUTES_MAX);
        assertThat(schema("Name").path("pattern").asString()).isEqualTo("^" + Limits.NAME + "$");
        assertThat(schema("Env").path("pattern").asString()).isEqualTo("^" + Limits.ENV + "$");
        assertThat(schema("Currency").path("pattern").asString()).isEqualTo("^" + Limits.CURRENCY + "$");
        assertThat(schema("Amount").path("exclusiveMaximum").decimalValue())
                .isEqualByComparingTo(Limits.AMOUNT_MAX.add(new BigDecimal("0.000001")));
    }

    @Test
    void answers_have_exactly_the_fields_that_it_requires() {
        Answer order = http.post(
                "/v1/task-orders",
                "{\"idempotency_key\":\"doc\",\"project_id\":\"p\",\"env\":\"prod\",\"task_type\":\"T\"}");
        Answer asset = http.put(
                "/v1/assets/doc", "{\"env\":\"prod\",\"sku_category\":\"C\",\"sku_code\":\"c\",\"unit_cost\":1}");
        Answer budget = http.put("/v1/budgets/project/doc", "{\"limit\":1,\"currency\":\"USD\",\"period\":\"day\"}");

        assertThat(budget.json().propertyNames()).containsExactlyInAnyOrderElementsOf(required("Budget"));
        assertThat(order.json().propertyNames()).containsExactlyInAnyOrderElementsOf(required("TaskOrder"));
        assertThat(asset.json().propertyNames()).containsExactlyInAnyOrderElementsOf(required("Asset"));
    }

    @Test
    void a_request_field_that_it_knows_is_never_called_unknown() {
        Map<String, String> places = Map.of(
                "TaskOrderCreate", "POST /v1/task-orders",
                "AssetPut", "PUT /v1/assets/x",
                "BudgetPut", "PUT /v1/budgets/project/x",
                "AssetEvent", "POST /v1/assets/x/events");
        places.forEach((schema, place) -> {
            String[] words = place.split(" ");
            for (String field : schema(schema).path("properties").propertyNames()) {
                byte[] body = ("{\"" + field + "\":[{}]}").getBytes(StandardCharsets.UTF_8);
                Answer answer = http.send(words[0], words[1], body);
                assertThat(answer.text()).as(field).contains("\"/" + field).doesNotContain("not a known field");
            }
        });
    }

    @Test
    void a_change_takes_exactly_the_fields_that_it_knows() {
        JsonNode fields = schema("TaskOrderUpdate").path("properties");
        for (String field : schema("TaskOrder").path("properties").propertyNames()) {
            byte[] body = ("{\"" + field + "\":{}}").getBytes(StandardCharsets.UTF_8);
            Answer answer =
                    http.send("PATCH", "/v1/task-orders/01a201ac-d55e-7b80-b8e7-9216362de772", body, "If-Match", "*");
            assertThat(answer.pointers()).containsExactly("/" + field);
            assertThat(!answer.text().contains("cannot be")).as(field).isEqualTo(fields.has(field));
        }
    }

    @Test
    void each_type_of_event_is_told_of_with_all_its_members_and_no_other_is() throws IOException {
        JsonNode envelope = schema("EventEnvelope");
        Map<String, String> told = Files.readAllLines(Path.of("..", "docs", "events.md")).stream()
                .filter(line -> line.matches("\\| `[a-z_]+\\.[a-z_]+` \\|.*"))
                .collect(Collectors.toMap(
                        line -> line.split("`", 3)[1], line -> line.substring(line.lastIndexOf(" | "))));
        assertThat(told.keySet())
                .isEqualTo(Set.copyOf(envelope.at("/discriminator/mapping").propertyNames()));
        assertThat(told.keySet()).isEqualTo(EventTypes.ALL);
        told.forEach((type, members) -> {
            JsonNode data = resolved(schema("Event." + type).at("/properties/data"));
            assertThat(Arrays.stream(members.split("`")).filter(part -> part.matches("[a-z_]+")))
                    .as(type)
                    .containsExactlyElementsOf(data.path("properties").propertyNames());
        });
    }

    private JsonNode resolved(JsonNode schema) {
        String to = schema.path("$ref").asString("");
        return to.isEmpty() ? schema : schema(to.substring(to.lastIndexOf('/') + 1));
    }

    @Test
    void the_page_to_look_at_it_is_there() {
        assertThat(http.get("/swagger-ui.html").status()).isEqualTo(302);
        assertThat(http.get("/swagger-ui/index.html").text()).contains("Swagger UI");
    }

    private long bound(String schema, String property, String bound) {
        return schema(schema).path("properties").path(property).path(bound).asLong();
    }

    private Collection<String> required(String schema) {
        Collection<String> names = new ArrayList<>();
        schema(schema).path("required").forEach(name -> names.add(name.asString()));
        return names;
    }

    private JsonNode schema(String name) {
        return document.path("components").path("schemas").path(name);
    }
}
