package dev.taskorder.activities.tenant;

import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

final class JdbcSystemTransactions implements SystemTransactions {
    private final TransactionTemplate transactions;

    JdbcSystemTransactions(DataSource dataSource, SQLExceptionTranslator faults) {
        this.transactions = new TransactionTemplate(new SystemTransactionManager(dataSource, faults));
        this.transactions.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.transactions.setReadOnly(true);
    }

    @Override
    public <T> T in(Supplier<T> question) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a tenant's transaction is open on this thread; ask before it begins");
        }
        return transactions.execute(status -> question.get());
    }
}
