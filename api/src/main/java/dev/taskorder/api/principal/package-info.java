/** Who may come in: principals, their roles, and the keys that they come in with. */
@NullMarked
package dev.taskorder.api.principal;

import org.jspecify.annotations.NullMarked;
