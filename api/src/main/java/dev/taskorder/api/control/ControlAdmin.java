package dev.taskorder.api.control;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Pauses and resumes for the bound tenant; with the installation bound, for all tenants. The two know nothing of each other: what is
 * paused for all and for one goes on when both are resumed.
 */
public interface ControlAdmin {
    /** What waits for a pause to be over is counted to here; this many may be any more. */
    int WAITING_MAX = 100_000;

    /**
     * A pause and what it holds up.
     *
     * @param waiting how many orders would go on without it, or how many events have no {@code seq} yet, or how many deliveries are to be
     *     made; counted to {@link #WAITING_MAX}
     */
    record Shown(Pause pause, long waiting) {}

    /**
     * From now on this does not go on. In force in every process from the answer on. One that is paused stays
     * as it is, with who, since when and why of the first; another mode takes the place of the one before.
     *
     * @param mode null: hold, or as it is if it is paused
     */
    Shown pause(Pause.What what, Pause.@Nullable Mode mode, @Nullable String reason, Caller caller);

    /**
     * It goes on; what waited begins in the order of the queue. Of what is not paused nothing is changed.
     *
     * @return the pause that was; empty if there was none
     */
    Optional<Pause> resume(Pause.What what, @Nullable String reason, Caller caller);

    /** All pauses, whichever tenant is bound: first those of all tenants, then by tenant. */
    Page<Shown> list(PageRequest page);
}
