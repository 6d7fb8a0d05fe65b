package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.security.AccessRules;
import dev.taskorder.starter.testing.FullApplication;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** No call is without a rule that says who may make it. */
@FullApplication
class AccessRulesTest {
    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping mapping;

    @Test
    void every_call_that_is_served_takes_a_role() {
        List<String> without = new ArrayList<>();
        mapping.getHandlerMethods().forEach((info, method) -> {
            for (String path : info.getPatternValues()) {
                for (RequestMethod verb : info.getMethodsCondition().getMethods()) {
                    if (path.startsWith("/v1/")
                            && AccessRules.least(verb.name(), path).isEmpty()) {
                        without.add(verb + " " + path);
                    }
                }
            }
        });
        assertThat(without).isEmpty();
    }
}
