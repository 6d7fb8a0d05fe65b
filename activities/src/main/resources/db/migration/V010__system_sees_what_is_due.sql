-- Why: the system's role saw every open order, every live lease and the whole outbox; it now sees rows whose time has come,
-- by the same clock and the same spans as its questions (JdbcDueWork, JdbcDispatchQueue), whose indexes serve them as before.
-- Invariant: nothing that is over and nothing that is only due later is seen by taskorder_system, with two exceptions:
--   an open order whose workflow was started   LookAtAll asks, at start-up and when Temporal seems to have lost its memory, for
--       every tenant that has one, due or not: that question is about all of them, and costs as much as there are
--   a mark of the matcher                      is due from the moment it is written; the second that maintenance waits is
--       only a courtesy to whoever is serving it right now
ALTER POLICY due_rows ON task_order USING (finished_at IS NULL AND (
    check_due_at IS NOT NULL
    OR started_run_no < run_no AND start_due_at <= now()
    OR status = 'RUNNING' AND deadline < now() - interval '60 seconds'));
ALTER POLICY due_rows ON asset_slot USING (rests_until <= now());
ALTER POLICY due_rows ON lease USING (state = 'ACTIVE' AND expires_at < now() - interval '5 seconds');
ALTER POLICY due_rows ON outbox USING (due_at <= now());
