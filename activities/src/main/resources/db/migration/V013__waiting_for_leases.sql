-- Why: an order is owed leases not only while it is QUEUED: it also waits between two attempts, when leases of it are exchanged.
-- Both stand in the matcher's lines, so what makes a line is no longer the status.
ALTER TABLE task_order
    -- since when the matcher owes it leases; NULL: it does not wait for any
    ADD COLUMN waits_since timestamptz,
    -- between two attempts: until when it keeps its good leases while it waits for the others
    ADD COLUMN hold_until timestamptz;

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE task_order NO FORCE ROW LEVEL SECURITY;
UPDATE task_order SET waits_since = queued_at WHERE status = 'QUEUED';
ALTER TABLE task_order FORCE ROW LEVEL SECURITY;

ALTER TABLE task_order
    ADD CONSTRAINT task_order_queued_waits CHECK (status <> 'QUEUED' OR waits_since IS NOT NULL),
    ADD CONSTRAINT task_order_waits_only_while_open CHECK (waits_since IS NULL OR status IN ('QUEUED', 'RUNNING')),
    ADD CONSTRAINT task_order_holds_only_while_waiting CHECK (hold_until IS NULL OR (status = 'RUNNING' AND waits_since IS NOT NULL));
GRANT UPDATE (waits_since, hold_until, demand) ON task_order TO ${appRole};

-- The queue, in its exact order, apart for each demand. An order that waits between two attempts is a demand of its own.
DROP INDEX task_order_queue;
CREATE INDEX task_order_queue ON task_order (tenant_id, env, demand, priority DESC, created_at, task_id)
    WHERE waits_since IS NOT NULL AND cancel_requested_at IS NULL;

-- Given back because it was bad, or taken back by call: its asset serves the order again only if no other could.
ALTER TABLE lease ADD COLUMN exchanged boolean NOT NULL DEFAULT false;
GRANT UPDATE (exchanged) ON lease TO ${appRole};

-- Assets that may serve or come back: what is retired stays for ever, and the matcher reads past it.
CREATE INDEX asset_in_service ON asset (tenant_id, env, sku_category) WHERE status <> 'RETIRED';
-- The few slots that are withheld although nobody holds them.
CREATE INDEX asset_slot_withheld ON asset_slot (tenant_id, asset_id, slot_no) WHERE rests_until IS NOT NULL;
