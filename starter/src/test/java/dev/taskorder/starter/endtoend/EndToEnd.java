package dev.taskorder.starter.endtoend;

import dev.taskorder.starter.TaskOrderApplication;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/**
 * A test of the whole application in local mode, with all roles, over HTTP, on a real PostgreSQL and the Temporal server
 * of the SDK. All such tests share one application and have tenants of their own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = TaskOrderApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.profiles.active=local",
            TestDatabase.WANTED + "=end_to_end",
            "taskorder.local.data-dir=target/end-to-end",
            "taskorder.invariants-every=1s",
            "taskorder.books-every=1s",
            "taskorder.local.temporal=in-jvm",
            "taskorder.local.temporal-port=0"
        })
@Import({TestTenants.class, Stage.class})
@interface EndToEnd {}
