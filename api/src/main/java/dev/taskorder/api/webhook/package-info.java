/** Webhooks: who is told of a tenant's events by calls, and what became of them. */
@NullMarked
package dev.taskorder.api.webhook;

import org.jspecify.annotations.NullMarked;
