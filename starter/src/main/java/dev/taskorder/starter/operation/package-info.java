/** Many orders at once, over HTTP. */
@NullMarked
package dev.taskorder.starter.operation;

import org.jspecify.annotations.NullMarked;
