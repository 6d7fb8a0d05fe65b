/** What is counted for each tenant, with as many names as a scrape can bear. */
@NullMarked
package dev.taskorder.starter.metrics;

import org.jspecify.annotations.NullMarked;
