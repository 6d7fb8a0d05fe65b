/** How fast tenants may create: a bucket of tokens for each, in this process. */
@NullMarked
package dev.taskorder.starter.rate;

import org.jspecify.annotations.NullMarked;
