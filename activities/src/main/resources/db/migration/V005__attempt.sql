-- Why: one row per attempt holds what the executor tells, so that histories carry codes only and a zombie's token is worthless.

CREATE TABLE attempt (
    tenant_id       text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    task_id         uuid NOT NULL,
    number          int NOT NULL,
    token           uuid NOT NULL,
    executor        text NOT NULL,
    state           text COLLATE "C" NOT NULL DEFAULT 'GRANTED',
    granted_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    finished_at     timestamptz,
    result_code     text,
    result_message  text,
    progress        jsonb,
    -- running totals of this attempt per kind, as the executor told them last
    costs           jsonb NOT NULL DEFAULT '[]',
    revenue         jsonb NOT NULL DEFAULT '[]',
    lease_outcomes  jsonb NOT NULL DEFAULT '[]',
    output          jsonb,
    -- told after the attempt was given up; posted by nobody but a person
    late_costs      jsonb NOT NULL DEFAULT '[]',
    lease_ids       uuid[] NOT NULL,
    CONSTRAINT attempt_pkey PRIMARY KEY (tenant_id, task_id, number),
    CONSTRAINT attempt_order_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES task_order,
    CONSTRAINT attempt_number_positive CHECK (number >= 1),
    -- GRANTED → RUNNING (once, ever) → ANSWERED (the executor told its result) → ENDED (the order drew its conclusion);
    -- or given up: LOST (its worker is gone), ABANDONED (it may still run), DROPPED (it never began)
    CONSTRAINT attempt_state_known CHECK (state IN
        ('GRANTED', 'RUNNING', 'ANSWERED', 'ENDED', 'LOST', 'ABANDONED', 'DROPPED')),
    CONSTRAINT attempt_begun_has_time CHECK ((state IN ('GRANTED', 'DROPPED')) = (started_at IS NULL)),
    CONSTRAINT attempt_over_has_time CHECK ((state IN ('GRANTED', 'RUNNING')) = (finished_at IS NULL)),
    CONSTRAINT attempt_answer_has_code CHECK (state NOT IN ('ANSWERED', 'ENDED') OR result_code IS NOT NULL)
);
CALL wall_off('attempt');
-- Invariant: an order has at most one attempt that no conclusion was drawn from.
CREATE UNIQUE INDEX attempt_live ON attempt (tenant_id, task_id) WHERE state IN ('GRANTED', 'RUNNING', 'ANSWERED');

GRANT SELECT, INSERT, UPDATE ON attempt TO ${appRole};
