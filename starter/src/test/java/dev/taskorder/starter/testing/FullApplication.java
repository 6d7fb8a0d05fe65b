package dev.taskorder.starter.testing;

import dev.taskorder.starter.TaskOrderApplication;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/**
 * A test of the whole application over HTTP, on a real PostgreSQL that all such tests share. No Temporal is there:
 * orders are accepted and stay PENDING.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = TaskOrderApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            TestDatabase.WANTED + "=accepting",
            "management.server.port=0",
            "taskorder.roles=api",
            "taskorder.local.default-executor=simulated",
            "taskorder.webhooks.secret-key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            // nothing listens there
            "taskorder.temporal.target=127.0.0.1:1"
        })
@Import({TestTenants.class, TestKeys.class})
public @interface FullApplication {}
