package dev.taskorder.activities.control;

import static dev.taskorder.api.control.ControlAdmin.WAITING_MAX;

import dev.taskorder.activities.tenant.OtherTenantTransactions;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.api.control.ControlAdmin.Shown;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What is paused, for the operator who asks. The system's role says for whom; each pause, and what it holds up, is then read behind its
 * tenant's own wall.
 */
final class PauseList {
    private static final String LIST = "pauses";

    /** The installation's id is before any that a tenant may have. */
    private static final String PAGE = """
            SELECT tenant_id, what
              FROM (SELECT tenant_id, what FROM pause
                    UNION ALL
                    SELECT '_system' COLLATE "C", what FROM pause_of_all) p
             WHERE (tenant_id, what) > (:after, :after_what)
             ORDER BY tenant_id, what
             LIMIT :rows
            """;

    private static final String READ = """
            SELECT tenant_id, what, mode, reason, paused_by, paused_at FROM pause
             WHERE tenant_id = current_tenant() AND what = :what
            UNION ALL
            SELECT current_tenant(), what, mode, reason, paused_by, paused_at FROM pause_of_all
             WHERE current_tenant() = '_system' AND what = :what
            """;

    /** Where a look was not let serve all: there alone a pause of all holds something up. */
    private static final String TENANTS_HELD_UP = "SELECT DISTINCT tenant_id FROM match_wanted WHERE held_for > 0";

    /** Those between two attempts wait for it if no attempt may begin. */
    static final String WAITING = atMost("""
            (SELECT task_id FROM task_order
              WHERE tenant_id = current_tenant() AND status IN ('PENDING', 'QUEUED') LIMIT %1$d)
            UNION ALL
            (SELECT task_id FROM task_order
              WHERE tenant_id = current_tenant() AND waits_since IS NOT NULL AND cancel_requested_at IS NULL
                AND status = 'RUNNING' AND :drained LIMIT %1$d)
            """);

    /** Of one tenant; of all, where the system's role asks. */
    static final String UNSEEN = atMost("SELECT FROM task_event WHERE seq IS NULL");

    /** Likewise. */
    static final String UNSENT = atMost("SELECT FROM webhook_delivery WHERE next_attempt_at IS NOT NULL");

    /** Who lists pauses wants to see that it is much; to count millions would hold up the list. */
    private static String atMost(String rows) {
        return "SELECT count(*) FROM (%s LIMIT %d) found".formatted(rows.formatted(WAITING_MAX), WAITING_MAX);
    }

    private final SystemTransactions system;
    private final OtherTenantTransactions others;
    private final JdbcClient jdbc;

    PauseList(SystemTransactions system, OtherTenantTransactions others, JdbcClient jdbc) {
        this.system = system;
        this.others = others;
        this.jdbc = jdbc;
    }

    private record Key(TenantId tenant, String what) {}

    Page<Shown> page(PageRequest page) {
        Listing listing = Listing.of(TenantId.SYSTEM, LIST);
        Key after = page.cursor() == null ? new Key(TenantId.SYSTEM, "") : after(listing, page.cursor());
        List<Key> keys = system.in(() -> jdbc.sql(PAGE)
                .param("after", after.tenant().value())
                .param("after_what", after.what())
                .param("rows", page.limit() + 1)
                .query((row, rowNum) -> new Key(new TenantId(row.getString("tenant_id")), row.getString("what")))
                .list());
        List<Shown> shown = keys.stream()
                .limit(page.limit())
                .flatMap(this::find)
                .map(this::shown)
                .toList();
        return new Page<>(shown, keys.size() > page.limit() ? cursor(listing, keys.get(page.limit() - 1)) : null);
    }

    private static String cursor(Listing listing, Key last) {
        return Cursor.encode(listing, last.tenant().value(), last.what());
    }

    private static Key after(Listing listing, String cursor) {
        List<String> parts = Cursor.decode(listing, 2, cursor);
        String id = parts.get(0);
        if (!TenantId.isWellFormed(id) && !id.equals(TenantId.SYSTEM.value())) {
            throw BadCursorException.notOfThisList();
        }
        return new Key(new TenantId(id), parts.get(1));
    }

    /** It may be over by now. */
    private Stream<Pause> find(Key key) {
        return as(key.tenant(), () -> jdbc.sql(READ)
                        .param("what", key.what())
                        .query(PauseRows::read)
                        .optional())
                .stream();
    }

    Shown shown(Pause pause) {
        return switch (pause.what()) {
            case ORDERS -> new Shown(pause, waitingOrders(pause));
            case EVENTS -> new Shown(pause, counted(UNSEEN, pause));
            case WEBHOOKS -> new Shown(pause, counted(UNSENT, pause));
        };
    }

    private long counted(String what, Pause pause) {
        Supplier<Long> count = () -> jdbc.sql(what).query(Long.class).single();
        return pause.isOfAll() ? system.in(count) : as(pause.tenant(), count);
    }

    private long waitingOrders(Pause pause) {
        boolean drained = pause.mode() == Pause.Mode.DRAIN;
        List<TenantId> whose = pause.isOfAll() ? heldUp() : List.of(pause.tenant());
        long waiting = 0;
        for (TenantId tenant : whose) {
            if (waiting < WAITING_MAX) {
                waiting += as(tenant, () -> jdbc.sql(WAITING)
                        .param("drained", drained)
                        .query(Long.class)
                        .single());
            }
        }
        return Math.min(waiting, WAITING_MAX);
    }

    private List<TenantId> heldUp() {
        return system.in(() -> jdbc.sql(TENANTS_HELD_UP).query(String.class).list()).stream()
                .map(TenantId::new)
                .toList();
    }

    private <T> T as(TenantId tenant, Supplier<T> question) {
        List<T> answer = new ArrayList<>();
        others.run(tenant, () -> answer.add(question.get()));
        return answer.get(0);
    }
}
