package dev.taskorder.starter.role;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

final class RoleCondition implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Map<String, @Nullable Object> attributes = metadata.getAnnotationAttributes(InRole.class.getName());
        Object wanted = attributes == null ? null : attributes.get("value");
        String setting = context.getEnvironment().getProperty("taskorder.roles", Role.ALL);
        return wanted instanceof Role role && Role.in(setting).contains(role);
    }
}
