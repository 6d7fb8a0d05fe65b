package dev.taskorder.starter.web;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.std.StdSerializer;

/** The JSON of this API: snake_case, decimals to their last digit, times in UTC with microseconds. */
public final class Json {
    /** What the parser survives; the depth that callers are told is checked on the tree, where it has a pointer. */
    private static final int PARSER_DEPTH_MAX = 128;

    static final int NUMBER_CHARS_MAX = 128;
    /** The parser counts names in UTF-8. */
    static final int NAME_BYTES_MAX = 1024;

    /** {@code Instant.toString} drops the fraction where it is zero; callers were promised milliseconds or finer. */
    static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(PARSER_DEPTH_MAX)
                            .maxNumberLength(NUMBER_CHARS_MAX)
                            .maxNameLength(NAME_BYTES_MAX)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule().addSerializer(Instant.class, new TimeSerializer()))
            .build();

    private Json() {}

    /** Something as it stands in an answer's body, on one line. */
    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** An object as the tree that a body is read into. */
    public static ObjectNode tree(Map<String, ?> members) {
        return MAPPER.valueToTree(members);
    }

    /** Something as the members that an answer's body has. */
    public static Map<?, ?> map(Object value) {
        return MAPPER.convertValue(value, Map.class);
    }

    private static final class TimeSerializer extends StdSerializer<Instant> {
        TimeSerializer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant time, JsonGenerator json, SerializationContext context) {
            json.writeString(TIME.format(time));
        }
    }
}
