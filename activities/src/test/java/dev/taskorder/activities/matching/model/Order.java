package dev.taskorder.activities.matching.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An order of the world: what it was created as, and what became of it. */
public final class Order {
    /** Where an order is; between two attempts it waits and holds leases at once. */
    public enum State {
        WAITS,
        RUNS,
        BETWEEN,
        OVER
    }

    /**
     * @param name by which steps and answers speak of it
     * @param value what success is worth; null if it does not say
     * @param maxRetries null if its policy decides
     */
    public record Header(
            String name,
            UUID id,
            String taskType,
            Demand demand,
            @Nullable BigDecimal maxTotalCost,
            @Nullable BigDecimal value,
            @Nullable Integer maxRetries) {}

    /** A live lease. */
    public record Lease(int hint, String asset, int slot) {}

    final Header header;
    final long createdAt;
    final List<Lease> leases = new ArrayList<>();
    /** Assets that no attempt of it has had yet. */
    final Set<String> unused = new HashSet<>();
    /** Assets that it gave back because they were bad. */
    final Set<String> avoided = new HashSet<>();

    int priority;
    State state = State.WAITS;
    long waitsSince;
    /** What all its leases cost, those it has and those it had, and its executor in each attempt. */
    BigDecimal spent = BigDecimal.ZERO;

    int retries;
    /** Whether it is to end between two attempts, for which it has books to close first. */
    boolean refused;

    Order(Header header, int priority, long createdAt) {
        this.header = header;
        this.priority = priority;
        this.createdAt = createdAt;
        this.waitsSince = createdAt;
    }

    public Header header() {
        return header;
    }

    public String name() {
        return header.name();
    }

    public UUID id() {
        return header.id();
    }

    public Demand demand() {
        return header.demand();
    }

    public int priority() {
        return priority;
    }

    public long createdAt() {
        return createdAt;
    }

    public long waitsSince() {
        return waitsSince;
    }

    public State state() {
        return state;
    }

    public List<Lease> leases() {
        return List.copyOf(leases);
    }

    public Set<String> avoided() {
        return Set.copyOf(avoided);
    }

    public BigDecimal spent() {
        return spent;
    }

    public int retries() {
        return retries;
    }

    public boolean waits() {
        return !refused && (state == State.WAITS || state == State.BETWEEN);
    }

    /** Whether both stand in the queue for the same. One between two attempts wants what nobody else wants. */
    boolean isTwinOf(Order other) {
        return state == State.WAITS && other.state == State.WAITS && demand().equals(other.demand());
    }

    boolean holds(String asset) {
        return leases.stream().anyMatch(lease -> lease.asset().equals(asset));
    }

    /** How many assets the hint still wants. */
    int missing(int hint) {
        return demand().hints().get(hint).minCount()
                - (int) leases.stream().filter(lease -> lease.hint() == hint).count();
    }
}
