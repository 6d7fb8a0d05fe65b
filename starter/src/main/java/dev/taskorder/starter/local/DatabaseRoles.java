package dev.taskorder.starter.local;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The database and its two logins: one owns and migrates, the other runs the application and owns nothing. */
final class DatabaseRoles {
    static final String SUPERUSER = "postgres";
    static final String OWNER = "taskorder_owner";
    static final String APP = "taskorder_app";
    static final String DATABASE = "taskorder";

    private static final String ROLE_EXISTS = "SELECT 1 FROM pg_roles WHERE rolname = ?";
    private static final String DATABASE_EXISTS = "SELECT 1 FROM pg_database WHERE datname = ?";

    private DatabaseRoles() {}

    /** Creates what is missing and sets the passwords; as the superuser, and as often as one likes. */
    static void ensure(Connection superuser, Credentials credentials) throws SQLException {
        ensureRole(superuser, OWNER, "CREATEROLE", credentials.owner());
        ensureRole(superuser, APP, "NOCREATEROLE", credentials.app());
        if (!exists(superuser, DATABASE_EXISTS, DATABASE)) {
            execute(superuser, "CREATE DATABASE " + DATABASE + " OWNER " + OWNER);
        }
        execute(superuser, "REVOKE ALL ON DATABASE " + DATABASE + " FROM PUBLIC");
        execute(superuser, "GRANT CONNECT ON DATABASE " + DATABASE + " TO " + APP);
    }

    private static void ensureRole(Connection superuser, String role, String attribute, String password)
            throws SQLException {
        if (!exists(superuser, ROLE_EXISTS, role)) {
            execute(superuser, "CREATE ROLE " + role);
        }
        // a password cannot be a bind parameter here; ours is hexadecimal
        execute(superuser, "ALTER ROLE " + role + " LOGIN " + attribute + " PASSWORD '" + password + "'");
    }

    private static boolean exists(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, name);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
