package dev.taskorder.starter.control;

import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Pause and resume, for the tenant of the path or for all: for these the installation is bound. */
@RestController
@InRole(Role.API)
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
final class ControlController {
    private static final Set<String> FIELDS = Set.of("what", "mode", "reason");

    private final ControlAdmin admin;

    ControlController(ControlAdmin admin) {
        this.admin = admin;
    }

    /** What is asked for: all fields are optional, and so is the body. */
    private record Wish(
            Pause.What what,
            Pause.@Nullable Mode mode,
            @Nullable String reason) {}

    @GetMapping("/control")
    PageResponse<PauseResponse> list(HttpServletRequest request) {
        PageRequest page = Query.ofPage(request).page();
        return PageResponse.of(admin.list(page), PauseResponse::of);
    }

    @PostMapping("/control/pause")
    @Audited(value = "control.pause", object = "control")
    PauseResponse pauseAll(HttpServletRequest request, Caller caller) throws IOException {
        return pause(wish(request), caller);
    }

    @PostMapping("/control/resume")
    @Audited(value = "control.resume", object = "control")
    PauseResponse resumeAll(HttpServletRequest request, Caller caller) throws IOException {
        return resume(wish(request), caller);
    }

    @PostMapping("/tenants/{tenant_id}/pause")
    @Audited(value = "tenant.pause", object = "tenant")
    PauseResponse pauseTenant(HttpServletRequest request, Caller caller) throws IOException {
        return pause(wish(request), caller);
    }

    @PostMapping("/tenants/{tenant_id}/resume")
    @Audited(value = "tenant.resume", object = "tenant")
    PauseResponse resumeTenant(HttpServletRequest request, Caller caller) throws IOException {
        return resume(wish(request), caller);
    }

    private PauseResponse pause(Wish wish, Caller caller) {
        return PauseResponse.of(admin.pause(wish.what(), wish.mode(), wish.reason(), caller));
    }

    private PauseResponse resume(Wish wish, Caller caller) {
        admin.resume(wish.what(), wish.reason(), caller);
        return PauseResponse.notPaused(TenantContext.required(), wish.what());
    }

    private static Wish wish(HttpServletRequest request) throws IOException {
        Query.refuseAny(request);
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.readOptional(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(FIELDS, name -> false);
        String what = fields.optionalChoice("what", Pause.What.words());
        String mode = fields.optionalChoice("mode", Pause.Mode.words());
        String reason = fields.optionalText("reason", TextRule.REASON);
        violations.refuseIfAny();
        return new Wish(
                what == null ? Pause.What.ORDERS : Pause.What.of(what),
                mode == null ? null : Pause.Mode.of(mode),
                reason);
    }
}
