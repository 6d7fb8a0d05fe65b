package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantId;
import javax.sql.DataSource;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

final class JdbcOtherTenantTransactions implements OtherTenantTransactions {
    private final DataSource dataSource;
    private final SQLExceptionTranslator faults;

    JdbcOtherTenantTransactions(DataSource dataSource, SQLExceptionTranslator faults) {
        this.dataSource = dataSource;
        this.faults = faults;
    }

    @Override
    public void run(TenantId tenant, Runnable work) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a transaction is open on this thread; write for another after its end");
        }
        new TransactionTemplate(new TenantTransactionManager(
                        dataSource, faults, () -> tenant, TenantTransactionManager.Commit.DURABLE, new Commits()))
                .executeWithoutResult(status -> work.run());
    }
}
