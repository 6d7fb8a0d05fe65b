package dev.taskorder.starter.event;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A response that stays open. It is written as fast as its reader takes it, and nobody waits for that: what the reader has not taken yet
 * stands here. Of any thread.
 */
final class Outlet implements WriteListener, AsyncListener {
    /** Told from any thread; each must be quick. */
    interface Listener {
        /** All that was to be written has left. */
        void hasRoom();

        /** The reader is gone or the response is complete; once. */
        void closed();
    }

    private final AsyncContext async;
    private final ServletOutputStream out;
    private final Listener listener;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private long waitingBytes;
    /** The container can take something; it tells when that is so again. */
    private boolean writable;

    private boolean toFlush;
    /** Nothing comes after what waits. */
    private boolean ending;

    private boolean completed;
    private boolean closed;
    private long movedAt = System.nanoTime();

    private Outlet(AsyncContext async, ServletOutputStream out, Listener listener) {
        this.async = async;
        this.out = out;
        this.listener = listener;
    }

    /** Takes over the response, whose headers are set. */
    static Outlet of(HttpServletRequest request, HttpServletResponse response, Listener listener) throws IOException {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        Outlet outlet = new Outlet(async, response.getOutputStream(), listener);
        async.addListener(outlet);
        outlet.out.setWriteListener(outlet);
        return outlet;
    }

    /** After all that was sent before; nothing if it ends already. */
    void send(byte[] bytes) {
        boolean emptied;
        synchronized (this) {
            if (ending || closed) {
                return;
            }
            if (waiting.isEmpty()) {
                movedAt = System.nanoTime();
            }
            waiting.add(bytes);
            waitingBytes += bytes.length;
            emptied = drain();
        }
        tell(emptied);
    }

    /** Ends after these bytes, which come after all that was sent before. */
    void end(byte[] last) {
        boolean emptied;
        synchronized (this) {
            if (ending || closed) {
                return;
            }
            waiting.add(last);
            waitingBytes += last.length;
            ending = true;
            emptied = drain();
        }
        tell(emptied);
    }

    /** Ends with these bytes in place of all that the reader has not taken. */
    void cut(byte[] last) {
        synchronized (this) {
            if (!ending) {
                waiting.clear();
                waitingBytes = 0;
            }
        }
        end(last);
    }

    /** Ends although the last bytes have not left. The container may hold a thread for it for as long as a write may take. */
    void force() {
        synchronized (this) {
            complete();
        }
    }

    synchronized long waitingBytes() {
        return waitingBytes;
    }

    /** For how long the reader has taken nothing of what waits for it; 0 if nothing does. */
    synchronized long stalledNanos() {
        return waiting.isEmpty() && !toFlush ? 0 : System.nanoTime() - movedAt;
    }

    /** Whether nothing more can be sent. */
    synchronized boolean isOver() {
        return ending || completed || closed;
    }

    @Override
    public void onWritePossible() {
        boolean emptied;
        synchronized (this) {
            writable = true;
            movedAt = System.nanoTime();
            emptied = drain();
        }
        tell(emptied);
    }

    /** True if all that waited has left now. */
    private boolean drain() {
        if (closed || completed) {
            return false;
        }
        boolean any = !waiting.isEmpty() || toFlush;
        try {
            while (writable && !waiting.isEmpty()) {
                byte[] next = waiting.remove();
                waitingBytes -= next.length;
                out.write(next);
                toFlush = true;
                movedAt = System.nanoTime();
                writable = out.isReady();
            }
            if (writable && toFlush) {
                toFlush = false;
                out.flush();
                writable = out.isReady();
            }
        } catch (IOException | IllegalStateException gone) {
            complete();
            return false;
        }
        boolean empty = waiting.isEmpty() && !toFlush;
        if (empty && ending && writable) {
            complete();
        }
        return empty && any;
    }

    private void complete() {
        if (completed || closed) {
            return;
        }
        completed = true;
        waiting.clear();
        waitingBytes = 0;
        try {
            async.complete();
        } catch (IllegalStateException overAlready) {
            // the container was sooner, and says so to its listeners
        }
    }

    private void tell(boolean emptied) {
        if (emptied) {
            listener.hasRoom();
        }
    }

    private void closed() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            waiting.clear();
            waitingBytes = 0;
        }
        listener.closed();
    }

    @Override
    public void onError(@Nullable Throwable gone) {
        synchronized (this) {
            complete();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        closed();
    }

    @Override
    public void onError(AsyncEvent event) {
        synchronized (this) {
            complete();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // there is none
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // once is all
    }
}
