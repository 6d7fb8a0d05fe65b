-- Why: a caller may change the tags and the description of an order that is not over (PATCH), as its priority before.

GRANT UPDATE (tags, description) ON task_order TO ${appRole};

-- Invariant: every change of an order that a caller can see adds one to task_version; these two are seen.
DROP TRIGGER task_order_version ON task_order;
CREATE TRIGGER task_order_version BEFORE UPDATE ON task_order
    FOR EACH ROW WHEN (
        NEW.task_version IS DISTINCT FROM OLD.task_version + 1
        AND (NEW.task_version IS DISTINCT FROM OLD.task_version
             OR OLD.status IS DISTINCT FROM NEW.status
             OR OLD.priority IS DISTINCT FROM NEW.priority
             OR OLD.tags IS DISTINCT FROM NEW.tags
             OR OLD.description IS DISTINCT FROM NEW.description
             OR OLD.lease_ids IS DISTINCT FROM NEW.lease_ids
             OR OLD.result_code IS DISTINCT FROM NEW.result_code
             OR OLD.result_message IS DISTINCT FROM NEW.result_message
             OR OLD.queued_at IS DISTINCT FROM NEW.queued_at
             OR OLD.started_at IS DISTINCT FROM NEW.started_at
             OR OLD.finished_at IS DISTINCT FROM NEW.finished_at
             OR OLD.cancel_requested_at IS DISTINCT FROM NEW.cancel_requested_at))
    EXECUTE FUNCTION task_order_version_must_grow();
