package dev.taskorder.activities.matching;

import dev.taskorder.activities.tenant.Standing;
import dev.taskorder.api.explain.Blocker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** While nothing may begin for the tenant, that comes before all else that stands in an order's way. */
final class WaitingWhileSuspended implements WaitingReasons {
    private final WaitingReasons others;
    private final Standing standing;

    WaitingWhileSuspended(WaitingReasons others, Standing standing) {
        this.others = others;
        this.standing = standing;
    }

    @Override
    public Optional<Waiting> of(UUID taskId) {
        return others.of(taskId).map(found -> standing.mayBegin() ? found : behindSuspension(found));
    }

    private static Waiting behindSuspension(Waiting found) {
        List<Blocker> all = new ArrayList<>();
        all.add(new Blocker(
                Blocker.TENANT_SUSPENDED,
                "the tenant is suspended or has expired, so nothing new begins for it",
                Map.of(),
                "Activate the tenant, or put its expires_at later"
                        + (found.blockers().isEmpty() ? "" : "; it alone is not enough, see the other blockers")));
        all.addAll(found.blockers());
        return new Waiting(found.place(), all);
    }
}
