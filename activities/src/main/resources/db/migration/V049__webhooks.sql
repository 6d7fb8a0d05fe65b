-- Why: a tenant's own systems hear of its events by signed calls (Standard Webhooks). What is to be sent stands here as a row for each
-- event and endpoint, so that nothing is lost by a crash and a slow receiver keeps nobody else waiting.

-- Invariant: secret is sealed (AES-256-GCM under a key of the installation's that is not in this database).
CREATE TABLE webhook (
    tenant_id      text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    webhook_id     text COLLATE "C" NOT NULL,
    url            text NOT NULL,
    types          text[] NOT NULL,
    env            text COLLATE "C",
    status         text COLLATE "C" NOT NULL DEFAULT 'ENABLED',
    -- why it is DISABLED
    why            text COLLATE "C",
    secret         bytea NOT NULL,
    -- who put it last; by which API key, if by one, and whose that is
    owner          text NOT NULL,
    owner_tenant   text COLLATE "C" NOT NULL,
    owner_key      text COLLATE "C",
    -- the tenant's seq when it was made: what came before is sent by a replay alone
    since_seq      bigint NOT NULL,
    -- a replay on its way: it goes on after the first and ends with the second
    replay_after   bigint,
    replay_to      bigint,
    -- since when no call succeeded; null while they do
    failing_since  timestamptz,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT webhook_pkey PRIMARY KEY (tenant_id, webhook_id),
    CONSTRAINT webhook_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant,
    CONSTRAINT webhook_status_known CHECK (status IN ('ENABLED', 'DISABLED')),
    CONSTRAINT webhook_why_disabled CHECK ((why IS NOT NULL) = (status = 'DISABLED')),
    CONSTRAINT webhook_why_known CHECK (why IN ('failing', 'gone', 'owner', 'deleted')),
    CONSTRAINT webhook_types_some CHECK (cardinality(types) > 0),
    CONSTRAINT webhook_replay_whole CHECK ((replay_after IS NULL) = (replay_to IS NULL))
);
CALL wall_off('webhook');
GRANT SELECT, INSERT, DELETE,
      UPDATE (url, types, env, status, why, owner, owner_tenant, owner_key, replay_after, replay_to, failing_since, updated_at)
   ON webhook TO ${appRole};
GRANT SELECT (tenant_id, webhook_id, status, owner_tenant, owner_key, replay_to) ON webhook TO taskorder_system;
CREATE POLICY due_rows ON webhook FOR SELECT TO taskorder_system USING (status = 'ENABLED');

-- How far a tenant's events have been looked at for its webhooks. Invariant: a row while it has any; whoever has this row's lock is the
-- one that looks, or that adds or removes a webhook.
CREATE TABLE webhook_fan_out (
    tenant_id   text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    fanned_seq  bigint NOT NULL,
    CONSTRAINT webhook_fan_out_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT webhook_fan_out_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant
);
CALL wall_off('webhook_fan_out');
GRANT SELECT, INSERT, DELETE, UPDATE (fanned_seq) ON webhook_fan_out TO ${appRole};
GRANT SELECT (tenant_id, fanned_seq) ON webhook_fan_out TO taskorder_system;
CREATE POLICY due_rows ON webhook_fan_out FOR SELECT TO taskorder_system USING (true);
GRANT SELECT (tenant_id, last) ON tenant_seq TO taskorder_system;
CREATE POLICY webhooks_due ON tenant_seq FOR SELECT TO taskorder_system
    USING (EXISTS (SELECT FROM webhook_fan_out f WHERE f.tenant_id = tenant_seq.tenant_id));

-- Invariant: one row for an event and a webhook, so that looking at an event twice sends it once. It has a next attempt exactly while it
-- is PENDING; while a call is on its way that is when the call counts as lost. Of one object, a later event is sent only when no earlier
-- one is PENDING.
CREATE TABLE webhook_delivery (
    tenant_id        text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    webhook_id       text COLLATE "C" NOT NULL,
    seq              bigint NOT NULL,
    delivery_id      uuid NOT NULL DEFAULT gen_random_uuid(),
    object           text COLLATE "C" NOT NULL,
    event_type       text COLLATE "C" NOT NULL,
    status           text COLLATE "C" NOT NULL DEFAULT 'PENDING',
    attempts         int NOT NULL DEFAULT 0,
    next_attempt_at  timestamptz,
    last_attempt_at  timestamptz,
    response_status  int,
    response_ms      bigint,
    error            text,
    over_at          timestamptz,
    CONSTRAINT webhook_delivery_pkey PRIMARY KEY (tenant_id, webhook_id, seq),
    CONSTRAINT webhook_delivery_id UNIQUE (tenant_id, delivery_id),
    CONSTRAINT webhook_delivery_webhook_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhook,
    CONSTRAINT webhook_delivery_status_known CHECK (status IN ('PENDING', 'DELIVERED', 'FAILED')),
    CONSTRAINT webhook_delivery_due_while_pending CHECK ((next_attempt_at IS NOT NULL) = (status = 'PENDING')),
    CONSTRAINT webhook_delivery_over_or_pending CHECK ((over_at IS NULL) = (status = 'PENDING'))
);
CALL wall_off('webhook_delivery');
GRANT SELECT, INSERT, DELETE,
      UPDATE (status, attempts, next_attempt_at, last_attempt_at, response_status, response_ms, error, over_at)
   ON webhook_delivery TO ${appRole};
-- The same rows, said in two ways, so that what asks by the one is never answered by the other: a planner that takes the pending for few
-- would read all of them and sort.
CREATE INDEX webhook_delivery_due ON webhook_delivery (tenant_id, webhook_id, next_attempt_at, seq) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_delivery_of_object ON webhook_delivery (tenant_id, webhook_id, object, seq) WHERE status = 'PENDING';
CREATE INDEX webhook_delivery_over ON webhook_delivery (tenant_id, over_at) WHERE over_at IS NOT NULL;
GRANT SELECT (tenant_id, webhook_id, next_attempt_at) ON webhook_delivery TO taskorder_system;
CREATE POLICY due_rows ON webhook_delivery FOR SELECT TO taskorder_system USING (next_attempt_at IS NOT NULL);

-- The first seq of the bound tenant that a webhook has still to be sent; NULL if it has none. One that is disabled is not waited for.
CREATE FUNCTION webhooks_undelivered_from() RETURNS bigint
    LANGUAGE sql STABLE
    RETURN least(
        (SELECT fanned_seq + 1 FROM webhook_fan_out WHERE tenant_id = current_tenant()),
        (SELECT min(replay_after) + 1 FROM webhook WHERE tenant_id = current_tenant() AND status = 'ENABLED'),
        (SELECT min(p.seq)
           FROM webhook w
          CROSS JOIN LATERAL (SELECT d.seq FROM webhook_delivery d
                               WHERE d.tenant_id = current_tenant() AND d.webhook_id = w.webhook_id AND d.status = 'PENDING'
                              OFFSET 0) p
          WHERE w.tenant_id = current_tenant() AND w.status = 'ENABLED'));

-- What the clean-up keeps.
CREATE OR REPLACE FUNCTION undelivered_from() RETURNS bigint
    LANGUAGE sql STABLE
    RETURN least((SELECT last + 1 FROM tenant_seq WHERE tenant_id = current_tenant()), webhooks_undelivered_from());

-- A webhook ends with the key it was put by: which keys are live, and nothing else of them.
GRANT SELECT (tenant_id, key_id, place, expires_at) ON api_key TO taskorder_system;
CREATE POLICY due_rows ON api_key FOR SELECT TO taskorder_system USING (place IS NOT NULL);
