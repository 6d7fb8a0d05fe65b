package dev.taskorder.starter.local;

import dev.taskorder.starter.startup.Stopping;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/** The one line on standard output that people and scripts wait for. */
final class ReadyLine implements ApplicationListener<ApplicationReadyEvent> {
    private final LocalServers servers;
    private final Environment environment;

    ReadyLine(LocalServers servers, Environment environment) {
        this.servers = servers;
        this.environment = environment;
    }

    /** Once Temporal is there too, or it is certain that it will not come: orders are accepted either way. */
    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        var unused = servers.temporalUp().whenComplete((up, failure) -> {
            if (!Stopping.isAsked()) {
                print(failure == null);
            }
        });
    }

    @SuppressWarnings("SystemOut") // not a log line: scripts wait for it, whatever the log looks like
    private void print(boolean temporalIsUp) {
        String url = "http://127.0.0.1:" + environment.getProperty("local.server.port");
        String temporal = temporalIsUp ? servers.temporal().inWords() : "no Temporal (see the log): orders wait";
        System.out.println("ready: " + url + " · Swagger UI " + url + "/swagger-ui.html · " + temporal);
    }
}
