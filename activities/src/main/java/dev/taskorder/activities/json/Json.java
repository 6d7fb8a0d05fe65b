package dev.taskorder.activities.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes {@code jsonb} columns. Numbers with a fraction are decimals, never floating point. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private Json() {}

    /** The text of a value: a map, a list, a record. */
    public static String write(@Nullable Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** A JSON object as a map, in the order of its keys. */
    public static Map<String, @Nullable Object> object(String json) {
        return MAPPER.readValue(json, OBJECT);
    }

    /** As {@link #object}, for a column that may be null. */
    public static @Nullable Map<String, @Nullable Object> objectOrNull(@Nullable String json) {
        return json == null ? null : object(json);
    }

    public static <T> T read(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }

    /** A JSON array, each element of the type. */
    public static <T> List<T> list(String json, Class<T> element) {
        return MAPPER.readValue(json, MAPPER.getTypeFactory().constructCollectionType(List.class, element));
    }
}
