package dev.taskorder.starter.tenant;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/** Whether a request would reach a handler of ours: who asks for what is not there needs no tenant to be told so. */
final class Routes {
    private final ObjectProvider<RequestMappingHandlerMapping> mapping;

    /** Looked up late: the filter is built before the mappings. */
    Routes(ObjectProvider<RequestMappingHandlerMapping> mapping) {
        this.mapping = mapping;
    }

    boolean leadsSomewhere(HttpServletRequest request) {
        if (HttpMethod.OPTIONS.matches(request.getMethod())) {
            return false;
        }
        ServletRequestPathUtils.parseAndCache(request);
        try {
            return mapping.getObject().getHandler(request) != null;
        } catch (ServletException notServed) {
            return false;
        } catch (Exception unclear) {
            // such as a query that cannot be read, which the handler would read otherwise: nobody gets there for that
            return true;
        } finally {
            ServletRequestPathUtils.clearParsedRequestPath(request);
        }
    }
}
