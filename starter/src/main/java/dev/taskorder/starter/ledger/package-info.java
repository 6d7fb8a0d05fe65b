/** The ledger over HTTP. */
@NullMarked
package dev.taskorder.starter.ledger;

import org.jspecify.annotations.NullMarked;
