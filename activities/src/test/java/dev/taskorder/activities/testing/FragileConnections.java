package dev.taskorder.activities.testing;

import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections of which one is killed at a chosen point: before a statement, before a commit, or after a commit whose answer
 * is then lost. The points of all connections are counted together.
 */
public final class FragileConnections implements UnaryOperator<DataSource> {
    private static final int NEVER = Integer.MAX_VALUE;
    private static final String CONNECTION_LOST = "08006";

    private final AtomicInteger passed = new AtomicInteger();
    private volatile int fatal = NEVER;

    /** From now on the n-th point, from 1, is fatal; all others are passed. */
    public void killAt(int point) {
        passed.set(0);
        fatal = point;
    }

    /** No further point is fatal. */
    public void beSturdy() {
        fatal = NEVER;
    }

    /** Whether the chosen point was reached. */
    public boolean hasKilled() {
        return passed.get() >= fatal;
    }

    @Override
    public DataSource apply(DataSource sturdy) {
        return new DelegatingDataSource(sturdy) {
            @Override
            public Connection getConnection() throws SQLException {
                return fragile(super.getConnection());
            }
        };
    }

    private Connection fragile(Connection connection) {
        return proxy(Connection.class, (method, args) -> switch (method.getName()) {
            case "prepareStatement" -> fragile((PreparedStatement) call(connection, method, args), connection);
            case "commit" -> commit(connection, method);
            default -> call(connection, method, args);
        });
    }

    private PreparedStatement fragile(PreparedStatement statement, Connection connection) {
        return proxy(PreparedStatement.class, (method, args) -> {
            if (method.getName().startsWith("execute")) {
                pass(connection);
            }
            return call(statement, method, args);
        });
    }

    private @Nullable Object commit(Connection connection, Method method) throws Throwable {
        pass(connection);
        Object done = call(connection, method, null);
        if (pass(connection)) {
            throw new SQLException("committed, and the answer is lost", CONNECTION_LOST);
        }
        return done;
    }

    /** Whether this point was the fatal one. */
    private boolean pass(Connection connection) throws SQLException {
        if (passed.incrementAndGet() != fatal) {
            return false;
        }
        int backend = connection.unwrap(PGConnection.class).getBackendPID();
        JdbcClient superuser = TestDatabase.get().superuser();
        superuser
                .sql("SELECT pg_terminate_backend(:pid)")
                .param("pid", backend)
                .query()
                .singleRow();
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> superuser
                .sql("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = :pid)")
                .param("pid", backend)
                .query(Boolean.class)
                .single());
        return true;
    }

    private interface Handler {
        @Nullable
        Object handle(Method method, Object @Nullable [] args) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> handler.handle(method, args)));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
