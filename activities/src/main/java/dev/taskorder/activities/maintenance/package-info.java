/** What is due although nobody asked: expiries, leftovers, lost workflows. */
@NullMarked
package dev.taskorder.activities.maintenance;

import org.jspecify.annotations.NullMarked;
