package dev.taskorder.starter.offenders;

import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.TenantContextPropagator;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.SignalMethod;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Each breaks a rule: it comes in where nothing binds or checks a tenant. */
public final class GoesPastTheEntry {
    private GoesPastTheEntry() {}

    public static final class ByWorker {
        WorkerFactory unchecked(WorkflowClient client) {
            return WorkerFactory.newInstance(client);
        }
    }

    public static final class ByHeader {
        void believe(TenantContextPropagator header, TenantId tenant) {
            header.setCurrentContext(tenant);
        }
    }

    public interface BySignal {
        @SignalMethod
        void change(TenantId tenant);
    }

    public static final class ByAnnotation {
        @EventListener
        void begin(Object anything) {}
    }

    @RestController
    public static final class ByPath {
        @GetMapping("/back-door")
        public String open() {
            return "";
        }
    }
}
