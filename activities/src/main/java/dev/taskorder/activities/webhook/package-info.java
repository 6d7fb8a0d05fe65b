/** Webhooks as rows: who is called, what is to be sent, what became of it. */
@NullMarked
package dev.taskorder.activities.webhook;

import org.jspecify.annotations.NullMarked;
