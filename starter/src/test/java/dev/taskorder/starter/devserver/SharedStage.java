package dev.taskorder.starter.devserver;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one stage that they all share; it is set up for the first and torn down after the last. */
final class SharedStage implements ExecutionCondition, ParameterResolver, AfterEachCallback {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (DevServer.program().isPresent()) {
            return ConditionEvaluationResult.enabled("the temporal program is there");
        }
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("CI needs the temporal program: set -Dtaskorder.temporal.program");
        }
        return ConditionEvaluationResult.disabled(
                "no temporal program: neither -Dtaskorder.temporal.program nor the PATH names one");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Stage.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedStage.class))
                .computeIfAbsent(Stage.class, any -> newStage(), Stage.class);
    }

    /** What a test took away comes back, whether it failed or not; one that has no stage may run beside one that has. */
    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Stage stage =
                context.getRoot().getStore(Namespace.create(SharedStage.class)).get(Stage.class, Stage.class);
        if (stage != null && isGiven(context.getRequiredTestClass())) {
            stage.restore();
        }
    }

    private static boolean isGiven(Class<?> test) {
        return Stream.of(test.getDeclaredConstructors())
                .flatMap(constructor -> Stream.of(constructor.getParameterTypes()))
                .anyMatch(Stage.class::equals);
    }

    private static Stage newStage() {
        try {
            return new Stage();
        } catch (IOException e) {
            throw new IllegalStateException("the stage could not be set up", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
