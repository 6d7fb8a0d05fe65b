package dev.taskorder.activities.control;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes {@code pause}, and {@code pause_of_all} for the installation; each change tells of itself in the events of who is bound. */
final class JdbcControlAdmin implements ControlAdmin {
    /** One mode more of the same changes nothing, and neither does a repeat that names none. */
    private static final String PAUSE = """
            WITH made AS (
                INSERT INTO %1$s AS p (what, mode, reason, paused_by)
                VALUES (:what, coalesce(:pause_mode, 'hold'), :reason, :actor)
                    ON CONFLICT ON CONSTRAINT %1$s_pkey DO UPDATE SET mode = :pause_mode, reason = coalesce(:reason, p.reason)
                    WHERE p.mode <> :pause_mode
                RETURNING what, mode
            )
            INSERT INTO task_event (object_type, object_id, type, actor, data)
            SELECT 'tenant', current_tenant(), 'tenant.paused', :actor,
                   jsonb_strip_nulls(jsonb_build_object('what', what, 'mode', mode, 'reason', :reason::text))
              FROM made
            """;

    private static final String PAUSE_OWN = PAUSE.formatted("pause");
    private static final String PAUSE_ALL = PAUSE.formatted("pause_of_all");

    private static final String READ = """
            SELECT current_tenant() AS tenant_id, what, mode, reason, paused_by, paused_at
              FROM %s WHERE what = :what AND current_tenant() = %s
            """;

    private static final String READ_OWN = READ.formatted("pause", "tenant_id");
    private static final String READ_ALL = READ.formatted("pause_of_all", "'_system'");

    private static final String RESUME = """
            WITH over AS (
                DELETE FROM %s WHERE what = :what AND current_tenant() = %s
                RETURNING what, mode, reason, paused_by, paused_at
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'tenant', current_tenant(), 'tenant.resumed', :actor,
                       jsonb_strip_nulls(jsonb_build_object('what', what, 'reason', :reason::text))
                  FROM over
            )
            SELECT current_tenant() AS tenant_id, over.* FROM over
            """;

    private static final String RESUME_OWN = RESUME.formatted("pause", "tenant_id");
    private static final String RESUME_ALL = RESUME.formatted("pause_of_all", "'_system'");

    /** In which a look was not let serve all. One that is on its way meanwhile leaves a mark that maintenance finds. */
    private static final String HELD_ENVS =
            "SELECT DISTINCT env FROM match_wanted WHERE tenant_id = current_tenant() AND held_for > 0";

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final MatchTrigger matcher;
    private final PauseList list;

    JdbcControlAdmin(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher, PauseList list) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.matcher = matcher;
        this.list = list;
    }

    @Override
    public Shown pause(Pause.What what, Pause.@Nullable Mode mode, @Nullable String reason, Caller caller) {
        TenantId tenant = TenantContext.required();
        record Done(Pause pause, List<String> held) {}
        Done done = transactions.in(() -> {
            jdbc.sql(ofAll(tenant) ? PAUSE_ALL : PAUSE_OWN)
                    .param("what", what.word())
                    .param("pause_mode", mode == null ? null : mode.word(), Types.VARCHAR)
                    .param("reason", reason, Types.VARCHAR)
                    .param("actor", caller.actor())
                    .update();
            Pause pause = jdbc.sql(ofAll(tenant) ? READ_ALL : READ_OWN)
                    .param("what", what.word())
                    .query(PauseRows::read)
                    .single();
            return new Done(pause, heldEnvs());
        });
        done.held().forEach(matcher::run); // a weaker mode lets go on what the one before did not
        return list.shown(done.pause());
    }

    @Override
    public Optional<Pause> resume(Pause.What what, @Nullable String reason, Caller caller) {
        TenantId tenant = TenantContext.required();
        record Done(Optional<Pause> pause, List<String> held) {}
        Done done = transactions.in(() -> new Done(
                jdbc.sql(ofAll(tenant) ? RESUME_ALL : RESUME_OWN)
                        .param("what", what.word())
                        .param("reason", reason, Types.VARCHAR)
                        .param("actor", caller.actor())
                        .query(PauseRows::read)
                        .optional(),
                heldEnvs()));
        done.held().forEach(matcher::run);
        return done.pause();
    }

    /** Of the bound tenant; those of all tenants maintenance finds when a pause of all is over. */
    private List<String> heldEnvs() {
        return jdbc.sql(HELD_ENVS).query(String.class).list();
    }

    private static boolean ofAll(TenantId tenant) {
        return tenant.equals(TenantId.SYSTEM);
    }

    @Override
    public Page<Shown> list(PageRequest page) {
        return list.page(page);
    }
}
