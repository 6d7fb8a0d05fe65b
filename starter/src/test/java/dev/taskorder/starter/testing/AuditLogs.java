package dev.taskorder.starter.testing;

/** Audit logs that nothing can be written to, as if somebody held them for too long. */
public final class AuditLogs {
    private AuditLogs() {}

    /** Until {@link #mend}; one tenant's at a time. */
    public static void breakThatOf(String tenant) {
        run("""
                CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'somebody holds it' USING ERRCODE = '55P03';
                END $$
                """);
        run("CREATE TRIGGER broken BEFORE INSERT ON audit_entry FOR EACH ROW WHEN (NEW.tenant_id = '" + tenant
                + "') EXECUTE FUNCTION broken()");
    }

    public static void mend() {
        run("DROP TRIGGER broken ON audit_entry");
    }

    private static void run(String sql) {
        TestDatabase.asSuperuser("accepting").sql(sql).update();
    }
}
