/** Policies over HTTP. */
@NullMarked
package dev.taskorder.starter.policy;

import org.jspecify.annotations.NullMarked;
