/** Attempts: what an executor gets and tells, fenced by the attempt's token. */
@NullMarked
package dev.taskorder.activities.attempt;

import org.jspecify.annotations.NullMarked;
