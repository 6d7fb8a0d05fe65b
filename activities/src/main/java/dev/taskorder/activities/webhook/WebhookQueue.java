package dev.taskorder.activities.webhook;

import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is to be sent, for who sends it: at least once, and in the order of the events for each object and webhook. Several processes may
 * take from it. Nothing here waits for a receiver.
 */
public interface WebhookQueue {
    /** Calls of one webhook at a time in a process; 1 of one that fails. */
    int CALLS_PER_WEBHOOK = 8;

    /** Events that are looked at by one {@link #fanOut}. */
    int EVENTS_MAX = 500;

    /**
     * For whom there is something to do.
     *
     * @param fanOut whose events are to be looked at
     * @param send who has calls that are due
     * @param any whether there is any webhook at all that is enabled
     */
    record Due(Set<TenantId> fanOut, Set<TenantId> send, boolean any) {}

    /** A webhook whose owner's key is live no more. */
    record Orphan(TenantId tenant, String webhookId, String ownerKey) {}

    /** Whether this process has the key that secrets are sealed with: without it, it can send nothing. */
    boolean canSend();

    /** Not within a tenant's transaction. */
    Due look();

    /** Not within a tenant's transaction. */
    List<Orphan> orphans();

    /** Disables the bound tenant's webhook, unless somebody with another key has put it meanwhile. */
    void disable(Orphan orphan);

    /**
     * Puts down what is to be sent of the bound tenant's next events, and of what is to be sent again. Of a tenant whose policy has
     * {@code handlers.notifications} switched off, nothing.
     *
     * @return whether there may be more
     */
    boolean fanOut();

    /**
     * Takes calls of the bound tenant that are due: whoever got one makes it within half a minute, or somebody else does. While webhooks
     * are paused there are none.
     *
     * @param inFlight how many calls of a webhook this process is making
     * @param max how many at most
     * @param failingToo whether those of webhooks that fail are wanted
     */
    List<WebhookCall> claim(Map<String, Integer> inFlight, int max, boolean failingToo);

    /** Writes down what became of calls of the bound tenant. What was said before, or belongs to a call that was lost, counts no more. */
    void record(List<WebhookCall.Result> results);

    /** Whose deliveries may have to be forgotten. Not within a tenant's transaction. */
    List<TenantId> tenants();

    /** Forgets deliveries of the bound tenant that were over for longer than its events are kept; whether there may be more. */
    boolean forgetSome();
}
