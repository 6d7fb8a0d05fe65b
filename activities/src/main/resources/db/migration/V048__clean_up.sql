-- Why: what was told goes after the days that the tenant's policy keeps it (retention), and so does what is large of orders that are over:
-- tenant by tenant, a bounded piece at a time. An order's timeline and its entries stay as long as the order.

-- An event is kept so long from when it was seen: who reads on after a pause of two weeks finds what was seen at its end. Null of what
-- was seen before there was this column, which counts from when it happened.
ALTER TABLE task_event ADD COLUMN seen_at timestamptz;
GRANT UPDATE (seen_at) ON task_event TO ${appRole};
GRANT DELETE ON task_event TO ${appRole};
-- Invariant: what nobody saw, and what was seen within a day, is not there for a DELETE, whoever asks and whatever a policy says.
CREATE POLICY kept_rows ON task_event AS RESTRICTIVE FOR DELETE
    USING (seq IS NOT NULL AND coalesce(seen_at, occurred_at) < now() - interval '1 day');
COMMENT ON TABLE task_event IS
    'Invariant: an event is never changed: the application''s role may INSERT, SELECT, set seq with env, project_id and seen_at once, and'
    ' DELETE what was seen more than a day ago.';

ALTER TABLE tenant_seq
    -- Invariant: up to this seq its events are gone, all of them; from the next one on they are there, all of them.
    ADD COLUMN removed_to bigint NOT NULL DEFAULT 0,
    -- when its clean-up is next looked at; what a new tenant has is kept for a day at the least
    ADD COLUMN cleans_at timestamptz NOT NULL DEFAULT now() + interval '1 day',
    ADD CONSTRAINT tenant_seq_removed_were_seen CHECK (removed_to BETWEEN 0 AND last);
CREATE INDEX tenant_seq_cleaning ON tenant_seq (cleans_at, tenant_id);
GRANT UPDATE (removed_to, cleans_at) ON tenant_seq TO ${appRole};
GRANT SELECT (tenant_id, cleans_at) ON tenant_seq TO taskorder_system;
CREATE POLICY due_rows ON tenant_seq FOR SELECT TO taskorder_system USING (cleans_at <= now());

-- The first seq of the bound tenant that somebody has still to be told. A handler with a place of its own in the line of events replaces
-- this function by one that is the least of all such places: here, and nowhere else, the clean-up asks what it must keep.
CREATE FUNCTION undelivered_from() RETURNS bigint
    LANGUAGE sql STABLE
    RETURN (SELECT last + 1 FROM tenant_seq WHERE tenant_id = current_tenant());

ALTER TABLE task_order
    -- Invariant: of an order that is over, other than as a DEAD_LETTER, and has a large input, output or progress: when it ended; else
    -- NULL, also once these are removed.
    ADD COLUMN payload_since timestamptz,
    -- when they were removed; NULL: never
    ADD COLUMN payload_removed_at timestamptz,
    ADD CONSTRAINT task_order_payload_is_removed_whole CHECK (
        payload_removed_at IS NULL
        OR (payload_since IS NULL AND finished_at IS NOT NULL AND status <> 'DEAD_LETTER' AND output IS NULL AND input = '{}'));
CREATE INDEX task_order_payload ON task_order (tenant_id, payload_since) WHERE payload_since IS NOT NULL;
GRANT UPDATE (input, payload_since, payload_removed_at) ON task_order TO ${appRole};

-- What takes more than 1 KB where it lies.
CREATE FUNCTION is_large(one jsonb, other jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN coalesce(pg_column_size(one), 0) + coalesce(pg_column_size(other), 0) > 1024;

CREATE FUNCTION task_order_notes_payload() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.payload_since := CASE WHEN NEW.status <> 'DEAD_LETTER' AND (
            is_large(NEW.input, NEW.output)
            OR EXISTS (SELECT FROM attempt
                        WHERE tenant_id = NEW.tenant_id AND task_id = NEW.task_id AND is_large(output, progress)))
        THEN NEW.finished_at END;
    RETURN NEW;
END
$$;
-- Whoever ends it.
CREATE TRIGGER task_order_notes_payload BEFORE UPDATE OF finished_at ON task_order
    FOR EACH ROW WHEN (OLD.finished_at IS DISTINCT FROM NEW.finished_at)
    EXECUTE FUNCTION task_order_notes_payload();

-- Invariant: what an order was created as never changes; its input may go, once, when the order is over.
CREATE FUNCTION task_order_input_must_stay() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the input of task order % may be removed, and not be changed', OLD.task_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'task_order_input_stays';
END
$$;
CREATE TRIGGER task_order_input BEFORE UPDATE OF input ON task_order
    FOR EACH ROW WHEN (NEW.payload_removed_at IS NULL)
    EXECUTE FUNCTION task_order_input_must_stay();

-- Invariant: every change of an order that a caller can see adds one to task_version; so does the removal of its input and output.
DROP TRIGGER task_order_version ON task_order;
CREATE TRIGGER task_order_version BEFORE UPDATE ON task_order
    FOR EACH ROW WHEN (
        NEW.task_version IS DISTINCT FROM OLD.task_version + 1
        AND (NEW.task_version IS DISTINCT FROM OLD.task_version
             OR OLD.status IS DISTINCT FROM NEW.status
             OR OLD.priority IS DISTINCT FROM NEW.priority
             OR OLD.max_total_cost IS DISTINCT FROM NEW.max_total_cost
             OR OLD.tags IS DISTINCT FROM NEW.tags
             OR OLD.description IS DISTINCT FROM NEW.description
             OR OLD.lease_ids IS DISTINCT FROM NEW.lease_ids
             OR OLD.result_code IS DISTINCT FROM NEW.result_code
             OR OLD.result_message IS DISTINCT FROM NEW.result_message
             OR OLD.queued_at IS DISTINCT FROM NEW.queued_at
             OR OLD.started_at IS DISTINCT FROM NEW.started_at
             OR OLD.finished_at IS DISTINCT FROM NEW.finished_at
             OR OLD.cancel_requested_at IS DISTINCT FROM NEW.cancel_requested_at
             OR OLD.payload_removed_at IS DISTINCT FROM NEW.payload_removed_at))
    EXECUTE FUNCTION task_order_version_must_grow();

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE task_order NO FORCE ROW LEVEL SECURITY;
ALTER TABLE attempt NO FORCE ROW LEVEL SECURITY;
UPDATE task_order o SET payload_since = finished_at
 WHERE finished_at IS NOT NULL AND status <> 'DEAD_LETTER' AND (
       is_large(input, output)
       OR EXISTS (SELECT FROM attempt a
                   WHERE a.tenant_id = o.tenant_id AND a.task_id = o.task_id AND is_large(a.output, a.progress)));
ALTER TABLE attempt FORCE ROW LEVEL SECURITY;
ALTER TABLE task_order FORCE ROW LEVEL SECURITY;

-- Days, as V041 makes them; whether one is empty can be told by who sees all rows of it. Nobody but the owner may name a day's table.
CREATE OR REPLACE FUNCTION make_event_days(days int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    day timestamptz;
    part text;
    made int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('make_event_days'));
    SELECT max(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz) INTO day
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'task_event'::regclass;
    WHILE day <= now() + days * interval '1 day' LOOP
        part := 'task_event_' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD');
        EXECUTE format('CREATE TABLE %I (LIKE task_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', part);
        EXECUTE format('CALL wall_off(%L)', part);
        EXECUTE format('CREATE POLICY whole_day ON %I FOR SELECT TO CURRENT_USER USING (true)', part);
        EXECUTE format('ALTER TABLE task_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, day, day + interval '24 hours');
        day := day + interval '24 hours';
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'task_event'::regclass LOOP
        EXECUTE format('CREATE POLICY whole_day ON %s FOR SELECT TO CURRENT_USER USING (true)', part);
    END LOOP;
END
$$;

-- Drops the tables of days that have been over for a day and have no row left, of any tenant; how many. Everybody who writes or reads an
-- event waits while it does: so it gives up after a moment if somebody holds the events, and looks into no table of more than 8 MB, which
-- is one that vacuum has still to come to. What is not dropped now is dropped another time.
CREATE FUNCTION drop_event_days() RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '100ms' AS $$
DECLARE
    part regclass;
    has_rows boolean;
    empty regclass[] := '{}';
    dropped int := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('make_event_days')) THEN
        RETURN 0;
    END IF;
    FOR part IN
        SELECT c.oid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'task_event'::regclass
           AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz <= now() - interval '1 day'
           AND pg_relation_size(c.oid) <= 8 * 1024 * 1024
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', part) INTO has_rows;
        IF NOT has_rows THEN
            empty := empty || part;
        END IF;
    END LOOP;
    IF cardinality(empty) = 0 THEN
        RETURN 0;
    END IF;
    LOCK TABLE ONLY task_event IN ACCESS EXCLUSIVE MODE;
    FOREACH part IN ARRAY empty LOOP
        -- once more, for now nobody can add to it
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', part) INTO has_rows;
        IF NOT has_rows THEN
            EXECUTE format('DROP TABLE %s', part);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
EXCEPTION
    WHEN lock_not_available THEN RETURN 0;
END
$$;
REVOKE ALL ON FUNCTION drop_event_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_event_days TO ${appRole};
