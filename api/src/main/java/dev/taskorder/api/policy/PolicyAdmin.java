package dev.taskorder.api.policy;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The versions of the bound tenant's policy. What a version says never changes. */
public interface PolicyAdmin {
    /**
     * One version.
     *
     * @param active whether new orders are created under it
     */
    record Version(int number, boolean active, Map<String, @Nullable Object> body) {
        /** The name that orders carry. */
        public String name() {
            return ActivePolicy.nameOf(number);
        }
    }

    /** The body with every key: what it leaves out is as in the built-in policy. */
    Map<String, @Nullable Object> filled(Map<String, @Nullable Object> body);

    /** The names of the executors that a route may lead to. */
    Set<String> executors();

    /** Keeps a whole and valid body as the next version, which is in force when it is activated. */
    Version add(Map<String, @Nullable Object> body);

    /** Lets new orders be created under the version from now on. A repeat changes nothing. Nothing if there is no such version. */
    Optional<Version> activate(int number, Caller caller);

    /** Nothing if there is no such version. */
    Optional<Version> find(int number);

    /** All versions, the newest first. */
    Page<Version> list(PageRequest page);
}
