/** The workflow of an order: what happens next, never what is true. */
@NullMarked
package dev.taskorder.workflows.order;

import org.jspecify.annotations.NullMarked;
