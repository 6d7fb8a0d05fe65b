/** Pages and cursors of every list. */
@NullMarked
package dev.taskorder.api.page;

import org.jspecify.annotations.NullMarked;
