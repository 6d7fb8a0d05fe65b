/** Binds the tenant of a call to its thread: the filter, the context propagator and the background runner. */
@NullMarked
package dev.taskorder.starter.tenant;

import org.jspecify.annotations.NullMarked;
