-- Why: readers of a tenant's events go on from a number, and must miss none that is committed late. An event_no is given when the event is
-- written and seen when it is committed, so events get a second number, seq, when they are seen: dense for each tenant, by one relay at
-- a time (design.md §7). And what was told long ago goes a day at a time, while an order's timeline stays as long as the order.

-- Invariant: per object, event_no is in the order of the changes, for it is given under the object's row lock.
CREATE SEQUENCE task_event_no;
SELECT setval('task_event_no', last_value, is_called) FROM task_event_event_no_seq;
GRANT USAGE ON SEQUENCE task_event_no TO ${appRole};

ALTER TABLE task_event RENAME TO task_event_first;
ALTER TABLE task_event_first ALTER COLUMN event_no DROP IDENTITY;
ALTER TABLE task_event_first ALTER COLUMN event_no SET DEFAULT nextval('task_event_no');
ALTER TABLE task_event_first DROP CONSTRAINT task_event_pkey;
DROP INDEX task_event_by_object;
-- Invariant: seq is null until the event is seen, and neither it nor anything else of the event changes after that.
ALTER TABLE task_event_first
    ADD COLUMN seq bigint,
    -- of what it speaks of, as it was when it was seen
    ADD COLUMN env text COLLATE "C",
    ADD COLUMN project_id text COLLATE "C";
REVOKE ALL ON task_event_first FROM ${appRole};

CREATE TABLE task_event (
    tenant_id    text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    event_no     bigint NOT NULL DEFAULT nextval('task_event_no'),
    object_type  text COLLATE "C" NOT NULL,
    object_id    text COLLATE "C" NOT NULL,
    type         text COLLATE "C" NOT NULL,
    occurred_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor        text NOT NULL,
    data         jsonb NOT NULL DEFAULT '{}',
    seq          bigint,
    env          text COLLATE "C",
    project_id   text COLLATE "C",
    -- the events of one object, and a key that a day's table can have
    CONSTRAINT task_event_pkey PRIMARY KEY (tenant_id, object_type, object_id, event_no, occurred_at),
    CONSTRAINT task_event_seq_positive CHECK (seq > 0)
) PARTITION BY RANGE (occurred_at);
ALTER TABLE task_event_first ADD CONSTRAINT task_event_seq_positive CHECK (seq > 0);
CREATE INDEX task_event_unseen ON task_event (tenant_id, event_no) WHERE seq IS NULL;
CREATE INDEX task_event_by_seq ON task_event (tenant_id, seq) WHERE seq IS NOT NULL;
CALL wall_off('task_event');
-- Invariant: an event is only ever told its seq, once: a row that has one is not there for an UPDATE.
CREATE POLICY unseen_rows ON task_event AS RESTRICTIVE FOR UPDATE USING (seq IS NULL) WITH CHECK (seq IS NOT NULL);
COMMENT ON TABLE task_event IS
    'Invariant: an event is never changed: the application''s role may only INSERT and SELECT, and set seq with env and project_id once.';
GRANT SELECT, INSERT, UPDATE (seq, env, project_id) ON task_event TO ${appRole};
GRANT SELECT (tenant_id, seq) ON task_event TO taskorder_system;
CREATE POLICY due_rows ON task_event FOR SELECT TO taskorder_system USING (seq IS NULL);

-- All of before and of today, as one.
DO $$
BEGIN
    EXECUTE format(
        'ALTER TABLE task_event ATTACH PARTITION task_event_first FOR VALUES FROM (MINVALUE) TO (%L)',
        date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '24 hours');
END
$$;

-- Days (UTC) from the first without a table up to so many after today. Attached, not created as parts: that waits for no writer, and no
-- writer for it. Whoever comes second finds nothing to do.
CREATE FUNCTION make_event_days(days int) RETURNS int
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
        EXECUTE format('ALTER TABLE task_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, day, day + interval '24 hours');
        day := day + interval '24 hours';
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION make_event_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_event_days TO ${appRole};
SELECT make_event_days(7);

-- Invariant: last is the seq of the newest event that was seen; whoever has this row's lock is the relay of that tenant.
CREATE TABLE tenant_seq (
    tenant_id  text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    last       bigint NOT NULL DEFAULT 0,
    CONSTRAINT tenant_seq_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_seq_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant
);
CALL wall_off('tenant_seq');
GRANT SELECT, INSERT, UPDATE (last) ON tenant_seq TO ${appRole};

CREATE FUNCTION tenant_has_seq() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tenant_seq (tenant_id) VALUES (NEW.tenant_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER tenant_has_seq AFTER INSERT ON tenant FOR EACH ROW EXECUTE FUNCTION tenant_has_seq();

-- What is shown of an order for as long as it is there. Invariant: an event of an order is here as soon as it has its seq.
CREATE TABLE timeline (
    tenant_id    text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    task_id      uuid NOT NULL,
    event_no     bigint NOT NULL,
    type         text COLLATE "C" NOT NULL,
    occurred_at  timestamptz NOT NULL,
    actor        text NOT NULL,
    data         jsonb NOT NULL,
    CONSTRAINT timeline_pkey PRIMARY KEY (tenant_id, task_id, event_no)
);
CALL wall_off('timeline');
COMMENT ON TABLE timeline IS
    'Invariant: never changed or deleted: the application''s role may only INSERT and SELECT. No foreign key: it would lock the order.';
GRANT SELECT, INSERT ON timeline TO ${appRole};

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_seq NO FORCE ROW LEVEL SECURITY;
INSERT INTO tenant_seq (tenant_id) SELECT tenant_id FROM tenant;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_seq FORCE ROW LEVEL SECURITY;
