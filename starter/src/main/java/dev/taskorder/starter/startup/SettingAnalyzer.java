package dev.taskorder.starter.startup;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** A setting that only the part that reads it can judge: that part begins its message with the setting's name. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingAnalyzer extends AbstractFailureAnalyzer<IllegalArgumentException> {
    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalArgumentException wrong) {
        String message = String.valueOf(wrong.getMessage());
        return message.startsWith("taskorder.")
                ? new FailureAnalysis(message, "Give another value, or leave the setting out.", wrong)
                : null;
    }
}
