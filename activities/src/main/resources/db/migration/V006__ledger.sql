-- Why: every cost and revenue as one transfer. One row debits one account and credits another, so the books balance by construction.
-- Invariant: entries are never changed or deleted: the application's role may only INSERT and SELECT. A correction is a new row.

CREATE TABLE ledger_entry (
    tenant_id        text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    -- derived from what the entry is for: a retried step posts nothing new
    entry_id         text COLLATE "C" NOT NULL,
    entry_no         bigint GENERATED ALWAYS AS IDENTITY,
    task_id          uuid NOT NULL,
    attempt          int,
    phase            text COLLATE "C" NOT NULL,
    kind             text COLLATE "C" NOT NULL,
    debit_account    text COLLATE "C" NOT NULL,
    credit_account   text COLLATE "C" NOT NULL,
    amount           numeric(20, 6) NOT NULL,
    currency         text COLLATE "C" NOT NULL,
    env              text COLLATE "C" NOT NULL,
    project_id       text COLLATE "C" NOT NULL,
    lease_id         uuid,
    sku_category     text COLLATE "C",
    sku_code         text COLLATE "C",
    reverses         text COLLATE "C",
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ledger_entry_pkey PRIMARY KEY (tenant_id, entry_id),
    CONSTRAINT ledger_entry_order_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES task_order,
    CONSTRAINT ledger_entry_lease_fkey FOREIGN KEY (tenant_id, lease_id) REFERENCES lease,
    CONSTRAINT ledger_entry_reverses_fkey FOREIGN KEY (tenant_id, reverses) REFERENCES ledger_entry,
    CONSTRAINT ledger_entry_phase_known CHECK (phase IN ('HOLD', 'POST', 'VOID', 'EXPIRE', 'REVERSE')),
    CONSTRAINT ledger_entry_accounts_differ CHECK (debit_account <> credit_account),
    -- only the execution entry may be for nothing: it says that an attempt ran
    CONSTRAINT ledger_entry_amount_positive CHECK (amount > 0 OR (amount = 0 AND kind = 'execution')),
    CONSTRAINT ledger_entry_reversal_names_its_entry CHECK ((phase = 'REVERSE') = (reverses IS NOT NULL))
);
CALL wall_off('ledger_entry');
CREATE INDEX ledger_entry_by_order ON ledger_entry (tenant_id, task_id, entry_no);

GRANT SELECT, INSERT ON ledger_entry TO ${appRole};
