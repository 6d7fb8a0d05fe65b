-- Why: who did what, for which tenant, on which object, with which outcome, from where. It names and tells nothing more: no body,
-- no key and no token is ever a part of it.
-- Invariant: entries are never changed or deleted: the application's role may only INSERT and SELECT.

CREATE TABLE audit_entry (
    tenant_id       text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    entry_no        bigint GENERATED ALWAYS AS IDENTITY,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor           text COLLATE "C" NOT NULL,
    role            text COLLATE "C",
    action          text COLLATE "C" NOT NULL,
    object_type     text COLLATE "C",
    object_id       text COLLATE "C",
    outcome         text COLLATE "C" NOT NULL,
    -- the problem's code, where the outcome is a refusal
    code            text COLLATE "C",
    remote_address  text COLLATE "C",
    trace_id        text COLLATE "C",
    -- set where one entry stands for all that the actor did in that hour
    of_hour         timestamptz,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (tenant_id, entry_no),
    CONSTRAINT audit_entry_outcome_known CHECK (outcome IN ('DONE', 'REFUSED', 'FAILED')),
    CONSTRAINT audit_entry_object_has_a_type CHECK (object_type IS NOT NULL OR object_id IS NULL)
);
CALL wall_off('audit_entry');
CREATE INDEX audit_entry_newest ON audit_entry (tenant_id, at, entry_no);
CREATE INDEX audit_entry_by_object ON audit_entry (tenant_id, object_id, at, entry_no) WHERE object_id IS NOT NULL;
CREATE UNIQUE INDEX audit_entry_one_per_hour ON audit_entry (tenant_id, actor, action, of_hour) WHERE of_hour IS NOT NULL;

GRANT SELECT, INSERT ON audit_entry TO ${appRole};
