-- Why: an order that waits between two attempts can turn out hopeless, like one in the queue. It holds leases and has costs, so its
-- end is a step's work; the matcher only writes down why, and wakes the workflow.
ALTER TABLE task_order
    ADD COLUMN refusal jsonb,
    ADD CONSTRAINT task_order_refused_waits_no_more CHECK (refusal IS NULL OR waits_since IS NULL);
GRANT UPDATE (refusal) ON task_order TO ${appRole};
