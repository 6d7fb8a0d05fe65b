package dev.taskorder.activities.testing;

import dev.taskorder.activities.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.yaml.snakeyaml.Yaml;

/** What the data of events has, as callers are told; a test database refuses every other event, whoever writes it. */
public final class EventSchemas {
    private static final String PREFIX = "Event.";

    /** As much of JSON Schema as the document uses; members that it does not name are flaws too. */
    private static final String FLAW = """
            CREATE SCHEMA testing;
            GRANT USAGE ON SCHEMA testing TO PUBLIC;
            CREATE TABLE testing.event_type (type text PRIMARY KEY, data jsonb NOT NULL);
            GRANT SELECT ON testing.event_type TO PUBLIC;
            CREATE FUNCTION testing.flaw(s jsonb, v jsonb, at text) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE
                kind text := jsonb_typeof(v);
                types jsonb := CASE jsonb_typeof(s -> 'type') WHEN 'array' THEN s -> 'type' ELSE jsonb_build_array(s -> 'type') END;
            BEGIN
                IF s = 'true' THEN
                    RETURN NULL;
                ELSIF NOT (jsonb_exists(types, kind) OR kind = 'number' AND jsonb_exists(types, 'integer') AND v::text ~ '^-?[0-9]+$') THEN
                    RETURN format('%s is %s and should be %s', at, kind, types);
                ELSIF jsonb_exists(s, 'enum') AND NOT s -> 'enum' @> v THEN
                    RETURN format('%s is %s and should be one of %s', at, v, s -> 'enum');
                ELSIF kind = 'array' THEN
                    RETURN (SELECT min(testing.flaw(s -> 'items', item, at || '[]')) FROM jsonb_array_elements(v) AS item);
                ELSIF kind = 'object' AND NOT (jsonb_exists(s, 'properties') OR jsonb_exists(s, 'additionalProperties')) THEN
                    RETURN CASE WHEN at <> '' OR v = '{}' THEN NULL ELSE format('should be empty, has %s', v) END;
                ELSIF kind = 'object' THEN
                    RETURN coalesce(
                        (SELECT min(format('%s has no %s', at, name)) FROM jsonb_array_elements_text(s -> 'required') AS name WHERE NOT jsonb_exists(v, name)),
                        (SELECT min(CASE
                                WHEN jsonb_exists(s -> 'properties', key) THEN testing.flaw(s -> 'properties' -> key, value, at || '.' || key)
                                WHEN jsonb_exists(s, 'additionalProperties') THEN testing.flaw(s -> 'additionalProperties', value, at || '.' || key)
                                ELSE format('%s.%s is not described', at, key) END)
                           FROM jsonb_each(v)));
                END IF;
                RETURN NULL;
            END $$;
            CREATE FUNCTION testing.check_event() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                flaw text := (SELECT coalesce(testing.flaw(t.data, NEW.data, ''), 'none') FROM testing.event_type t WHERE t.type = NEW.type);
            BEGIN
                IF flaw IS DISTINCT FROM 'none' THEN
                    RAISE 'event % is not as event-types.yaml has it: %', NEW.type, coalesce(flaw, 'the type is not there');
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER check_event BEFORE INSERT ON task_event FOR EACH ROW EXECUTE FUNCTION testing.check_event()
            """;

    private final Map<String, Object> schemas;

    private EventSchemas(Map<String, Object> schemas) {
        this.schemas = schemas;
    }

    /** What is in the document. */
    public static EventSchemas read() {
        try (InputStream yaml = new ClassPathResource("openapi/event-types.yaml").getInputStream()) {
            Map<String, Object> document = new Yaml().load(yaml);
            return new EventSchemas(member(member(document, "components"), "schemas"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The data of each type, by its name, with all that it refers to in its place. */
    public Map<String, Object> dataByType() {
        Map<String, Object> all = new TreeMap<>();
        schemas.forEach((name, schema) -> {
            if (name.startsWith(PREFIX)) {
                Object data = member(map(schema), "properties").get("data");
                all.put(name.substring(PREFIX.length()), whole(data));
            }
        });
        return all;
    }

    /** From now on events that are not so are refused in this database. */
    void install(JdbcClient superuser) {
        superuser.sql(FLAW).update();
        dataByType().forEach((type, data) -> superuser
                .sql("INSERT INTO testing.event_type VALUES (:type, :data::jsonb)")
                .param("type", type)
                .param("data", Json.write(data))
                .update());
    }

    private Object whole(Object schema) {
        if (schema instanceof List<?> items) {
            return items;
        }
        if (!(schema instanceof Map<?, ?>)) {
            return schema;
        }
        Object to = map(schema).get("$ref");
        if (to != null) {
            return whole(schemas.get(to.toString().replace("#/components/schemas/", "")));
        }
        Map<String, Object> whole = new LinkedHashMap<>();
        map(schema).forEach((name, part) -> whole.put(name, whole(part)));
        return whole;
    }

    private static Map<String, Object> member(Map<String, Object> of, String name) {
        return map(of.get(name));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
