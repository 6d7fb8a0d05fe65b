/** Assets: the scarce things that orders lease. */
@NullMarked
package dev.taskorder.api.asset;

import org.jspecify.annotations.NullMarked;
