-- Why: what must always hold over several rows is asked of them, by tests and by maintenance. Most of it constraints keep already;
-- a view finds what got past them: rows mended by hand, a constraint dropped, a fault of ours.

-- An asset whose capacity was lowered may have more live leases than it now bears, until they end: it drains.
ALTER TABLE asset ADD COLUMN capacity_lowered_at timestamptz;
COMMENT ON COLUMN asset.capacity_lowered_at IS
    'Invariant: when max_concurrency was last lowered; NULL: never. No lease is granted after it beyond the capacity.';

-- Every view runs with the rights of who asks, so row-level security holds. Each starts from live leases or live attempts, for
-- what is over stays for ever. One row per order or asset that is not as it must be.

-- Invariant: no live lease without a live order.
CREATE VIEW lease_without_order WITH (security_invoker = true) AS
SELECT 'lease_without_order' AS invariant, coalesce(o.env, '') AS env, 'task_order' AS object_type, l.task_id::text AS object_id,
       'leases ' || l.names || ' are live although the order is ' || coalesce(o.status, 'not there') AS detail
  FROM (SELECT task_id, string_agg(lease_id || ' of ' || asset_id, ', ' ORDER BY asset_id) AS names FROM lease
         WHERE tenant_id = current_tenant() AND state = 'ACTIVE'
           AND NOT EXISTS (SELECT FROM task_order r
                            WHERE r.tenant_id = lease.tenant_id AND r.task_id = lease.task_id AND r.status = 'RUNNING')
         GROUP BY task_id) l
  LEFT JOIN LATERAL (SELECT env, status FROM task_order WHERE tenant_id = current_tenant() AND task_id = l.task_id LIMIT 1) o
    ON true;

-- Invariant: no slot with two live leases.
CREATE VIEW slot_shared WITH (security_invoker = true) AS
SELECT 'slot_shared' AS invariant,
       coalesce((SELECT env FROM asset a WHERE a.tenant_id = current_tenant() AND a.asset_id = s.asset_id), '') AS env,
       'asset' AS object_type, s.asset_id AS object_id,
       string_agg('slot ' || s.slot_no || ' has ' || s.leases || ' live leases', ', ' ORDER BY s.slot_no) AS detail
  FROM (SELECT asset_id, slot_no, count(*) AS leases FROM lease
         WHERE tenant_id = current_tenant() AND state = 'ACTIVE'
         GROUP BY asset_id, slot_no
        HAVING count(*) > 1) s
 GROUP BY s.asset_id;

-- Invariant: an asset has no more live leases than its capacity, unless it drains. The matcher may have read the capacity just
-- before it was lowered, and cannot be at work for half a minute.
CREATE VIEW asset_oversold WITH (security_invoker = true) AS
SELECT 'asset_oversold' AS invariant, a.env, 'asset' AS object_type, a.asset_id AS object_id,
       'has ' || l.leases || ' live leases, max_concurrency is ' || a.max_concurrency
           || coalesce(', lowered at ' || a.capacity_lowered_at, '') || '; the newest is of ' || l.newest AS detail
  FROM (SELECT tenant_id, asset_id, count(*) AS leases, max(acquired_at) AS newest FROM lease
         WHERE tenant_id = current_tenant() AND state = 'ACTIVE'
         GROUP BY tenant_id, asset_id) l
  JOIN asset a ON a.tenant_id = l.tenant_id AND a.asset_id = l.asset_id
 WHERE l.leases > a.max_concurrency
   AND (a.capacity_lowered_at IS NULL OR l.newest > a.capacity_lowered_at + interval '30 seconds');

-- Invariant: an attempt that executes has exactly the leases that its order's hints ask for. Past its deadline an order is being
-- ended, and its leases expire.
CREATE VIEW attempt_without_leases WITH (security_invoker = true) AS
SELECT 'attempt_without_leases' AS invariant, e.env, 'task_order' AS object_type, e.task_id::text AS object_id,
       'attempt ' || e.number || ' executes with ' || e.held::text || ' leases per hint, asked for are ' || e.asked::text
           || CASE WHEN e.bound <> e.live THEN '; lease_ids of the order are not its live leases' ELSE '' END
           || CASE WHEN e.given <> e.live THEN '; lease_ids of the attempt are not the order''s live leases' ELSE '' END AS detail
  FROM (SELECT o.env, o.task_id, t.number,
               ARRAY(SELECT (h.hint ->> 'min_count')::int
                       FROM jsonb_array_elements(o.resource_hints) WITH ORDINALITY AS h(hint, place)
                      ORDER BY h.place) AS asked,
               ARRAY(SELECT (SELECT count(*)::int FROM lease l
                              WHERE l.tenant_id = o.tenant_id AND l.task_id = o.task_id AND l.state = 'ACTIVE'
                                AND l.hint_index = h.place - 1)
                       FROM jsonb_array_elements(o.resource_hints) WITH ORDINALITY AS h(hint, place)
                      ORDER BY h.place) AS held,
               ARRAY(SELECT l.lease_id FROM lease l
                      WHERE l.tenant_id = o.tenant_id AND l.task_id = o.task_id AND l.state = 'ACTIVE'
                      ORDER BY l.lease_id) AS live,
               ARRAY(SELECT unnest(o.lease_ids) AS id ORDER BY id) AS bound,
               ARRAY(SELECT unnest(t.lease_ids) AS id ORDER BY id) AS given
          FROM attempt t
          JOIN task_order o ON o.tenant_id = t.tenant_id AND o.task_id = t.task_id
         WHERE t.tenant_id = current_tenant() AND t.state = 'RUNNING' AND o.status = 'RUNNING' AND o.deadline > now()) e
 WHERE e.asked <> e.held OR e.bound <> e.live OR e.given <> e.live;

-- All that is said in SQL. That no order waits which could be served is judged by the matcher's own round (UnservedHeads): whether
-- hints can share assets is a question of matchings.
CREATE VIEW invariant_violation WITH (security_invoker = true) AS
SELECT invariant, env, object_type, object_id, detail FROM lease_without_order
UNION ALL
SELECT invariant, env, object_type, object_id, detail FROM slot_shared
UNION ALL
SELECT invariant, env, object_type, object_id, detail FROM asset_oversold
UNION ALL
SELECT invariant, env, object_type, object_id, detail FROM attempt_without_leases;

-- What was found and still is: each is told once, however many processes look.
CREATE TABLE violation (
    tenant_id    text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    invariant    text COLLATE "C" NOT NULL,
    object_id    text COLLATE "C" NOT NULL,
    object_type  text COLLATE "C" NOT NULL,
    env          text COLLATE "C" NOT NULL,
    detail       text NOT NULL,
    found_at     timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT violation_pkey PRIMARY KEY (tenant_id, invariant, object_id),
    CONSTRAINT violation_object_known CHECK (object_type IN ('task_order', 'asset'))
);
CALL wall_off('violation');

GRANT SELECT ON lease_without_order, slot_shared, asset_oversold, attempt_without_leases, invariant_violation TO ${appRole};
GRANT SELECT, INSERT, UPDATE, DELETE ON violation TO ${appRole};
