/** Principals as rows: API keys, of which only hashes are kept. */
@NullMarked
package dev.taskorder.activities.principal;

import org.jspecify.annotations.NullMarked;
