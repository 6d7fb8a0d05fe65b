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

    private final OperatorServiceBlockingStub operator;
    private final String namespace;
    private volatile boolean usable;

    AttributeRegistry(Channel channel, String namespace) {
        this.operator = OperatorServiceGrpc.newBlockingStub(channel);
        this.namespace = namespace;
    }

    /** Whether starts may carry them. */
    boolean usable() {
        return usable;
    }

    /** A start was refused for them. */
    void refused() {
        usable = false;
    }

    /** Looks, and registers what is missing; never fails, for orders must start either way. */
    void register() {
        try {
            missing().forEach(this::add);
            usable = true;
        } catch (StatusRuntimeException e) {
            usable = false;
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
