package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** Many tenants at once on the same pooled threads. */
@EndToEnd
class MixedTenantsTest {
    private static final int TENANTS = 5;
    private static final int ORDERS_EACH = 9;
    /** Whose setting and clearing are told to the log, so that both can be audited, and tested. */
    private static final Logger BINDINGS =
            (Logger) LoggerFactory.getLogger("dev.taskorder.starter.tenant.TenantBinding");

    private static final String CLEARED = "tenant cleared";

    private final LastWords lastWords = new LastWords();

    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Autowired
    private Faults faults;

    /** What each thread said last about its tenant, and which tenants it has had. */
    private static final class LastWords extends AppenderBase<ILoggingEvent> {
        private final Map<Thread, String> byThread = new ConcurrentHashMap<>();
        private final Map<Thread, Set<String>> bound = new ConcurrentHashMap<>();

        /** On the thread that speaks: some of them share a name. */
        @Override
        protected void append(ILoggingEvent event) {
            String words = event.getFormattedMessage();
            byThread.put(Thread.currentThread(), words);
            if (!words.equals(CLEARED)) {
                bound.computeIfAbsent(Thread.currentThread(), unused -> ConcurrentHashMap.newKeySet())
                        .add(words);
            }
        }

        List<String> threadsOfSeveralTenants() {
            return bound.entrySet().stream()
                    .filter(thread -> thread.getValue().size() > 1)
                    .map(thread -> thread.getKey().getName())
                    .toList();
        }

        List<String> threadsWithTenant() {
            return byThread.entrySet().stream()
                    .filter(said -> !said.getValue().equals(CLEARED))
                    .map(said -> said.getKey().getName())
                    .toList();
        }
    }

    @BeforeEach
    void listen() {
        lastWords.start();
        BINDINGS.setLevel(Level.DEBUG);
        BINDINGS.addAppender(lastWords);
        BINDINGS.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        BINDINGS.detachAppender(lastWords);
        BINDINGS.setLevel(null);
        BINDINGS.setAdditive(true);
    }

    @Test
    void each_call_runs_as_its_own_tenant_and_no_thread_keeps_one() {
        List<Customer> all = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
            Customer customer = customers.fresh();
            customer.asset("shared-name", "\"max_concurrency\":4");
            all.add(customer);
        }
        record Placed(Customer customer, String task) {}
        List<Placed> orders = new ArrayList<>();
        for (int i = 0; i < ORDERS_EACH; i++) {
            for (Customer customer : all) {
                boolean scripted = i % 3 == 0;
                String task = scripted
                        ? customer.order("\"task_type\":\"SCRIPTED\"")
                        : customer.order(Customer.ONE_NET, "\"input\":{\"simulate\":{\"duration_ms\":3}}");
                orders.add(new Placed(customer, task));
            }
        }
        for (Placed order : orders) {
            if ("SCRIPTED"
                    .equals(order.customer().get(order.task()).path("task_type").asString())) {
                ScriptedExecutor.Run run = executor.awaitRun(order.task(), 1);
                assertThat(run.tenant()).isEqualTo(order.customer().tenant());
                assertThat(run.mdc()).containsEntry("tenant", order.customer().tenant());
                run.answers("OK");
            }
        }
        for (Placed order : orders) {
            order.customer().awaitEnd(order.task(), "SUCCESS");
        }
        assertThat(faults.strangers())
                .as("steps that ran as another tenant than their order's")
                .isEmpty();
        assertThat(lastWords.threadsOfSeveralTenants())
                .as("threads that were used again, and said so: without them nothing was shown")
                .anyMatch(name -> name.startsWith("Activity Executor"))
                .anyMatch(name -> name.startsWith("Local Activity Executor"))
                .anyMatch(name -> name.startsWith("http-"));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(lastWords.threadsWithTenant()).isEmpty());
    }
}
