package dev.taskorder.starter.startup;

import java.lang.management.ManagementFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Collects once what only starting needed. Without, a JVM with no limit set takes that garbage for the pace of the
 * application and sizes its heap by it: 70 MB more resident, idle, on a machine with 24 GB.
 */
final class StartupGarbage implements ApplicationListener<ApplicationReadyEvent> {
    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        ManagementFactory.getMemoryMXBean().gc();
    }
}
