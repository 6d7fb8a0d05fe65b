package dev.taskorder.starter.local;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.temporal.internal.testservice.GRPCServerHelper;
import io.temporal.internal.testservice.TestServicesStarter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The SDK's test server inside this process: real time, everything in memory. Assembled here because the SDK's own
 * {@code TestServer.createPortBoundServer} listens on every address of the machine.
 */
final class InJvmTemporal implements LocalTemporal {
    private static final int CLOSE_WAIT_S = 5;

    private final int port;
    private @Nullable Server server;
    private @Nullable TestServicesStarter services;

    InJvmTemporal(int port) {
        this.port = port;
    }

    @Override
    public String target() {
        return "127.0.0.1:" + port;
    }

    @Override
    public Optional<String> uiUrl() {
        return Optional.empty();
    }

    @Override
    public String inWords() {
        return "Temporal " + target() + " (in this JVM: no Web UI, its history is not kept)";
    }

    @Override
    public synchronized void start() {
        boolean realTime = true;
        TestServicesStarter started = new TestServicesStarter(realTime, 0);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address, InsecureServerCredentials.create());
        GRPCServerHelper.registerServicesAndHealthChecks(started.getServices(), builder);
        services = started;
        try {
            server = builder.build().start();
        } catch (IOException cannotListen) {
            throw new UncheckedIOException(cannotListen);
        }
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            awaitEnd(server.shutdownNow());
        }
        if (services != null) {
            services.close();
        }
    }

    private static void awaitEnd(Server ending) {
        try {
            ending.awaitTermination(CLOSE_WAIT_S, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
