package dev.taskorder.starter.temporal;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc.OperatorServiceBlockingStub;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the namespace knows our search attributes; registers them where it may. Without them orders start all the
 * same, only not findable by them.
 */
final class AttributeRegistry {
    private static final Logger log = LoggerFactory.getLogger(AttributeRegistry.class);

    private static final int CALL_SECONDS_MAX = 5;
    private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final OperatorServiceBlockingStub operator;
    private final String namespace;
    private volatile boolean registered;
    private volatile long settlesNanos = System.nanoTime();
    private volatile long restsNanos = System.nanoTime();

    AttributeRegistry(Channel channel, String namespace) {
        this.operator = OperatorServiceGrpc.newBlockingStub(channel);
        this.namespace = namespace;
    }

    /** Whether starts may carry them. */
    boolean usable() {
        return registered && System.nanoTime() - restsNanos >= 0;
    }

    /**
     * A start was refused for them. Just registered, they are known everywhere in a minute, and such a start waits: an
     * order without them would never be found by them. Later, starts go without, and with them again after a while.
     *
     * @return whether to start without them now
     */
    boolean refused() {
        long now = System.nanoTime();
        if (now - settlesNanos < 0) {
            return false;
        }
        restsNanos = now + REST_NANOS;
        return true;
    }

    /** Looks, and registers what is missing; never fails, for orders must start either way. */
    void register() {
        try {
            missing().forEach(this::add);
            registered = true;
        } catch (StatusRuntimeException e) {
            registered = false;
            log.warn("orders start without search attributes namespace={} why={}", namespace, e.getMessage());
        }
    }

    private OperatorServiceBlockingStub operator() {
        return operator.withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private void add(String name, IndexedValueType type) {
        try {
            var unused = operator()
                    .addSearchAttributes(AddSearchAttributesRequest.newBuilder()
                            .setNamespace(namespace)
                            .putSearchAttributes(name, type)
                            .build());
            settlesNanos = System.nanoTime() + REST_NANOS;
            log.info("search attribute registered namespace={} name={}", namespace, name);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    private Map<String, IndexedValueType> missing() {
        Map<String, IndexedValueType> missing = new HashMap<>(OrderAttributes.TYPES);
        try {
            missing.keySet()
                    .removeAll(operator()
                            .listSearchAttributes(ListSearchAttributesRequest.newBuilder()
                                    .setNamespace(namespace)
                                    .build())
                            .getCustomAttributesMap()
                            .keySet());
        } catch (StatusRuntimeException e) {
            // The in-JVM server can be told of attributes but not asked.
            if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
                throw e;
            }
        }
        return missing;
    }
}
