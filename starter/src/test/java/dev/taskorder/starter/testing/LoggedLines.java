package dev.taskorder.starter.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** All that is logged while it listens, by us down to DEBUG. */
public final class LoggedLines extends AppenderBase<ILoggingEvent> {
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("dev.taskorder");
    private static final Logger ALL = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final Queue<ILoggingEvent> said = new ConcurrentLinkedQueue<>();

    public void listen() {
        start();
        OURS.setLevel(Level.DEBUG);
        ALL.addAppender(this);
    }

    public void listenNoMore() {
        ALL.detachAppender(this);
        OURS.setLevel(null);
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        said.add(event);
    }

    public Queue<ILoggingEvent> events() {
        return said;
    }

    /** Message, context and stack trace of each. */
    public List<String> texts() {
        return said.stream()
                .map(event -> event.getFormattedMessage()
                        + event.getMDCPropertyMap()
                        + ThrowableProxyUtil.asString(event.getThrowableProxy()))
                .toList();
    }
}
