package dev.taskorder.starter.temporal;

import java.util.Arrays;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches in a process whose {@code taskorder.roles} contain {@code worker}. */
final class WorkerRole implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String roles = context.getEnvironment().getProperty("taskorder.roles", "api,worker,maintenance");
        return Arrays.stream(roles.split(",")).map(String::strip).anyMatch("worker"::equals);
    }
}
