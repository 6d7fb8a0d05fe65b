/** The executors that come with the product (api.md, "The built-in executors"). */
@NullMarked
package dev.taskorder.activities.executor;

import org.jspecify.annotations.NullMarked;
