/** The audit log: who did what, for which tenant, on which object, and what came of it. */
@NullMarked
package dev.taskorder.api.audit;

import org.jspecify.annotations.NullMarked;
