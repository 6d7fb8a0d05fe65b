package dev.taskorder.trials;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Looks at the application's database from outside: as its superuser, and from another database of the same server. */
final class Database implements AutoCloseable {
    private static final int PORT_LINE = 3;

    private final Connection connection;

    private Database(Connection connection) {
        this.connection = connection;
    }

    /** Beside that of the application that runs on this data folder: its own statements are not seen there. */
    static Database of(Path dataFolder) throws IOException, SQLException {
        return connected(dataFolder, "postgres");
    }

    /** That of the application which runs on this data folder. */
    static Database ofApplication(Path dataFolder) throws IOException, SQLException {
        return connected(dataFolder, "taskorder");
    }

    private static Database connected(Path dataFolder, String database) throws IOException, SQLException {
        Properties passwords = new Properties();
        try (Reader reader = Files.newBufferedReader(dataFolder.resolve("postgres.credentials"))) {
            passwords.load(reader);
        }
        String port = Files.readAllLines(dataFolder.resolve("postgres/postmaster.pid"))
                .get(PORT_LINE)
                .strip();
        return new Database(DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database,
                "postgres",
                passwords.getProperty("superuser")));
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The rows, each as the text of its columns. */
    List<List<String>> rows(String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(String.valueOf(result.getString(column)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    double number(String sql) throws SQLException {
        return Double.parseDouble(rows(sql).get(0).get(0));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
