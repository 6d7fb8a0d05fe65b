/** Trials against real processes: each starts what it needs, measures it, and stops it again. */
@NullMarked
package dev.taskorder.trials;

import org.jspecify.annotations.NullMarked;
