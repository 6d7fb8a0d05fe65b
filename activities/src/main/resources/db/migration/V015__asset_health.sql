-- Why: outcomes move an asset's health, make it rest or ban it, and each is told once.

-- The two sums of the health score (activities.asset.Health): they lose the same share with time, so the score does not move
-- between outcomes, and health_score is kept beside them for whoever reads.
ALTER TABLE asset
    ADD COLUMN health_weight  double precision NOT NULL DEFAULT 5,
    ADD COLUMN health_value   double precision NOT NULL DEFAULT 5,
    ADD COLUMN health_at      timestamptz NOT NULL DEFAULT now(),
    -- bad outcomes since the last good one
    ADD COLUMN bad_in_row     int NOT NULL DEFAULT 0,
    -- until when it rests; then it is AVAILABLE again
    ADD COLUMN cool_until     timestamptz;

-- Without FORCE, for row-level security binds the owner too and the update would change nothing without a word.
ALTER TABLE asset NO FORCE ROW LEVEL SECURITY;
UPDATE asset SET health_value = health_weight * health_score::double precision / 100 WHERE health_score < 100;
ALTER TABLE asset FORCE ROW LEVEL SECURITY;

ALTER TABLE asset
    ADD CONSTRAINT asset_health_sums CHECK (health_weight > 0 AND health_value BETWEEN 0 AND health_weight),
    ADD CONSTRAINT asset_bad_in_row_range CHECK (bad_in_row >= 0),
    -- Invariant: what cools down does so until a time, at which it is found; nothing else has such a time.
    ADD CONSTRAINT asset_cools_until_a_time CHECK ((status = 'COOLING_DOWN') = (cool_until IS NOT NULL));
-- What has cooled down (JdbcDueWork, JdbcCoolDowns).
CREATE INDEX asset_cooling ON asset (cool_until, tenant_id) WHERE cool_until IS NOT NULL;

GRANT SELECT (tenant_id, cool_until) ON asset TO taskorder_system;
CREATE POLICY due_rows ON asset FOR SELECT TO taskorder_system USING (cool_until <= now());

-- A task's outcome told to an asset, once per event_id and for ever. Ids of callers have no ':', ids that we derive from
-- leases and orders have one, so nobody can take them first.
CREATE TABLE asset_event (
    tenant_id    text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    event_id     text COLLATE "C" NOT NULL,
    asset_id     text COLLATE "C" NOT NULL,
    task_id      uuid,
    lease_id     uuid,
    event_type   text COLLATE "C" NOT NULL,
    payload      jsonb NOT NULL,
    -- NULL: when it was told
    occurred_at  timestamptz,
    told_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- what the rules made of it
    outcome      text COLLATE "C" NOT NULL,
    weight       double precision NOT NULL,
    CONSTRAINT asset_event_pkey PRIMARY KEY (tenant_id, event_id),
    CONSTRAINT asset_event_asset_fkey FOREIGN KEY (tenant_id, asset_id) REFERENCES asset,
    CONSTRAINT asset_event_order_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES task_order,
    CONSTRAINT asset_event_lease_fkey FOREIGN KEY (tenant_id, lease_id) REFERENCES lease,
    CONSTRAINT asset_event_outcome_known CHECK (outcome IN ('GOOD', 'SOFT', 'BAD')),
    CONSTRAINT asset_event_weight_range CHECK (weight > 0 AND weight <= 1)
);
CALL wall_off('asset_event');
COMMENT ON TABLE asset_event IS
    'Invariant: an event is never changed or deleted: the application''s role may only INSERT and SELECT.';

GRANT SELECT, INSERT ON asset_event TO ${appRole};
