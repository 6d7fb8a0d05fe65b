package dev.taskorder.activities.control;

import dev.taskorder.activities.tenant.OtherTenantTransactions;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.matching.MatchTrigger;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is paused: to ask, to change and to list. */
@Configuration(proxyBeanMethods = false)
public class ControlConfiguration {
    @Bean
    OrderPauses orderPauses(JdbcClient jdbc) {
        return new JdbcOrderPauses(jdbc);
    }

    @Bean
    PauseList pauseList(SystemTransactions system, OtherTenantTransactions others, JdbcClient jdbc) {
        return new PauseList(system, others, jdbc);
    }

    @Bean
    ControlAdmin controlAdmin(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher, PauseList list) {
        return new JdbcControlAdmin(transactions, jdbc, matcher, list);
    }
}
