/** What is stopped for a while: orders, events, webhooks, of one tenant or of all. */
@NullMarked
package dev.taskorder.api.control;

import org.jspecify.annotations.NullMarked;
