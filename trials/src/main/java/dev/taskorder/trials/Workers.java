package dev.taskorder.trials;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads of a trial that do the same at the same time. */
final class Workers {
    private Workers() {}

    /** The work of one of them, who is told which one it is, from 0. */
    interface Work {
        void run(int worker) throws Exception;
    }

    /** Returns when all are done; throws what the first of them threw. */
    static void run(int workers, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                int worker = i;
                all.add(threads.submit(() -> {
                    work.run(worker);
                    return true;
                }));
            }
            for (Future<Boolean> one : all) {
                one.get();
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        } finally {
            threads.shutdownNow();
        }
    }
}
