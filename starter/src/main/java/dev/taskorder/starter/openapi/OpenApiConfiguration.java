package dev.taskorder.starter.openapi;

import dev.taskorder.starter.security.AccessRules;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Puts the parts of the document together. */
@Configuration(proxyBeanMethods = false)
public class OpenApiConfiguration {
    private static final String[] PARTS = {
        "base",
        "task-orders",
        "task-order-parts",
        "dead-letters",
        "operations",
        "ledger",
        "assets",
        "budgets",
        "ledger-verify",
        "tenants",
        "control",
        "policies",
        "audit",
        "events",
        "event-types",
        "webhooks",
        "api-keys"
    };

    private static final String EVENT = "Event.";

    /** Fills springdoc's empty document; handed over as a bean, it would be copied in a way that loses 3.1. */
    @Bean
    OpenApiCustomizer handWritten() throws IOException {
        OpenAPI written = Json31.mapper().convertValue(document(), OpenAPI.class);
        return served -> served.info(written.getInfo())
                .servers(written.getServers())
                .security(written.getSecurity())
                .tags(written.getTags())
                .paths(written.getPaths())
                .components(written.getComponents());
    }

    /** The whole document; a part adds paths and components and overrides nothing. */
    static Map<String, Object> document() throws IOException {
        Map<String, Object> document = new LinkedHashMap<>();
        for (String part : PARTS) {
            try (InputStream yaml = new ClassPathResource("openapi/" + part + ".yaml").getInputStream()) {
                merge(document, new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml), part);
            }
        }
        addRoles(document);
        addEventTypes(document);
        return document;
    }

    /** An event is of one of the types that are described, and its data with it. */
    private static void addEventTypes(Map<String, Object> document) {
        Map<String, Object> schemas = member(member(document, "components"), "schemas");
        Map<String, String> byType = new TreeMap<>();
        schemas.keySet().stream()
                .filter(name -> name.startsWith(EVENT))
                .forEach(name -> byType.put(name.substring(EVENT.length()), "#/components/schemas/" + name));
        member(schemas, "EventType").put("enum", List.copyOf(byType.keySet()));
        Map<String, Object> envelope = member(schemas, "EventEnvelope");
        envelope.put(
                "oneOf", byType.values().stream().map(to -> Map.of("$ref", to)).toList());
        envelope.put("discriminator", Map.of("propertyName", "type", "mapping", byType));
    }

    /** What each call takes stands in one place, and not here. */
    private static void addRoles(Map<String, Object> document) {
        Map<String, Object> paths = member(document, "paths");
        for (String path : paths.keySet()) {
            Map<String, Object> calls = member(paths, path);
            for (String verb : calls.keySet()) {
                AccessRules.least(verb.toUpperCase(Locale.ROOT), path).ifPresent(role -> {
                    Map<String, Object> operation = member(calls, verb);
                    operation.put("x-minimum-role", role.word());
                    member(operation, "responses").put("401", Map.of("$ref", "#/components/responses/Unauthenticated"));
                });
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> member(Map<String, Object> of, String name) {
        return (Map<String, Object>) Objects.requireNonNull(of.get(name), name);
    }

    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> into, Map<String, Object> part, String where) {
        part.forEach((name, value) -> {
            Object present = into.putIfAbsent(name, value);
            if (present instanceof Map && value instanceof Map) {
                merge((Map<String, Object>) present, (Map<String, Object>) value, where + "/" + name);
            } else if (present != null) {
                throw new IllegalStateException("openapi: " + where + "/" + name + " is there twice");
            }
        });
    }
}
