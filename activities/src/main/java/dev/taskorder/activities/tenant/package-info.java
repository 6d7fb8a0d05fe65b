/** Transactions: the one place where a transaction begins, always for one tenant or for the system's single question. */
@NullMarked
package dev.taskorder.activities.tenant;

import org.jspecify.annotations.NullMarked;
