-- Why: the column counts claims, whether their starts failed or not, and is to be called what it is.
ALTER TABLE task_order RENAME COLUMN start_failures TO start_claims;
