/** Task orders over HTTP. */
@NullMarked
package dev.taskorder.starter.order;

import org.jspecify.annotations.NullMarked;
