package dev.taskorder.activities.offenders;

import dev.taskorder.api.matching.MatchTrigger;
import java.util.UUID;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Breaks three rules: a public implementation, a transaction of its own, and one by annotation. */
public class BeginsATransaction implements MatchTrigger {
    TransactionTemplate own = new TransactionTemplate();

    @Override
    @Transactional
    public void mark(String env) {}

    @Override
    public Looked runWithin(UUID taskId, String env) {
        return new Looked.NotAtAll();
    }

    @Override
    public void run(String env) {}

    @Override
    public void runFor(UUID taskId, String env) {}
}
