package dev.taskorder.activities.tenant;

import java.sql.Connection;
import java.sql.SQLException;

/** Connections to the database of the pool, as the same role, that are not of the pool: for who keeps one for ever. */
@FunctionalInterface
public interface OwnConnections {
    /** A new one, which the caller closes. */
    Connection open() throws SQLException;
}
