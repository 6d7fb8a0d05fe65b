package dev.taskorder.starter.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;

/** A test over HTTP of everything in front of the ports, with the ports in memory. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = HttpLayer.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=unused",
            "spring.datasource.username=app",
            "taskorder.database.owner-username=owner",
            "management.server.port=0",
            "taskorder.roles=api"
        })
@interface HttpLayer {
    @EnableAutoConfiguration(
            exclude = {
                DataSourceAutoConfiguration.class,
                FlywayAutoConfiguration.class,
                DataJdbcRepositoriesAutoConfiguration.class
            })
    @ComponentScan({
        "dev.taskorder.starter.problem",
        "dev.taskorder.starter.web",
        "dev.taskorder.starter.tenant",
        "dev.taskorder.starter.security",
        "dev.taskorder.starter.order",
        "dev.taskorder.starter.operation",
        "dev.taskorder.starter.asset",
        "dev.taskorder.starter.audit",
        "dev.taskorder.starter.budget",
        "dev.taskorder.starter.policy",
        "dev.taskorder.starter.control",
        "dev.taskorder.starter.lease",
        "dev.taskorder.starter.metrics",
        "dev.taskorder.starter.ledger",
        "dev.taskorder.starter.event",
        "dev.taskorder.starter.webhook",
        "dev.taskorder.starter.openapi"
    })
    @Import(FakePorts.class)
    class Application {}
}
