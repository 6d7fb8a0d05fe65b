package dev.taskorder.starter.devserver;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one stage that they all share, which is set up for the first and torn down after the last; or one of its own to a
 * class that says so.
 */
final class SharedStage implements ExecutionCondition, ParameterResolver, AfterEachCallback, AfterAllCallback {
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
        return stages(context).computeIfAbsent(nameOfStage(context), any -> newStage(), Stage.class);
    }

    /** What a test took away comes back, whether it failed or not; one that has no stage may run beside one that has. */
    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Stage stage = stages(context).get(nameOfStage(context), Stage.class);
        if (stage != null && isGiven(context.getRequiredTestClass())) {
            stage.restore();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (nameOfStage(context) != SharedStage.class) {
            Stage own = stages(context).remove(nameOfStage(context), Stage.class);
            if (own != null) {
                own.close();
            }
        }
    }

    private static ExtensionContext.Store stages(ExtensionContext context) {
        return context.getRoot().getStore(Namespace.create(SharedStage.class));
    }

    private static Class<?> nameOfStage(ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        return test.getAnnotation(OnDevServer.class).ofItsOwn() ? test : SharedStage.class;
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
