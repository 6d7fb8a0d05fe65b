-- Why: one tenant's checks are claimed, and made due, without reading past those of all others (JdbcOrderRecovery).
CREATE INDEX task_order_check_of_tenant ON task_order (tenant_id, check_due_at)
    WHERE finished_at IS NULL AND check_due_at IS NOT NULL;
