package dev.taskorder.starter.endtoend;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Holds the dispatcher back from one tenant's orders and signals, as if Temporal were away for them alone. */
final class Brake {
    private static final Set<String> CLAIMS = Set.of("claimStarts", "claimSignals");

    private final Set<TenantId> held = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private volatile DispatchSignal signal;

    void hold(String tenant) {
        held.add(new TenantId(tenant));
    }

    void release(String tenant) {
        held.remove(new TenantId(tenant));
        signal.startsDue(new TenantId(tenant));
        signal.signalsDue(new TenantId(tenant));
    }

    /** Lets go and tells nobody. */
    void releaseUntold(String tenant) {
        held.remove(new TenantId(tenant));
    }

    /** Whether the dispatcher wanted to claim this while it was held back, which it forgets then. */
    boolean refused(String tenant, String claim) {
        return refused.contains(tenant + " " + claim);
    }

    void wakes(DispatchSignal dispatcher) {
        signal = dispatcher;
    }

    StartAtOnce on(StartAtOnce way) {
        return () -> held.contains(TenantContext.required()) ? Optional.empty() : way.place();
    }

    DispatchQueue on(DispatchQueue queue) {
        return (DispatchQueue) Proxy.newProxyInstance(
                DispatchQueue.class.getClassLoader(), new Class<?>[] {DispatchQueue.class}, (proxy, method, args) -> {
                    if (CLAIMS.contains(method.getName()) && held.contains(TenantContext.required())) {
                        refused.add(TenantContext.required() + " " + method.getName());
                        return List.of();
                    }
                    try {
                        return method.invoke(queue, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
