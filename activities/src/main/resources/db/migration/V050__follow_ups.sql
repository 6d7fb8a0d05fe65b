-- Why: the end of an order may create another one, by a rule of its policy. What was created so knows what caused it, and a handler of
-- events knows how far it came, so that it goes on where the last one, of whatever process, ended.

-- Invariant: neither ever changes. The first of a chain has depth 0, and what it causes is one deeper than itself.
ALTER TABLE task_order
    ADD COLUMN caused_by uuid,
    ADD COLUMN depth int NOT NULL DEFAULT 0,
    ADD CONSTRAINT task_order_depth_bounded CHECK (depth BETWEEN 0 AND 8 AND (caused_by IS NULL) = (depth = 0));
CREATE INDEX task_order_caused_by ON task_order (tenant_id, caused_by, created_at, task_id) WHERE caused_by IS NOT NULL;

-- Invariant: there is one as soon as a policy with such rules was in force; all events up to seq are dealt with, and seq only grows.
CREATE TABLE handler_cursor (
    tenant_id  text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    handler    text COLLATE "C" NOT NULL,
    seq        bigint NOT NULL,
    -- not before then: the tenant may not create now
    due_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- how often in a row it could not
    delays     int NOT NULL DEFAULT 0,
    CONSTRAINT handler_cursor_pkey PRIMARY KEY (tenant_id, handler),
    CONSTRAINT handler_cursor_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant
);
CALL wall_off('handler_cursor');
GRANT SELECT, INSERT, UPDATE (seq, due_at, delays) ON handler_cursor TO ${appRole};
GRANT SELECT (tenant_id, handler, seq, due_at) ON handler_cursor TO taskorder_system;
CREATE POLICY due_rows ON handler_cursor FOR SELECT TO taskorder_system USING (due_at <= now());
GRANT SELECT (tenant_id, last) ON tenant_seq TO taskorder_system;
CREATE POLICY follow_ups_due ON tenant_seq FOR SELECT TO taskorder_system
    USING (EXISTS (SELECT FROM handler_cursor h WHERE h.tenant_id = tenant_seq.tenant_id));

CREATE OR REPLACE FUNCTION undelivered_from() RETURNS bigint
    LANGUAGE sql STABLE
    RETURN least(
        (SELECT last + 1 FROM tenant_seq WHERE tenant_id = current_tenant()),
        webhooks_undelivered_from(),
        (SELECT min(seq) + 1 FROM handler_cursor WHERE tenant_id = current_tenant()));

-- From the policy's first day on: what was seen before it was in force is of orders that are older than its rules.
CREATE FUNCTION tenant_has_follow_ups() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO handler_cursor (tenant_id, handler, seq)
    SELECT s.tenant_id, 'follow_ups', s.last
      FROM tenant_seq s
      JOIN tenant_policy p ON p.tenant_id = s.tenant_id AND p.version = NEW.active_policy
     WHERE s.tenant_id = NEW.tenant_id AND p.body -> 'follow_ups' <> '[]'
    ON CONFLICT ON CONSTRAINT handler_cursor_pkey DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER tenant_has_follow_ups AFTER UPDATE OF active_policy ON tenant FOR EACH ROW EXECUTE FUNCTION tenant_has_follow_ups();

-- Rules that were posted before they had an effect have one from now on. The owner is behind the wall too.
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_policy NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_seq NO FORCE ROW LEVEL SECURITY;
ALTER TABLE handler_cursor NO FORCE ROW LEVEL SECURITY;
INSERT INTO handler_cursor (tenant_id, handler, seq)
SELECT t.tenant_id, 'follow_ups', s.last
  FROM tenant t
  JOIN tenant_seq s ON s.tenant_id = t.tenant_id
  JOIN tenant_policy p ON p.tenant_id = t.tenant_id AND p.version = t.active_policy
 WHERE p.body -> 'follow_ups' <> '[]';
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_policy FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_seq FORCE ROW LEVEL SECURITY;
ALTER TABLE handler_cursor FORCE ROW LEVEL SECURITY;
