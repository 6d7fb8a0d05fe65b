package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.TenantContext;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

final class JdbcTenantTransactions implements TenantTransactions {
    private final TransactionTemplate durable;
    private final TransactionTemplate relaxed;
    private final TransactionTemplate nested;
    private final TransactionTemplate snapshot;

    JdbcTenantTransactions(DataSource dataSource, SQLExceptionTranslator faults, Commits commits) {
        this.durable = begun(dataSource, faults, commits, TenantTransactionManager.Commit.DURABLE);
        this.relaxed = begun(dataSource, faults, commits, TenantTransactionManager.Commit.RELAXED);
        this.nested = begun(dataSource, faults, commits, TenantTransactionManager.Commit.DURABLE);
        this.nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        this.snapshot = begun(dataSource, faults, commits, TenantTransactionManager.Commit.RELAXED);
        this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.snapshot.setReadOnly(true);
    }

    private static TransactionTemplate begun(
            DataSource dataSource,
            SQLExceptionTranslator faults,
            Commits commits,
            TenantTransactionManager.Commit commit) {
        return new TransactionTemplate(
                new TenantTransactionManager(dataSource, faults, TenantContext::required, commit, commits));
    }

    @Override
    public <T> T in(Supplier<T> work) {
        return run(durable, work);
    }

    @Override
    public <T> T relaxed(Supplier<T> work) {
        return run(relaxed, work);
    }

    @Override
    public <T> T apart(Supplier<T> work) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("no transaction is open that the work could be a part of");
        }
        return run(nested, work);
    }

    @Override
    public <T> T snapshot(Supplier<T> questions) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a transaction is open, which may have seen another state");
        }
        return run(snapshot, questions);
    }

    private static <T> T run(TransactionTemplate transactions, Supplier<T> work) {
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
