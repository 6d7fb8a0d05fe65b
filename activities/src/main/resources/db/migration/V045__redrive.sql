-- Why: a dead letter is redriven: the same order stands in the queue again, and a new run of its workflow makes its next attempt. It is
-- to be granted nothing before Temporal has that run: what is granted has a deadline, and a TIMEOUT cannot be redriven.
ALTER TABLE task_order
    -- when it was last taken from the dead letters; NULL: never
    ADD COLUMN redriven_at timestamptz,
    DROP CONSTRAINT task_order_queued_waits,
    -- Invariant: who is queued is owed leases, from the moment that Temporal was told of its run.
    ADD CONSTRAINT task_order_queued_waits CHECK (status <> 'QUEUED' OR waits_since IS NOT NULL OR started_run_no < run_no);
GRANT UPDATE (redriven_at) ON task_order TO ${appRole};

CREATE FUNCTION task_order_joins_line() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.waits_since := clock_timestamp();
    RETURN NEW;
END
$$;
-- Whoever notes the start, the dispatcher or the run's first step. That step has the matcher look.
CREATE TRIGGER task_order_joins_line BEFORE UPDATE OF started_run_no ON task_order
    FOR EACH ROW WHEN (NEW.status = 'QUEUED' AND NEW.waits_since IS NULL AND NEW.started_run_no = NEW.run_no)
    EXECUTE FUNCTION task_order_joins_line();

-- Those that are queued and in no line yet, a few at a time: who cancels all that is open finds them by it.
CREATE INDEX task_order_before_line ON task_order (tenant_id, task_id) WHERE status = 'QUEUED' AND waits_since IS NULL;
