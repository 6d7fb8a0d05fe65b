package dev.taskorder.starter.demo;

import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.starter.startup.Stopping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** Plays the story on a thread of its own and ends the process with 0 only if every order ended as it should. */
final class Demo implements ApplicationListener<ApplicationReadyEvent> {
    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        if (Stopping.isAsked()) {
            return; // a Ctrl-C while it started: nothing is begun any more
        }
        OwnThreads.lasting("demo", () -> play(ready.getApplicationContext())).start();
    }

    private static void play(ConfigurableApplicationContext application) {
        Environment environment = application.getEnvironment();
        Screen screen = new Screen();
        int exitCode = tell(environment, screen);
        if (Stopping.isAsked()) {
            return;
        }
        if (exitCode == 0 && environment.getProperty("taskorder.demo.keep", Boolean.class, false)) {
            screen.line("The links stay open until Ctrl-C.");
            return;
        }
        System.exit(SpringApplication.exit(application, () -> exitCode));
    }

    private static int tell(Environment environment, Screen screen) {
        try {
            String url = "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port");
            new DemoStory(new DemoApi(url), screen, environment).tell();
            return 0;
        } catch (DemoFailedException failed) {
            failed(screen, failed.getMessage());
        } catch (IOException | UncheckedIOException | CompletionException lost) {
            failed(screen, "the API did not answer (" + lost + ")");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            screen.line("demo interrupted");
        }
        return 1;
    }

    /** What Ctrl-C took away is no failure. */
    private static void failed(Screen screen, @Nullable String why) {
        if (!Stopping.isAsked()) {
            screen.line("demo failed: " + why);
        }
    }
}
