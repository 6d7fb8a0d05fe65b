package dev.taskorder.starter.isolation;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Other tenants that create and read meanwhile, and look at what they get. */
final class Crowd implements AutoCloseable {
    private final Http http;
    private final Sight sight;
    private final List<Planter.Planted> tenants;
    private final Queue<String> findings = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    Crowd(Http http, Sight sight, List<Planter.Planted> tenants) {
        this.http = http;
        this.sight = sight;
        this.tenants = tenants;
        for (Planter.Planted tenant : tenants) {
            Thread thread = new Thread(() -> callAs(tenant), "crowd");
            threads.add(thread);
            thread.start();
        }
    }

    private void callAs(Planter.Planted tenant) {
        String[] by = Planter.Keys.of(tenant.admin()).headers();
        int calls = 0;
        while (!over) {
            look(tenant, http.get("/v1/task-orders?limit=5", by));
            look(tenant, http.get("/v1/ledger/entries?limit=5", by));
            look(tenant, http.get("/v1/audit?limit=5", by));
            if (calls++ % 5 == 0) {
                look(tenant, http.post("/v1/task-orders", Bodies.order("\"task_type\":\"crowd\""), by));
            }
        }
    }

    private void look(Planter.Planted tenant, Answer answer) {
        String seen = answer.text();
        boolean hasOthers =
                !sight.leakIn(new Question.Asked("", Map.of(), answer)).isEmpty()
                        || tenants.stream()
                                .filter(other -> other != tenant)
                                .map(Planter.Planted::its)
                                .anyMatch(other -> seen.contains(other.mark) || seen.contains(other.secret));
        if (answer.status() > 299 || hasOthers) {
            findings.add("the crowd: " + seen);
        }
    }

    /** Ends it: what was found. */
    List<String> end() {
        close();
        return List.copyOf(findings);
    }

    @Override
    public void close() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
