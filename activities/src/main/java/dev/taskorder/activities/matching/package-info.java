/** Who gets what: the queue, the choice of assets, the grant. */
@NullMarked
package dev.taskorder.activities.matching;

import org.jspecify.annotations.NullMarked;
