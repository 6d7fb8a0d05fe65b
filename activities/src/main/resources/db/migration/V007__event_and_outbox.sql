-- Why: what changed, written with the change; and what must reach Temporal, sent after the commit.

-- Invariant: no change without its event, no event without its change: both are rows of one transaction.
-- event_no is taken after the object's row lock, so it orders the events of one object.
CREATE TABLE task_event (
    tenant_id    text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    event_no     bigint GENERATED ALWAYS AS IDENTITY,
    object_type  text COLLATE "C" NOT NULL,
    object_id    text COLLATE "C" NOT NULL,
    type         text COLLATE "C" NOT NULL,
    occurred_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor        text NOT NULL,
    data         jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT task_event_pkey PRIMARY KEY (tenant_id, event_no)
);
CALL wall_off('task_event');
CREATE INDEX task_event_by_object ON task_event (tenant_id, object_type, object_id, event_no);

-- Signals to workflows. Deleted when sent, or when there is no workflow to take them.
CREATE TABLE outbox (
    tenant_id  text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    outbox_id  bigint GENERATED ALWAYS AS IDENTITY,
    task_id    uuid NOT NULL,
    signal     text COLLATE "C" NOT NULL,
    payload    jsonb,
    due_at     timestamptz NOT NULL DEFAULT now(),
    failures   int NOT NULL DEFAULT 0,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, outbox_id),
    CONSTRAINT outbox_order_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES task_order,
    CONSTRAINT outbox_signal_known CHECK (signal IN ('wake', 'cancel', 'reprioritise'))
);
CALL wall_off('outbox');
CREATE INDEX outbox_due ON outbox (due_at, tenant_id);

GRANT SELECT, INSERT ON task_event TO ${appRole};
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO ${appRole};
GRANT SELECT (tenant_id, due_at) ON outbox TO taskorder_system;
CREATE POLICY due_rows ON outbox FOR SELECT TO taskorder_system USING (true);
