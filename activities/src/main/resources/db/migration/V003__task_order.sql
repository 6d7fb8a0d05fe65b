-- Why: the order's header (spec/task-order.md §2) and the columns by which it is started, matched and checked.

CREATE TABLE task_order (
    tenant_id            text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    task_id              uuid NOT NULL,
    env                  text COLLATE "C" NOT NULL,
    idempotency_key      text COLLATE "C" NOT NULL,
    project_id           text COLLATE "C" NOT NULL,
    external_ref         text COLLATE "C",
    task_type            text COLLATE "C" NOT NULL,
    task_category        text COLLATE "C",
    description          text,
    priority             int NOT NULL,
    timeout_ms           bigint NOT NULL,
    max_total_cost       numeric(20, 6),
    currency             text COLLATE "C" NOT NULL,
    business_value_hint  numeric(20, 6),
    status               text COLLATE "C" NOT NULL DEFAULT 'PENDING',
    created_at           timestamptz NOT NULL DEFAULT now(),
    queued_at            timestamptz,
    started_at           timestamptz,
    finished_at          timestamptz,
    result_code          text,
    result_message       text,
    task_version         int NOT NULL DEFAULT 1,
    updated_at           timestamptz NOT NULL DEFAULT now(),
    lease_ids            uuid[] NOT NULL DEFAULT '{}',
    resource_hints       jsonb NOT NULL,
    constraints          jsonb NOT NULL,
    policy_version       int NOT NULL,
    tags                 text[] NOT NULL,
    input                jsonb NOT NULL,
    output               jsonb,
    -- one hash per field as created, for ever: what a repeated create is compared with
    field_hashes         bytea NOT NULL,
    traceparent          text,

    -- the run: raised by recovery and redrive, so that a start is repeatable and an old run harmless
    run_no               int NOT NULL DEFAULT 1,
    started_run_no       int NOT NULL DEFAULT 0,
    start_due_at         timestamptz NOT NULL DEFAULT now(),
    start_failures       int NOT NULL DEFAULT 0,
    -- when Temporal is next asked whether the workflow lives; NULL: not to be asked
    check_due_at         timestamptz,

    -- execution
    deadline             timestamptz,
    attempt              int NOT NULL DEFAULT 0,
    retries              int NOT NULL DEFAULT 0,
    losses               int NOT NULL DEFAULT 0,
    -- when the next attempt may begin, while none is live
    retry_at             timestamptz,
    cancel_requested_at  timestamptz,
    cancel_requested_by  text,
    cancel_reason        text,

    CONSTRAINT task_order_pkey PRIMARY KEY (tenant_id, task_id),
    -- Invariant: one order per key, for ever. This and nothing else stops ghost orders.
    CONSTRAINT task_order_idempotency_key UNIQUE (tenant_id, env, idempotency_key),
    CONSTRAINT task_order_policy_fkey FOREIGN KEY (tenant_id, policy_version) REFERENCES tenant_policy,
    CONSTRAINT task_order_priority_range CHECK (priority BETWEEN 0 AND 100),
    CONSTRAINT task_order_timeout_range CHECK (timeout_ms BETWEEN 1 AND 2592000000),
    CONSTRAINT task_order_max_total_cost_range CHECK (max_total_cost >= 0),
    CONSTRAINT task_order_key_length CHECK (char_length(idempotency_key) BETWEEN 1 AND 255),
    CONSTRAINT task_order_version_positive CHECK (task_version >= 1),
    CONSTRAINT task_order_status_known CHECK (status IN
        ('PENDING', 'QUEUED', 'RUNNING', 'SUCCESS', 'FAILED', 'CANCELLED', 'TIMEOUT', 'DEAD_LETTER')),
    -- Invariant: the status and the times tell the same story.
    CONSTRAINT task_order_queued_has_time CHECK (status <> 'QUEUED' OR queued_at IS NOT NULL),
    CONSTRAINT task_order_running_has_times CHECK (
        status <> 'RUNNING' OR (started_at IS NOT NULL AND deadline IS NOT NULL AND attempt >= 1)),
    CONSTRAINT task_order_over_has_time CHECK (
        (status IN ('SUCCESS', 'FAILED', 'CANCELLED', 'TIMEOUT', 'DEAD_LETTER')) = (finished_at IS NOT NULL)),
    CONSTRAINT task_order_over_has_result CHECK ((finished_at IS NULL) = (result_code IS NULL)),
    -- Invariant: only a running order holds leases.
    CONSTRAINT task_order_leases_only_while_running CHECK (status = 'RUNNING' OR lease_ids = '{}')
);
CALL wall_off('task_order');

-- Invariant: no transition but those of spec/task-order.md §3, whoever asks.
CREATE FUNCTION task_order_transition_must_be_legal() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.status
            WHEN 'PENDING' THEN NEW.status IN ('QUEUED', 'CANCELLED', 'FAILED')
            WHEN 'QUEUED' THEN NEW.status IN ('RUNNING', 'CANCELLED', 'FAILED', 'DEAD_LETTER')
            WHEN 'RUNNING' THEN NEW.status IN ('SUCCESS', 'FAILED', 'CANCELLED', 'TIMEOUT', 'DEAD_LETTER')
            WHEN 'DEAD_LETTER' THEN NEW.status = 'QUEUED'
            ELSE false END) THEN
        RAISE EXCEPTION 'task order % may not go from % to %', OLD.task_id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'task_order_transition_legal';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER task_order_transition BEFORE UPDATE OF status ON task_order
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION task_order_transition_must_be_legal();

-- The queue, in its exact order, apart for each demand (orders that want the same things stand in one line).
ALTER TABLE task_order ADD COLUMN demand text COLLATE "C" NOT NULL;
CREATE INDEX task_order_queue ON task_order (tenant_id, env, demand, priority DESC, created_at, task_id)
    WHERE status = 'QUEUED' AND cancel_requested_at IS NULL;
-- What the dispatcher starts, in the order it starts it.
CREATE INDEX task_order_to_start ON task_order (tenant_id, priority DESC, created_at, task_id)
    WHERE started_run_no < run_no AND finished_at IS NULL;
-- Running orders by deadline: what maintenance settles when no workflow did.
CREATE INDEX task_order_deadline ON task_order (deadline, tenant_id) WHERE status = 'RUNNING';
-- Open orders by when Temporal is next asked about them.
CREATE INDEX task_order_check_due ON task_order (check_due_at, tenant_id)
    WHERE finished_at IS NULL AND check_due_at IS NOT NULL;
-- Lists: newest first, all and by the selective filters.
CREATE INDEX task_order_newest ON task_order (tenant_id, created_at DESC, task_id DESC);
CREATE INDEX task_order_by_status ON task_order (tenant_id, status, created_at DESC, task_id DESC);
CREATE INDEX task_order_by_external_ref ON task_order (tenant_id, external_ref, created_at DESC, task_id DESC)
    WHERE external_ref IS NOT NULL;
CREATE INDEX task_order_by_project ON task_order (tenant_id, project_id, created_at DESC, task_id DESC);

-- Tags in a table of their own: an array operator is not leakproof and loses its index under row-level security.
CREATE TABLE task_tag (
    tenant_id  text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    tag        text COLLATE "C" NOT NULL,
    task_id    uuid NOT NULL,
    CONSTRAINT task_tag_pkey PRIMARY KEY (tenant_id, tag, task_id),
    CONSTRAINT task_tag_order_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES task_order
);
CALL wall_off('task_tag');

GRANT SELECT, INSERT, UPDATE ON task_order TO ${appRole};
GRANT SELECT, INSERT, DELETE ON task_tag TO ${appRole};

-- The system role sees who has something due, and nothing of what it is.
GRANT SELECT (tenant_id, status, started_run_no, run_no, start_due_at, finished_at, check_due_at, deadline)
    ON task_order TO taskorder_system;
CREATE POLICY due_rows ON task_order FOR SELECT TO taskorder_system USING (finished_at IS NULL);
