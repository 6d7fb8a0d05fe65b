/** What this process does: {@code taskorder.roles}. */
@NullMarked
package dev.taskorder.starter.role;

import org.jspecify.annotations.NullMarked;
