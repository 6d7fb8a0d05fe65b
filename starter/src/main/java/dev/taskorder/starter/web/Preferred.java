package dev.taskorder.starter.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/** Which of two kinds of answers a caller prefers. */
public final class Preferred {
    private Preferred() {}

    /** Whether it prefers this to JSON; JSON if it does not care. */
    public static boolean overJson(HttpServletRequest request, MediaType other) {
        List<MediaType> accepted =
                new ArrayList<>(MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT))));
        MimeTypeUtils.sortBySpecificity(accepted);
        for (MediaType type : accepted) {
            if (type.includes(MediaType.APPLICATION_JSON)) {
                return false;
            }
            if (type.includes(other)) {
                return true;
            }
        }
        return false;
    }
}
