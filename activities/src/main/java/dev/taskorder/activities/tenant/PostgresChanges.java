package dev.taskorder.activities.tenant;

import dev.taskorder.activities.thread.Loop;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.tenant.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Listens to what the triggers of {@code tenant} and the relay of events notify, on a connection of its own. A connection that is
 * lost, or silent when it is asked, may have missed anything.
 */
final class PostgresChanges implements Changes, SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(PostgresChanges.class);
    private static final String SEEN = "taskorder_seen";
    private static final String LISTEN = "LISTEN taskorder_changed; LISTEN " + SEEN;

    /** With the next, less than two seconds: so long may a change by another process go unseen. */
    private static final int HEAR_MS = 500;

    /** However much is heard, the connection is not asked more often. */
    private static final long HEAR_NANOS = TimeUnit.MILLISECONDS.toNanos(HEAR_MS);

    private static final int ANSWER_S = 1;
    private static final int RETRY_MS = 500;
    private static final long STOP_MS = 5_000;

    private final OwnConnections connections;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Loop loop = new Loop(work -> OwnThreads.daemon("changes", work), this::listen, STOP_MS);
    private volatile boolean heard;

    PostgresChanges(OwnConnections connections) {
        this.connections = connections;
    }

    @Override
    public void add(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void tell(TenantId tenant) {
        listeners.forEach(listener -> listener.changed(tenant));
    }

    @Override
    public boolean areHeard() {
        return heard;
    }

    @Override
    public void start() {
        loop.start();
    }

    private void listen() {
        boolean told = false;
        do {
            try (Connection connection = connections.open()) {
                hear(connection);
            } catch (SQLException | RuntimeException e) {
                log.atLevel(told ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.WARN)
                        .log("changes of tenants are not heard of, and looked up each second: {}", e.toString());
                told = !heard;
            } finally {
                heard = false;
                forgetAll();
            }
        } while (!loop.isToStop(RETRY_MS));
    }

    private void hear(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LISTEN);
        }
        PGConnection postgres = connection.unwrap(PGConnection.class);
        forgetAll();
        heard = true;
        long askedAt = System.nanoTime();
        while (!loop.isToStop(0)) {
            tell(postgres.getNotifications(HEAR_MS));
            if (System.nanoTime() - askedAt >= HEAR_NANOS) {
                boolean anythingKnown = listeners.stream().anyMatch(Listener::remembers);
                if (anythingKnown && !connection.isValid(ANSWER_S)) {
                    throw new SQLException("the connection is silent");
                }
                askedAt = System.nanoTime();
            }
        }
    }

    private void tell(PGNotification[] notifications) {
        for (PGNotification notification : notifications) {
            TenantId tenant = new TenantId(notification.getParameter());
            if (notification.getName().equals(SEEN)) {
                listeners.forEach(listener -> listener.eventsSeen(tenant));
            } else {
                tell(tenant);
            }
        }
    }

    private void forgetAll() {
        listeners.forEach(Listener::anythingChanged);
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    /** Before anything is served, and for as long. */
    @Override
    public int getPhase() {
        return 0;
    }
}
