package dev.taskorder.starter.temporal;

import io.temporal.api.common.v1.Payload;
import io.temporal.common.context.ContextPropagator;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.GlobalDataConverter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries the order's {@code traceparent} as a header and puts its trace id into the log lines on the way. */
final class TraceContextPropagator implements ContextPropagator {
    private static final String HEADER = "traceparent";
    static final String MDC_KEY = "trace_id";
    private static final int TRACE_ID_AT = 3;
    private static final int TRACE_ID_END = 35;

    private final ThreadLocal<@Nullable String> current = new ThreadLocal<>();

    @Override
    public String getName() {
        return "taskorder-trace";
    }

    @Override
    public @Nullable Object getCurrentContext() {
        return current.get();
    }

    @Override
    public void setCurrentContext(@Nullable Object context) {
        if (context instanceof String traceparent && traceparent.length() > TRACE_ID_END) {
            current.set(traceparent);
            MDC.put(MDC_KEY, traceparent.substring(TRACE_ID_AT, TRACE_ID_END));
        } else {
            current.remove();
            MDC.remove(MDC_KEY);
        }
    }

    @Override
    public Map<String, Payload> serializeContext(@Nullable Object context) {
        return context instanceof String traceparent
                ? Map.of(
                        HEADER, GlobalDataConverter.get().toPayload(traceparent).orElseThrow())
                : Map.of();
    }

    @Override
    public @Nullable Object deserializeContext(Map<String, Payload> header) {
        Payload payload = header.get(HEADER);
        try {
            return payload == null ? null : GlobalDataConverter.get().fromPayload(payload, String.class, String.class);
        } catch (DataConverterException e) {
            return null; // a trace that cannot be read is no trace
        }
    }
}
