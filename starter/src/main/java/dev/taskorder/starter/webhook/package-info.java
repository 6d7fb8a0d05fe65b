/** Webhooks over HTTP, and who makes their calls. */
@NullMarked
package dev.taskorder.starter.webhook;

import org.jspecify.annotations.NullMarked;
