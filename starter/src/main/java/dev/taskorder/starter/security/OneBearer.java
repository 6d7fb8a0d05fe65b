package dev.taskorder.starter.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/** What a caller sends to prove who it is. Where it says that twice, whoever stands before us may have read the other one. */
final class OneBearer implements BearerTokenResolver {
    private final BearerTokenResolver only = new DefaultBearerTokenResolver();

    @Override
    public @Nullable String resolve(HttpServletRequest request) {
        if (Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION)).size() > 1) {
            throw new InvalidBearerTokenException("there is more than one");
        }
        return only.resolve(request);
    }
}
