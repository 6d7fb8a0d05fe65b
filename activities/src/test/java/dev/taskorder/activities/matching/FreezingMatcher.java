package dev.taskorder.activities.matching;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantId;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Another process, whose matcher freezes when it has its turn and has decided, and has yet to write. */
final class FreezingMatcher {
    static final String SERVED = "it served";
    static final String FAILED = "it failed, and looked again";

    private FreezingMatcher() {}

    /** Starts it for this tenant; sessions begin with the statement. */
    static Process start(TenantId tenant, String firstStatement) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-XX:TieredStopAtLevel=1",
                        "-D" + TestDatabase.PORT + "=" + TestDatabase.get().port(),
                        FreezingMatcher.class.getName(),
                        tenant.value(),
                        firstStatement)
                .redirectError(ProcessBuilder.Redirect.to(new File("target/freezing-matcher.err")))
                .start();
    }

    /** Whether the process is stopped by a signal. */
    static boolean isFrozen(Process process) {
        return run("ps", "-o", "state=", "-p", Long.toString(process.pid())).startsWith("T");
    }

    static void thaw(Process process) {
        run("kill", "-CONT", Long.toString(process.pid()));
    }

    private static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] args) {
        TenantId tenant = new TenantId(args[0]);
        try (Application app = new Application(2, args[1])) {
            MatchPass.Sources real = app.bean(MatchPass.Sources.class);
            MatchPass.Sources freezing = new MatchPass.Sources(
                    real.queue(),
                    real.places(),
                    real.pool(),
                    real.idlePool(),
                    real.grants(),
                    real.budgets(),
                    real.policies(),
                    (policy, type, category) -> {
                        run(
                                "kill",
                                "-STOP",
                                Long.toString(ProcessHandle.current().pid()));
                        return real.routes().executorFor(policy, type, category);
                    },
                    real.transactions());
            Matcher matcher = new Matcher(
                    app.bean(TenantTransactions.class), freezing, app.bean(DispatchSignal.class), () -> true);
            System.out.println(app.as(tenant, () -> {
                try {
                    matcher.run("prod");
                    return SERVED;
                } catch (DataAccessException | TransactionException e) {
                    app.bean(MatchTrigger.class).run("prod");
                    return FAILED;
                }
            }));
        }
        System.exit(0); // the shared application has threads of its own
    }
}
