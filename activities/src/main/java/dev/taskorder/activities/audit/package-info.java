/** The audit log in PostgreSQL: written once, never changed. */
@NullMarked
package dev.taskorder.activities.audit;

import org.jspecify.annotations.NullMarked;
