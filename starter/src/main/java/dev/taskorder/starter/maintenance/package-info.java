/** The role that finds what nobody asked about: expiries, leftovers, orders whose workflow is gone. */
@NullMarked
package dev.taskorder.starter.maintenance;

import org.jspecify.annotations.NullMarked;
