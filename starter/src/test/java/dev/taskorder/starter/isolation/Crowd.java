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
    private final List<Member> members = new ArrayList<>();
    private volatile boolean over;

    Crowd(Http http, Sight sight, List<Planter.Planted> tenants) {
        this.http = http;
        this.sight = sight;
        this.tenants = tenants;
        tenants.forEach(tenant -> members.add(new Member(tenant)));
        members.forEach(Thread::start);
    }

    private final class Member extends Thread {
        private final Planter.Planted tenant;
        private final String[] by;
        private int answered;

        Member(Planter.Planted tenant) {
            super("crowd");
            this.tenant = tenant;
            this.by = Planter.Keys.of(tenant.admin()).headers();
        }

        @Override
        public void run() {
            try {
                for (int i = 0; !over; i++) {
                    look(http.get("/v1/task-orders?limit=5", by));
                    look(http.get("/v1/ledger/entries?limit=5", by));
                    look(http.get("/v1/audit?limit=5", by));
                    if (i % 5 == 0) {
                        look(http.post("/v1/task-orders", Bodies.order("\"task_type\":\"crowd\""), by));
                    }
                }
            } catch (IllegalStateException unanswered) {
                findings.add("the crowd: " + unanswered);
            }
        }

        private void look(Answer answer) {
            String seen = answer.text();
            boolean hasOthers =
                    !sight.leakIn(new Question.Asked("", Map.of(), answer)).isEmpty()
                            || tenants.stream()
                                    .filter(other -> other != tenant)
                                    .map(Planter.Planted::its)
                                    .anyMatch(other -> seen.contains(other.mark) || seen.contains(other.secret));
            if (answer.status() > 299 || hasOthers) {
                findings.add("the crowd: " + seen);
            } else {
                answered++;
            }
        }
    }

    int found() {
        return findings.size();
    }

    /** Ends it: what was found, and who of it had fewer good answers than this. */
    List<String> end(int answers) {
        close();
        List<String> all = new ArrayList<>(findings);
        members.stream()
                .filter(member -> member.answered < answers)
                .forEach(member -> all.add("the crowd: " + member.answered + " good answers, and not " + answers));
        return all;
    }

    @Override
    public void close() {
        over = true;
        for (Thread member : members) {
            try {
                member.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
