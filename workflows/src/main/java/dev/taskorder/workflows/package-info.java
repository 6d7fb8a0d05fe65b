/** Deterministic code: how an order goes, step by step. */
@NullMarked
package dev.taskorder.workflows;

import org.jspecify.annotations.NullMarked;
