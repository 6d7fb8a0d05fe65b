package dev.taskorder.activities.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every statement that this module keeps in a constant: read from the classes, so that none can be forgotten. */
public final class Statements {
    private static final Path CLASSES = Path.of("target/classes");
    private static final Pattern BEGINNING = Pattern.compile("(?s)\\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\\b.*");

    private Statements() {}

    /** @param name of its class and its constant, as in {@code QueueTable.HEADS} */
    public record Statement(String name, String sql) {
        /** Whether it reads or writes this table. */
        public boolean concerns(String table) {
            return Pattern.compile("\\b(FROM|JOIN|UPDATE|INTO)\\s+" + table + "\\b")
                    .matcher(sql)
                    .find();
        }

        private boolean beginsWith(Statement other) {
            return !name.equals(other.name) && sql.startsWith(other.sql) && ofSameClass(other);
        }

        private boolean ofSameClass(Statement other) {
            return name.substring(0, name.indexOf('.')).equals(other.name.substring(0, other.name.indexOf('.')));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** In the order of their names. Forms that a method fills in are none yet, nor is what others begin with. */
    public static List<Statement> all() {
        List<Statement> all = constants();
        return all.stream()
                .filter(one -> all.stream().noneMatch(other -> other.beginsWith(one)))
                .toList();
    }

    private static List<Statement> constants() {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .map(Statements::typeIn)
                    .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                    .filter(field -> field.getType() == String.class && Modifier.isStatic(field.getModifiers()))
                    .map(Statements::statement)
                    .filter(statement -> BEGINNING.matcher(statement.sql()).matches())
                    .filter(statement -> !statement.sql().contains("%s"))
                    .sorted((one, other) -> one.name().compareTo(other.name()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> typeIn(Path file) {
        String path = CLASSES.relativize(file).toString();
        try {
            return Class.forName(
                    path.substring(0, path.length() - ".class".length()).replace('/', '.'));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Statement statement(Field field) {
        field.setAccessible(true);
        try {
            String name = field.getDeclaringClass().getSimpleName() + "." + field.getName();
            return new Statement(name, String.valueOf(field.get(null)));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
