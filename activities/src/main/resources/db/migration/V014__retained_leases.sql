-- Why: an order that ends with lease_policy RETAIN leaves its assets to the next order of the same key (design.md §4, "Retention").

-- Under which key its assets are kept; NULL: they are not. Derived when it is created, from what never changes.
ALTER TABLE task_order ADD COLUMN retention_key text COLLATE "C";

-- A slot that nobody holds may be kept: only an order of this key gets it, or one so urgent that it would else wait.
ALTER TABLE asset_slot
    ADD COLUMN reserved_for   text COLLATE "C",
    ADD COLUMN reserved_until timestamptz,
    -- the lease that ended and left it, by which it is released by call
    ADD COLUMN reserved_lease uuid,
    ADD CONSTRAINT asset_slot_reserved_as_a_whole CHECK (
        (reserved_for IS NULL) = (reserved_until IS NULL) AND (reserved_for IS NULL) = (reserved_lease IS NULL)),
    ADD CONSTRAINT asset_slot_reserved_lease_fkey FOREIGN KEY (tenant_id, reserved_lease) REFERENCES lease;

DROP INDEX asset_slot_withheld;
CREATE INDEX asset_slot_withheld ON asset_slot (tenant_id, asset_id, slot_no)
    WHERE rests_until IS NOT NULL OR reserved_until IS NOT NULL;
CREATE INDEX asset_slot_reserved ON asset_slot (reserved_until, tenant_id) WHERE reserved_until IS NOT NULL;
CREATE INDEX asset_slot_reserved_lease ON asset_slot (tenant_id, reserved_lease) WHERE reserved_lease IS NOT NULL;

-- When the time of a kept slot is up, others may have it: the matcher looks.
GRANT SELECT (reserved_until) ON asset_slot TO taskorder_system;
ALTER POLICY due_rows ON asset_slot USING (rests_until <= now() OR reserved_until <= now());
