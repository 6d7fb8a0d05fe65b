-- Why: many orders share a budget, and whoever charges it has it until the commit; so an end settles its money last of all, after its
-- row says that it is over. What that row must then say of its money is asked at the commit.
ALTER TABLE task_order DROP CONSTRAINT task_order_over_holds_no_money;

-- Invariant: nothing is set aside for an order that is over.
CREATE FUNCTION task_order_over_must_hold_no_money() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    left_over numeric;
BEGIN
    SELECT held INTO left_over FROM task_order
     WHERE tenant_id = NEW.tenant_id AND task_id = NEW.task_id AND finished_at IS NOT NULL AND held <> 0;
    IF FOUND THEN
        RAISE EXCEPTION 'task order % is over and % is set aside for it', NEW.task_id, left_over
            USING ERRCODE = 'check_violation', CONSTRAINT = 'task_order_over_holds_no_money';
    END IF;
    RETURN NULL;
END
$$;
-- The condition is evaluated without a call: what holds nothing when it ends costs nothing.
CREATE CONSTRAINT TRIGGER task_order_over_holds_no_money AFTER INSERT OR UPDATE ON task_order
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL AND NEW.held <> 0)
    EXECUTE FUNCTION task_order_over_must_hold_no_money();
