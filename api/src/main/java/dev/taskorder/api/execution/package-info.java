/** The executor contract: what an attempt gets and what it gives back. */
@NullMarked
package dev.taskorder.api.execution;

import org.jspecify.annotations.NullMarked;
