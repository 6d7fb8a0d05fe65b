package dev.taskorder.starter.web;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** JSON as plain Java values: maps, lists, strings, booleans, and numbers that lose no digit. */
final class Plain {
    private Plain() {}

    static Map<String, @Nullable Object> object(JsonNode object) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        object.properties().forEach(member -> map.put(member.getKey(), of(member.getValue())));
        return Collections.unmodifiableMap(map);
    }

    static @Nullable Object of(JsonNode node) {
        if (node.isString()) {
            return node.stringValue();
        }
        if (node.isNumber()) {
            return node.numberValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isObject()) {
            return object(node);
        }
        return node.isArray() ? array(node) : null;
    }

    private static List<@Nullable Object> array(JsonNode array) {
        List<@Nullable Object> list = new ArrayList<>(array.size());
        array.forEach(item -> list.add(of(item)));
        return Collections.unmodifiableList(list);
    }
}
