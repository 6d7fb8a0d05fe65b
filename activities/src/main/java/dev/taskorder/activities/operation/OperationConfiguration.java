package dev.taskorder.activities.operation;

import dev.taskorder.activities.order.OrderBatches;
import dev.taskorder.activities.tenant.Standing;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.TaskOrders;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Many orders at once: what callers ask for, and what goes on with it. */
@Configuration(proxyBeanMethods = false)
public class OperationConfiguration {
    @Bean
    OperationTable operationTable(JdbcClient jdbc) {
        return new OperationTable(jdbc);
    }

    @Bean
    BulkOperations bulkOperations(TenantTransactions transactions, OperationTable table, OrderBatches orders) {
        return new JdbcBulkOperations(transactions, table, orders);
    }

    @Bean
    BulkWorker.Orders bulkOrders(OrderBatches batches, TaskOrders one, Standing standing) {
        return new BulkWorker.Orders(batches, one, standing);
    }

    @Bean
    BulkWork bulkWork(
            TenantTransactions transactions,
            SystemTransactions system,
            JdbcClient jdbc,
            OperationTable table,
            BulkWorker.Orders orders) {
        return new BulkWorker(transactions, system, jdbc, table, orders);
    }
}
