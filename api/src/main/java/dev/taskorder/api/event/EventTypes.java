package dev.taskorder.api.event;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Every type that an event can have ({@code docs/events.md} says what each means). */
public final class EventTypes {
    public static final Set<String> ALL = Set.of(
            "asset.banned",
            "asset.changed",
            "budget.exhausted",
            "budget.nearing",
            "budget.updated",
            "lease.acquired",
            "lease.expired",
            "lease.released",
            "lease.revoked",
            "policy.activated",
            "task_order.cancelled",
            "task_order.created",
            "task_order.dead_lettered",
            "task_order.failed",
            "task_order.follow_up_refused",
            "task_order.progress",
            "task_order.queued",
            "task_order.redriven",
            "task_order.retrying",
            "task_order.running",
            "task_order.succeeded",
            "task_order.timed_out",
            "task_order.updated",
            "tenant.created",
            "tenant.paused",
            "tenant.resumed",
            "tenant.suspended",
            "tenant.updated",
            "webhook.disabled");

    private EventTypes() {}

    /** Matches each of them, and nothing else. */
    public static Pattern pattern() {
        return Pattern.compile(new TreeSet<>(ALL).stream().map(Pattern::quote).collect(Collectors.joining("|")));
    }
}
