/** Runs attempts in this JVM: beats, deadlines and cancellation around an executor, and its result into the store. */
@NullMarked
package dev.taskorder.activities.execution;

import org.jspecify.annotations.NullMarked;
