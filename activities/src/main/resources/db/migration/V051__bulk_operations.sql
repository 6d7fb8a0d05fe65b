-- Why: what a caller asks for of thousands of orders by a filter takes longer than a call. So which orders they are is written down with
-- the call, and maintenance does it, a few at a time; each with what it did in one transaction, so that whoever dies leaves nothing half
-- done, and whoever goes on does nothing twice.
CREATE TABLE bulk_operation (
    tenant_id        text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    operation_id     uuid NOT NULL,
    kind             text COLLATE "C" NOT NULL,
    state            text COLLATE "C" NOT NULL,
    dry_run          boolean NOT NULL,
    filter           jsonb NOT NULL,
    reason           text,
    asked_by         text NOT NULL,
    rate_per_second  int NOT NULL,
    -- how many orders matched when it was asked for: they are frozen
    matched          int NOT NULL,
    done             int NOT NULL DEFAULT 0,
    failed           int NOT NULL DEFAULT 0,
    -- by currency, what it is expected to cost; NULL: it costs nothing
    estimates        jsonb,
    created_at       timestamptz NOT NULL DEFAULT now(),
    finished_at      timestamptz,
    -- when it is next gone on with; NULL: nothing is left to do
    due_at           timestamptz,
    -- up to when its rate is used up
    paced_at         timestamptz NOT NULL DEFAULT now(),
    -- what keeps it from going on: a code; NULL: nothing
    waits_for        text COLLATE "C",
    CONSTRAINT bulk_operation_pkey PRIMARY KEY (tenant_id, operation_id),
    CONSTRAINT bulk_operation_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant,
    CONSTRAINT bulk_operation_kind_known CHECK (kind IN ('CANCEL', 'REDRIVE')),
    CONSTRAINT bulk_operation_state_known CHECK (state IN ('RUNNING', 'DONE', 'ABORTED')),
    CONSTRAINT bulk_operation_counts CHECK (done >= 0 AND failed >= 0 AND done + failed <= matched),
    -- Invariant: it is over when all that it froze is done or failed, or by an abort.
    CONSTRAINT bulk_operation_done_is_all CHECK (dry_run OR state = 'ABORTED' OR (state = 'DONE') = (done + failed = matched)),
    CONSTRAINT bulk_operation_over_has_time CHECK ((state = 'RUNNING') = (finished_at IS NULL)),
    CONSTRAINT bulk_operation_running_is_due CHECK (state <> 'RUNNING' OR due_at IS NOT NULL)
);
CALL wall_off('bulk_operation');
CREATE INDEX bulk_operation_due ON bulk_operation (due_at, tenant_id) WHERE due_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE (state, done, failed, finished_at, due_at, paced_at, waits_for) ON bulk_operation TO ${appRole};
GRANT SELECT (tenant_id, due_at) ON bulk_operation TO taskorder_system;
CREATE POLICY due_rows ON bulk_operation FOR SELECT TO taskorder_system USING (due_at <= now());

-- Without a foreign key to the orders, whose check locks each of them: to freeze thousands would wait for all that go on, and they for it.
-- No order is ever deleted.
CREATE TABLE bulk_operation_order (
    tenant_id     text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    operation_id  uuid NOT NULL,
    task_id       uuid NOT NULL,
    -- TODO → DONE or FAILED; on the way ALONE: to be done by itself, at the operation's rate, or WAKE: done, and its workflow is to be
    -- told, at that rate
    state         text COLLATE "C" NOT NULL DEFAULT 'TODO',
    tries         int NOT NULL DEFAULT 0,
    problem       text,
    CONSTRAINT bulk_operation_order_pkey PRIMARY KEY (tenant_id, operation_id, task_id),
    CONSTRAINT bulk_operation_order_operation_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES bulk_operation,
    CONSTRAINT bulk_operation_order_state_known CHECK (state IN ('TODO', 'ALONE', 'WAKE', 'DONE', 'FAILED')),
    CONSTRAINT bulk_operation_order_failed_has_problem CHECK (state <> 'FAILED' OR problem IS NOT NULL)
);
CALL wall_off('bulk_operation_order');
CREATE INDEX bulk_operation_order_left ON bulk_operation_order (tenant_id, operation_id, state, tries, task_id)
    WHERE state IN ('TODO', 'ALONE', 'WAKE');
CREATE INDEX bulk_operation_order_failed ON bulk_operation_order (tenant_id, operation_id, task_id) WHERE state = 'FAILED';
GRANT SELECT, INSERT, UPDATE (state, tries, problem) ON bulk_operation_order TO ${appRole};
