-- Why: invariants that only the statements kept, as constraints where that costs next to nothing, else in words.

-- Invariant: every change of an order that a caller can see adds one to task_version, so a write against an old version cannot
-- overwrite (and an ETag cannot lie). The condition is evaluated without a call; only a violation runs the function.
CREATE FUNCTION task_order_version_must_grow() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'task order % was changed without adding one to task_version %', OLD.task_id, OLD.task_version
        USING ERRCODE = 'check_violation', CONSTRAINT = 'task_order_version_grows';
END
$$;
CREATE TRIGGER task_order_version BEFORE UPDATE ON task_order
    FOR EACH ROW WHEN (
        NEW.task_version IS DISTINCT FROM OLD.task_version + 1
        AND (NEW.task_version IS DISTINCT FROM OLD.task_version
             OR OLD.status IS DISTINCT FROM NEW.status
             OR OLD.priority IS DISTINCT FROM NEW.priority
             OR OLD.lease_ids IS DISTINCT FROM NEW.lease_ids
             OR OLD.result_code IS DISTINCT FROM NEW.result_code
             OR OLD.result_message IS DISTINCT FROM NEW.result_message
             OR OLD.queued_at IS DISTINCT FROM NEW.queued_at
             OR OLD.started_at IS DISTINCT FROM NEW.started_at
             OR OLD.finished_at IS DISTINCT FROM NEW.finished_at
             OR OLD.cancel_requested_at IS DISTINCT FROM NEW.cancel_requested_at))
    EXECUTE FUNCTION task_order_version_must_grow();

COMMENT ON COLUMN task_order.task_version IS
    'Invariant: every change of the order adds one. Bookkeeping of its run (starts, checks, the deadline''s clock) is none.';

-- Invariant: what an order was created as never changes, nor what a lease was granted for; so neither does their currency.
-- A change of the contract that lets one of these columns change grants it here, and says so.
REVOKE UPDATE ON task_order, lease FROM ${appRole};
GRANT UPDATE (priority, status, queued_at, started_at, finished_at, result_code, result_message, task_version, updated_at,
    lease_ids, output, run_no, started_run_no, start_due_at, start_claims, check_due_at, deadline, attempt, retries, losses,
    retry_at, cancel_requested_at, cancel_requested_by, cancel_reason) ON task_order TO ${appRole};
GRANT UPDATE (state, expires_at, released_at, fencing_token) ON lease TO ${appRole};

-- A foreign key over the currency would need a third unique index on task_order, which every create and every transition
-- then writes. The statements copy the currency from the order's row instead, which cannot change.
COMMENT ON COLUMN task_order.currency IS
    'Invariant: never changed, and the currency of each of the order''s leases and ledger entries, which copy it.';
COMMENT ON TABLE task_event IS
    'Invariant: an event is never changed or deleted: the application''s role may only INSERT and SELECT.';
COMMENT ON TABLE tenant_policy IS
    'Invariant: a version is never changed or deleted: the application''s role may only INSERT and SELECT.';
