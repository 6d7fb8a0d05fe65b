-- Why: a summary by day groups by an expression, of which the planner knows nothing by itself: it takes each entry for a day of its
-- own, and neither shares the work nor keeps it in memory.
CREATE STATISTICS ledger_entry_day ON ((created_at AT TIME ZONE 'UTC')::date) FROM ledger_entry;
