package dev.taskorder.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Requests over so many connections, for so long. */
final class Load {
    private static final double NANOS_PER_MS = 1e6;

    private final int port;
    private final String path;
    private final Supplier<byte[]> bodies;
    private final int connections;

    Load(int port, String path, Supplier<byte[]> bodies, int connections) {
        this.port = port;
        this.path = path;
        this.bodies = bodies;
        this.connections = connections;
    }

    /**
     * What came of it.
     *
     * @param seconds from the first request to the last answer
     * @param millis how long each request took
     * @param perSecond answers in each second, from the first on
     */
    record Result(double seconds, Series millis, List<Long> perSecond) {
        double rate() {
            return millis.size() / seconds;
        }
    }

    /** The next request as soon as the last is answered: as fast as it goes. */
    Result asFastAsItGoes(Duration length) throws Exception {
        long end = System.nanoTime() + length.toNanos();
        return run(length, () -> {
            long begun = System.nanoTime();
            return begun > end ? -1 : begun;
        });
    }

    /**
     * So many requests a second, whatever the answers. A request's time counts from the moment it was due, so a stall
     * counts for all that were held up by it.
     */
    Result paced(double perSecond, Duration length) throws Exception {
        AtomicLong tickets = new AtomicLong();
        long begin = System.nanoTime();
        long end = begin + length.toNanos();
        double interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        return run(length, () -> {
            long due = begin + (long) (tickets.getAndIncrement() * interval);
            if (due > end) {
                return -1;
            }
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return due;
        });
    }

    /**
     * The load of all connections.
     *
     * @param turn when the next request counts as begun, having waited for that moment; negative when there is none
     */
    private Result run(Duration length, LongSupplier turn) throws Exception {
        Series millis = new Series();
        AtomicLongArray perSecond = new AtomicLongArray((int) length.toSeconds() + 1);
        ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
        long begun = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(() -> send(turn, begun, millis, perSecond, failures), "load-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        Exception failure = failures.peek();
        if (failure != null) {
            throw new IOException(failures.size() + " connections of the load failed", failure);
        }
        List<Long> curve = new ArrayList<>();
        for (int second = 0; second < length.toSeconds(); second++) {
            curve.add(perSecond.get(second));
        }
        return new Result(seconds, millis, curve);
    }

    private void send(
            LongSupplier turn,
            long begun,
            Series millis,
            AtomicLongArray perSecond,
            ConcurrentLinkedQueue<Exception> failures) {
        Series mine = new Series();
        try (WireClient wire = new WireClient(port, Orders.TENANT)) {
            for (long due = turn.getAsLong(); due >= 0; due = turn.getAsLong()) {
                WireClient.Answer answer = wire.post(path, bodies.get());
                long now = System.nanoTime();
                if (answer.status() / 100 != 2) {
                    throw new IOException("answered " + answer.status() + ": " + answer.text());
                }
                mine.add((now - due) / NANOS_PER_MS);
                int second = (int) TimeUnit.NANOSECONDS.toSeconds(now - begun);
                perSecond.incrementAndGet(Math.min(second, perSecond.length() - 1));
            }
        } catch (IOException | RuntimeException failed) {
            failures.add(failed);
        }
        millis.addAll(mine);
    }
}
