-- Why: the scarce things, their slots, and who occupies them. A slot is a row, so that overselling is impossible in the schema.

CREATE TABLE asset (
    tenant_id        text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    asset_id         text COLLATE "C" NOT NULL,
    env              text COLLATE "C" NOT NULL,
    sku_category     text COLLATE "C" NOT NULL,
    sku_code         text COLLATE "C" NOT NULL,
    attributes       jsonb NOT NULL,
    status           text COLLATE "C" NOT NULL,
    health_score     numeric(6, 3) NOT NULL,
    max_concurrency  int NOT NULL,
    unit_cost        numeric(20, 6) NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    max_uses         int,
    uses             int NOT NULL DEFAULT 0,
    handle           text NOT NULL,
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT asset_pkey PRIMARY KEY (tenant_id, asset_id),
    CONSTRAINT asset_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant,
    CONSTRAINT asset_status_known CHECK (status IN ('AVAILABLE', 'COOLING_DOWN', 'BANNED', 'RETIRED')),
    CONSTRAINT asset_health_range CHECK (health_score BETWEEN 0 AND 100),
    CONSTRAINT asset_concurrency_range CHECK (max_concurrency BETWEEN 1 AND 1000),
    CONSTRAINT asset_unit_cost_range CHECK (unit_cost >= 0),
    CONSTRAINT asset_uses_range CHECK (uses >= 0 AND max_uses >= 1)
);
CALL wall_off('asset');
-- Serves the matcher (category, then a literal prefix of the sku) and the list's filters.
CREATE INDEX asset_by_sku ON asset (tenant_id, env, sku_category, sku_code);

-- Slot n of an asset is in use by its capacity while n <= max_concurrency. Rows are added as capacity grows and never
-- deleted: lowering it drains, for a slot above it is not granted again.
CREATE TABLE asset_slot (
    tenant_id    text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    asset_id     text COLLATE "C" NOT NULL,
    slot_no      int NOT NULL,
    -- after an abandoned attempt the slot rests: our tokens protect our books, not the resource outside
    rests_until  timestamptz,
    CONSTRAINT asset_slot_pkey PRIMARY KEY (tenant_id, asset_id, slot_no),
    CONSTRAINT asset_slot_asset_fkey FOREIGN KEY (tenant_id, asset_id) REFERENCES asset,
    CONSTRAINT asset_slot_no_positive CHECK (slot_no >= 1)
);
CALL wall_off('asset_slot');
CREATE INDEX asset_slot_resting ON asset_slot (rests_until, tenant_id) WHERE rests_until IS NOT NULL;

-- One sequence for all assets: every lease of an asset, over all its slots, has a larger token than those before it.
CREATE SEQUENCE fencing_token;

CREATE TABLE lease (
    tenant_id      text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    lease_id       uuid NOT NULL,
    task_id        uuid NOT NULL,
    asset_id       text COLLATE "C" NOT NULL,
    slot_no        int NOT NULL,
    hint_index     int NOT NULL,
    state          text COLLATE "C" NOT NULL DEFAULT 'ACTIVE',
    acquired_at    timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    released_at    timestamptz,
    fencing_token  bigint NOT NULL DEFAULT nextval('fencing_token'),
    unit_cost      numeric(20, 6) NOT NULL,
    currency       text COLLATE "C" NOT NULL,
    sku_category   text COLLATE "C" NOT NULL,
    sku_code       text COLLATE "C" NOT NULL,
    decision       jsonb NOT NULL,
    CONSTRAINT lease_pkey PRIMARY KEY (tenant_id, lease_id),
    CONSTRAINT lease_order_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES task_order,
    CONSTRAINT lease_slot_fkey FOREIGN KEY (tenant_id, asset_id, slot_no) REFERENCES asset_slot,
    CONSTRAINT lease_fencing_token_key UNIQUE (tenant_id, asset_id, fencing_token),
    CONSTRAINT lease_state_known CHECK (state IN ('ACTIVE', 'RELEASED', 'EXPIRED', 'REVOKED')),
    CONSTRAINT lease_released_has_time CHECK ((state = 'ACTIVE') = (released_at IS NULL)),
    CONSTRAINT lease_released_after_acquired CHECK (released_at >= acquired_at)
);
CALL wall_off('lease');
-- Invariant: a slot is held by at most one live lease. Nothing else is needed against overselling.
CREATE UNIQUE INDEX lease_live_slot ON lease (tenant_id, asset_id, slot_no) WHERE state = 'ACTIVE';
-- Invariant: no asset serves two hints of one order.
CREATE UNIQUE INDEX lease_live_asset_of_order ON lease (tenant_id, task_id, asset_id) WHERE state = 'ACTIVE';
CREATE INDEX lease_by_order ON lease (tenant_id, task_id, acquired_at DESC);
CREATE INDEX lease_newest ON lease (tenant_id, acquired_at DESC, lease_id DESC);
CREATE INDEX lease_by_asset ON lease (tenant_id, asset_id, acquired_at DESC, lease_id DESC);
CREATE INDEX lease_expiry ON lease (expires_at, tenant_id) WHERE state = 'ACTIVE';

-- "Somebody freed or changed something here": written in that transaction, deleted by the matcher that looked.
CREATE TABLE match_wanted (
    tenant_id  text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    env        text COLLATE "C" NOT NULL,
    mark_no    bigint GENERATED ALWAYS AS IDENTITY,
    marked_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT match_wanted_pkey PRIMARY KEY (tenant_id, env, mark_no)
);
CALL wall_off('match_wanted');

GRANT SELECT, INSERT, UPDATE ON asset, asset_slot TO ${appRole};
GRANT SELECT, INSERT, UPDATE ON lease TO ${appRole};
GRANT USAGE ON SEQUENCE fencing_token TO ${appRole};
GRANT SELECT, INSERT, DELETE ON match_wanted TO ${appRole};

GRANT SELECT (tenant_id, rests_until) ON asset_slot TO taskorder_system;
CREATE POLICY due_rows ON asset_slot FOR SELECT TO taskorder_system USING (rests_until IS NOT NULL);
GRANT SELECT (tenant_id, state, expires_at) ON lease TO taskorder_system;
CREATE POLICY due_rows ON lease FOR SELECT TO taskorder_system USING (state = 'ACTIVE');
GRANT SELECT (tenant_id, env, marked_at) ON match_wanted TO taskorder_system;
CREATE POLICY due_rows ON match_wanted FOR SELECT TO taskorder_system USING (true);
