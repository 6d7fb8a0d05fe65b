/** Budgets over HTTP. */
@NullMarked
package dev.taskorder.starter.budget;

import org.jspecify.annotations.NullMarked;
