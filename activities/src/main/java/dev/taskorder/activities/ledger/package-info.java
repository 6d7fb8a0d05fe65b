/** The ledger: postings and their reading. */
@NullMarked
package dev.taskorder.activities.ledger;

import org.jspecify.annotations.NullMarked;
