package dev.taskorder.starter.startup;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The oldest PostgreSQL that can keep tenants apart: GRANT … WITH INHERIT FALSE came with 16. */
final class DatabaseVersion {
    static final int MAJOR_MIN = 16;

    private DatabaseVersion() {}

    static void require(DataSource owner) {
        try (Connection connection = owner.getConnection()) {
            DatabaseMetaData server = connection.getMetaData();
            requireAtLeast(server.getDatabaseMajorVersion(), server.getDatabaseProductVersion());
        } catch (SQLException unreachable) {
            throw new StartRefusedException(
                    "The database cannot be reached: " + unreachable.getMessage(),
                    "Check spring.datasource.url and taskorder.database.owner-username and -password, and that the"
                            + " server runs.",
                    unreachable);
        }
    }

    static void requireAtLeast(int major, String version) {
        if (major < MAJOR_MIN) {
            throw new StartRefusedException(
                    "The database is PostgreSQL " + version + "; at least " + MAJOR_MIN + " is needed.",
                    "Give a newer server in spring.datasource.url.");
        }
    }
}
