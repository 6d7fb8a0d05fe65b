package dev.taskorder.starter.security;

import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemWriter;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.web.SecuritySettings;
import dev.taskorder.starter.web.SecuritySettings.Way;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Who may come in. Spring Security finds out who calls; what that one may do {@link AccessRules} say. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.API)
public class SecurityConfiguration implements WebMvcConfigurer {
    private final Set<Way> ways;

    SecurityConfiguration(Environment environment) {
        this.ways = SecuritySettings.in(environment);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        // before all others but the tenant's: who may not do something learns nothing else about it, and takes no token
        // for it
        registry.addInterceptor(new AccessInterceptor())
                .addPathPatterns("/v1/**")
                .order(Ordered.HIGHEST_PRECEDENCE + 1);
    }

    @Bean
    Callers callers() {
        return new Callers(ways.contains(Way.TENANT_HEADER));
    }

    /** Writes down when keys were used, each at most once a minute: one thread is enough. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService keyNotes() {
        return new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(KeyNotes.WAITING_MAX),
                OwnThreads.daemons("key-notes"));
    }

    /** Renews the issuer's keys while requests go on with those that are known. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService issuerKeys() {
        return Executors.newSingleThreadExecutor(OwnThreads.daemons("issuer-keys"));
    }

    @Bean
    SecurityFilterChain callersOfTheApi(
            HttpSecurity http,
            MeterRegistry metrics,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems,
            AuthenticationManagerResolver<HttpServletRequest> managers) {
        Unauthenticated unauthenticated = new Unauthenticated(metrics, problems);
        return http.securityMatcher("/v1/**")
                .csrf(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> {
                    if (ways.contains(Way.TENANT_HEADER)) {
                        requests.anyRequest().permitAll();
                    } else {
                        requests.anyRequest().authenticated();
                    }
                })
                .oauth2ResourceServer(server -> server.bearerTokenResolver(new OneBearer())
                        .authenticationManagerResolver(managers)
                        .authenticationEntryPoint(unauthenticated))
                .exceptionHandling(faults -> faults.authenticationEntryPoint(unauthenticated))
                .build();
    }

    /** A request is seen as one already; each filter of it again would cost as much as the filters do. */
    @Bean
    SecurityObservationSettings filtersUnseen() {
        return SecurityObservationSettings.noObservations();
    }

    /** What a header or a parameter may say is checked by whoever reads it, and refused in words that name it. */
    @Bean
    HttpFirewall pathsOnly() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedHeaderNames(name -> true);
        firewall.setAllowedHeaderValues(value -> true);
        firewall.setAllowedParameterNames(name -> true);
        firewall.setAllowedParameterValues(value -> true);
        firewall.setUnsafeAllowAnyHttpMethod(true);
        return firewall;
    }

    @Bean
    RequestRejectedHandler refusedPath() {
        return (request, response, why) -> ProblemWriter.write(
                Problem.of(
                        ProblemCode.INVALID_REQUEST,
                        "/url",
                        "has a path that none is like here: take out ; \\ % // control characters, and . or .. as a part, also"
                                + " where they are percent-encoded"),
                response);
    }

    /** Where a bare header is believed, this machine's operator needs no key. */
    @Bean
    SmartInitializingSingleton firstOperator(ApiKeys keys, BackgroundRunner runner, Environment environment) {
        Optional<KeyText> given = SecuritySettings.bootstrapKey(environment);
        boolean needed = ways.contains(Way.API_KEYS) && (!ways.contains(Way.TENANT_HEADER) || given.isPresent());
        String file = environment.getProperty(SecuritySettings.BOOTSTRAP_KEY_FILE, "taskorder-operator-key");
        return needed ? new FirstOperator(keys, runner, given, Path.of(file)) : () -> {};
    }

    @Bean
    KeyAuthentication keyAuthentication(
            ApiKeys keys,
            BackgroundRunner runner,
            @Qualifier("keyNotes") ExecutorService keyNotes,
            Changes changes,
            @Value("${spring.datasource.hikari.maximum-pool-size}") int connections) {
        return new KeyAuthentication(
                new KnownKeys(keys, runner, changes, connections),
                new KeyNotes(keys, runner, keyNotes),
                Clock.systemUTC());
    }

    /** Which of the two are accepted is a setting. */
    @Bean
    AuthenticationManagerResolver<HttpServletRequest> managers(
            KeyAuthentication keys,
            OAuth2ResourceServerProperties issuer,
            @Qualifier("issuerKeys") ExecutorService behind,
            @Value("${taskorder.security.tenant-claim:tenant}") String tenantClaim,
            @Value("${taskorder.security.role-claim:role}") String roleClaim) {
        AuthenticationManager refused = asked -> {
            throw new BadCredentialsException("not accepted here");
        };
        AuthenticationManager bearers = new Bearers(
                ways.contains(Way.API_KEYS) ? keys : refused,
                ways.contains(Way.TOKENS)
                        ? Tokens.of(
                                issuer.getJwt(),
                                new TokenAuthentication(tenantClaim, roleClaim, Clock.systemUTC()),
                                behind,
                                Clock.systemUTC())
                        : refused);
        return request -> bearers;
    }
}
