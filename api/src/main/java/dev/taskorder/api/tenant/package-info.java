/** Who a call is for: the tenant's id and the context that carries it. */
@NullMarked
package dev.taskorder.api.tenant;

import org.jspecify.annotations.NullMarked;
