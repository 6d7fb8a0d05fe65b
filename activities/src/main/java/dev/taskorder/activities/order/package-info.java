/** Task orders: create, read, cancel, and the steps of their workflow. */
@NullMarked
package dev.taskorder.activities.order;

import org.jspecify.annotations.NullMarked;
