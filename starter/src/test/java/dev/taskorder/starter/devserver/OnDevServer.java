package dev.taskorder.starter.devserver;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test on the real dev server: the program that the property {@code taskorder.temporal.program} names, else the one on
 * the PATH. Without it the test is skipped, and fails where the variable {@code CI} is {@code true}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SharedStage.class)
@interface OnDevServer {
    /** Whether its tests have servers and an application that no other class has, until the last of them is over. */
    boolean ofItsOwn() default false;
}
