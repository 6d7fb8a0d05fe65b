package dev.taskorder.activities.testing;

import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The dispatcher's short way, open for the tenants that ask for it; keeps what came along. */
public final class ShortWay implements StartAtOnce {
    private final Set<TenantId> open = ConcurrentHashMap.newKeySet();
    private final List<StartDue> started = new ArrayList<>();
    private int taken;
    private int closed;

    public void openFor(TenantId tenant) {
        open.add(tenant);
    }

    public synchronized List<StartDue> startedOf(TenantId tenant) {
        return started.stream().filter(start -> start.tenant().equals(tenant)).toList();
    }

    /** Places that were taken and not closed. */
    public synchronized int left() {
        return taken - closed;
    }

    public synchronized int taken() {
        return taken;
    }

    @Override
    public synchronized Optional<Place> place() {
        if (!open.contains(TenantContext.required())) {
            return Optional.empty();
        }
        taken++;
        return Optional.of(new Taken());
    }

    private final class Taken implements Place {
        @Override
        public void start(StartDue claimed) {
            synchronized (ShortWay.this) {
                started.add(claimed);
            }
        }

        @Override
        public void close() {
            synchronized (ShortWay.this) {
                closed++;
            }
        }
    }
}
