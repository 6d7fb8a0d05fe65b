/** Why an order is where it is, put together from its row, its attempt, its last event and the matcher's own decision. */
@NullMarked
package dev.taskorder.activities.explain;

import org.jspecify.annotations.NullMarked;
