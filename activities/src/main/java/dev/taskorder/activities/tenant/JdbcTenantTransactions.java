package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantContext;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

final class JdbcTenantTransactions implements TenantTransactions {
    private final TransactionTemplate transactions;

    JdbcTenantTransactions(DataSource dataSource) {
        this.transactions = new TransactionTemplate(new TenantTransactionManager(dataSource, TenantContext::required));
    }

    @Override
    public <T> T in(Supplier<T> work) {
        TenantContext.required(); // said before a connection is taken, and not wrapped as a fault of it
        return transactions.execute(status -> work.get());
    }

    @Override
    public void afterCommit(Runnable action) {
        atEnd(action, new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }

    @Override
    public void afterCompletion(Runnable action) {
        atEnd(action, new TransactionSynchronization() {
            @Override
            public void afterCompletion(int status) {
                action.run();
            }
        });
    }

    private static void atEnd(Runnable action, TransactionSynchronization synchronization) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(synchronization);
        } else {
            action.run();
        }
    }
}
