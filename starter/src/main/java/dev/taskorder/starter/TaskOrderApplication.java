package dev.taskorder.starter;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the one deployable; {@code taskorder.roles} says what this process does. */
@SpringBootApplication(proxyBeanMethods = false)
public class TaskOrderApplication {
    public static void main(String[] args) {
        SpringApplication.run(TaskOrderApplication.class, args);
    }
}
