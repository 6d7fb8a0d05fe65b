/** Task orders: the contract of spec/task-order.md, its workflow and the steps of that workflow. */
@NullMarked
package dev.taskorder.api.order;

import org.jspecify.annotations.NullMarked;
