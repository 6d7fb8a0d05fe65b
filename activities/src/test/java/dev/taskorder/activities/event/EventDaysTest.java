package dev.taskorder.activities.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A day's table goes when the day is long over and no tenant has an event of it any more. */
class EventDaysTest {
    private static final String TODAY = "(date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')";

    /** How many days after today each table ends. */
    private static final String ENDS = """
            SELECT extract(epoch FROM substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz
                       - %s)::int / 86400
              FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = 'task_event'::regclass
             ORDER BY 1
            """.formatted(TODAY);

    @Test
    void a_table_is_dropped_when_its_day_has_been_over_for_a_day_and_it_has_no_row_of_anybody() {
        JdbcClient jdbc = sixDaysOn("event_days_dropped");
        assertThat(ends(jdbc)).containsExactly(-5, -4, -3, -2, -1, 0, 1, 2, 3);
        event(jdbc, "a", -4, 1L);
        event(jdbc, "b", -2, null);

        assertThat(dropped(jdbc)).isEqualTo(3);
        assertThat(ends(jdbc)).as("without that of yesterday and those to come").containsExactly(-3, -1, 0, 1, 2, 3);
        assertThat(jdbc.sql("SELECT count(*) FROM task_event")
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);

        jdbc.sql("DELETE FROM task_event WHERE tenant_id = 'a'").update();
        assertThat(dropped(jdbc)).isEqualTo(1);
        jdbc.sql("DELETE FROM task_event").update();
        assertThat(dropped(jdbc)).isEqualTo(1);
        assertThat(dropped(jdbc)).isZero();
        assertThat(ends(jdbc)).containsExactly(0, 1, 2, 3);

        assertThat(jdbc.sql("SELECT make_event_days(4)").query(Integer.class).single())
                .isEqualTo(2);
    }

    @Test
    void nobody_is_kept_waiting_by_a_table_that_somebody_still_reads() {
        JdbcClient jdbc = sixDaysOn("event_days_held");
        TestDatabase.get().rolledBack("event_days_held", reader -> {
            reader.sql("SELECT count(*) FROM task_event").query(Integer.class).single();
            assertThat(dropped(jdbc)).isZero();
        });
        assertThat(dropped(jdbc)).isEqualTo(5);
    }

    /** As if the first table had ended five days ago, and one had been made for each day since. */
    private static JdbcClient sixDaysOn(String database) {
        JdbcClient jdbc = TestDatabase.get().migratedTo("latest", database);
        jdbc.sql("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'task_event'::regclass")
                .query(String.class)
                .list()
                .forEach(part -> jdbc.sql(
                                part.equals("task_event_first")
                                        ? "ALTER TABLE task_event DETACH PARTITION task_event_first"
                                        : "DROP TABLE " + part)
                        .update());
        jdbc.sql("DO $$ BEGIN EXECUTE format('ALTER TABLE task_event ATTACH PARTITION task_event_first"
                        + " FOR VALUES FROM (MINVALUE) TO (%L)', " + TODAY + " - interval '5 days'); END $$")
                .update();
        jdbc.sql("SELECT make_event_days(2)").query(Integer.class).single();
        return jdbc;
    }

    private static void event(JdbcClient jdbc, String tenant, int day, Long seq) {
        jdbc.sql("INSERT INTO task_event (tenant_id, object_type, object_id, type, actor, occurred_at, seq)"
                        + " VALUES (:tenant, 'asset', 'a', 'asset.changed', 'me', " + TODAY
                        + " + :day * interval '1 day', :seq)")
                .param("tenant", tenant)
                .param("day", day)
                .param("seq", seq)
                .update();
    }

    private static int dropped(JdbcClient jdbc) {
        return jdbc.sql("SELECT drop_event_days()").query(Integer.class).single();
    }

    private static List<Integer> ends(JdbcClient jdbc) {
        return jdbc.sql(ENDS).query(Integer.class).list();
    }
}
