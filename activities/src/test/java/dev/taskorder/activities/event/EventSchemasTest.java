package dev.taskorder.activities.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.EventSchemas;
import dev.taskorder.activities.testing.Tenant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever test writes an event: in the database of tests it is as its schema has it, or it is refused. */
class EventSchemasTest {
    private final Tenant tenant = Tenant.fresh();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            task_order.made      | {}                             | the type is not there
            task_order.created   | {}                             | has no priority
            task_order.created   | {"priority": "9"}              | .priority is string and should be ["integer"]
            task_order.created   | {"priority": 1.5}              | .priority is number and should be ["integer"]
            task_order.created   | {"priority": 9, "input": {}}   | .input is not described
            task_order.queued    | {"attempt": 1}                 | should be empty
            tenant.paused        | {"what": "all", "mode": "hold"} | .what is "all" and should be one of
            task_order.retrying  | {"attempt": 1, "result_code": "X", "message": null, "backoff_ms": 0, "counted": true, "fencing_tokens": {"a": "b"}} | .fencing_tokens.a is string
            asset.changed        | {"outcomes": [{"event_id": "e", "event_type": "t"}]} | .outcomes[] has no outcome""")
    void what_is_not_as_it_is_described_is_refused(String type, String data, String why) {
        assertThatThrownBy(() -> write(type, data)).hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            task_order.created   | {"priority": 9}
            task_order.progress  | {"attempt": 1, "progress": {"percent": {"done": [1, "x"]}}}
            task_order.succeeded | {"result_code": "OK", "message": null}
            tenant.resumed       | {}""")
    void what_is_as_it_is_described_is_written(String type, String data) {
        write(type, data);
        assertThat(EventSchemas.read().dataByType()).containsKey(type);
    }

    @Test
    void a_timeline_has_a_sentence_for_each_that_it_shows() {
        assertThat(EventSchemas.read().dataByType().keySet().stream()
                        .filter(type -> type.startsWith("task_order.") || type.startsWith("lease."))
                        .filter(type -> !type.equals("task_order.progress")))
                .isNotEmpty()
                .allSatisfy(type -> assertThat(Sentences.of(type, Map.of())).isNotEqualTo(type));
    }

    private void write(String type, String data) {
        tenant.sql(jdbc -> jdbc.sql("INSERT INTO task_event (object_type, object_id, type, actor, data)"
                        + " VALUES ('asset', 'a', :type, 'me', :data::jsonb)")
                .param("type", type)
                .param("data", data)
                .update());
    }
}
