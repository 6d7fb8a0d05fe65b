/** The ledger: every cost and revenue as a transfer between two accounts. */
@NullMarked
package dev.taskorder.api.ledger;

import org.jspecify.annotations.NullMarked;
