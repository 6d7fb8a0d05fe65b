/** The threads that we make ourselves. */
@NullMarked
package dev.taskorder.activities.thread;

import org.jspecify.annotations.NullMarked;
