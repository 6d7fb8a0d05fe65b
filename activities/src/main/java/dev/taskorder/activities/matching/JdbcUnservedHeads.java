package dev.taskorder.activities.matching;

import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The matcher's own round decides, and nothing of it is written: whether hints can share assets is no question for SQL. */
final class JdbcUnservedHeads implements UnservedHeads {
    /**
     * Envs in which somebody waits and no chance is under way. One is, while a mark stands; while a time is up that maintenance
     * turns into a mark; and while an order past its deadline, which stands in no line any more, has not been ended.
     */
    static final String QUIET_ENVS = """
            WITH RECURSIVE envs AS (
                (SELECT env FROM task_order
                  WHERE tenant_id = current_tenant() AND waits_since IS NOT NULL AND cancel_requested_at IS NULL
                  ORDER BY env LIMIT 1)
                UNION ALL
                SELECT (SELECT n.env FROM task_order n
                         WHERE n.tenant_id = current_tenant() AND n.waits_since IS NOT NULL
                           AND n.cancel_requested_at IS NULL AND n.env > envs.env
                         ORDER BY n.env LIMIT 1)
                  FROM envs WHERE envs.env IS NOT NULL
            )
            SELECT env FROM envs
             WHERE env IS NOT NULL
               AND NOT EXISTS (SELECT FROM match_wanted m WHERE m.tenant_id = current_tenant() AND m.env = envs.env)
               AND NOT EXISTS (SELECT FROM asset_slot s WHERE s.tenant_id = current_tenant() AND s.rests_until <= now())
               AND NOT EXISTS (SELECT FROM asset_slot s WHERE s.tenant_id = current_tenant() AND s.reserved_until <= now())
               AND NOT EXISTS (SELECT FROM asset a WHERE a.tenant_id = current_tenant() AND a.cool_until <= now())
               AND NOT EXISTS (SELECT FROM budget b WHERE b.tenant_id = current_tenant() AND b.turns_at <= now())
               AND NOT EXISTS (SELECT FROM task_order o
                                WHERE o.tenant_id = current_tenant() AND o.status = 'RUNNING' AND o.deadline <= now()
                                  AND o.waits_since IS NOT NULL)
            """;

    private final MatchPass.Sources sources;
    private final JdbcClient jdbc;

    JdbcUnservedHeads(MatchPass.Sources sources, JdbcClient jdbc) {
        this.sources = sources;
        this.jdbc = jdbc;
    }

    @Override
    public List<Unserved> find(Duration atLeast) {
        return jdbc.sql(QUIET_ENVS).query(String.class).list().stream()
                .flatMap(env -> find(env, atLeast).stream())
                .toList();
    }

    private List<Unserved> find(String env, Duration atLeast) {
        MatchPass pass = new MatchPass(sources, env);
        QueueTable.Heads heads = pass.heads();
        Pool pool = new Pool(pass.assets(heads.orders()));
        return pass
                .decide(heads.orders(), pool, pass.purse(heads), heads.places().left())
                .grants()
                .stream()
                .filter(grant -> grant.order().waitedMs() >= atLeast.toMillis())
                .map(grant -> new Unserved(
                        env,
                        grant.order().taskId(),
                        grant.leases().stream()
                                .map(lease -> lease.choice().asset().assetId())
                                .toList()))
                .toList();
    }
}
