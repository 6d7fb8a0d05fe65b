-- Why: an order that waits for a budget starts when the budget's period turns, although nobody asks then: maintenance finds what
-- is due by the index budget_turning.
GRANT SELECT (tenant_id, turns_at) ON budget TO taskorder_system;
CREATE POLICY due_rows ON budget FOR SELECT TO taskorder_system USING (turns_at <= now());
