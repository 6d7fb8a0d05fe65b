package dev.taskorder.api.offenders;

import dev.taskorder.starter.offenders.BindsATenant;

/** Breaks two rules: it knows the application, and with it more than the JDK. */
public final class KnowsTheApplication {
    Class<?> known = BindsATenant.class;
}
