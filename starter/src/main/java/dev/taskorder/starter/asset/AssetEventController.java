package dev.taskorder.starter.asset;

import dev.taskorder.api.asset.AssetEvent;
import dev.taskorder.api.asset.AssetEventResult;
import dev.taskorder.api.asset.AssetEvents;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Outcomes that callers tell of assets. It begins no work: a suspended tenant's work goes on and meets what it meets. */
@RestController
@InRole(Role.API)
final class AssetEventController {
    private static final String ID = "asset_id";

    private final AssetEvents events;
    private final AssetEventReader reader = new AssetEventReader(Clock.systemUTC());

    AssetEventController(AssetEvents events) {
        this.events = events;
    }

    /** The event itself is nothing to look at: the answer is the asset as it is now, told anew or again. */
    @PostMapping(path = AssetController.PATH + "/{asset_id}/events", produces = MediaType.APPLICATION_JSON_VALUE)
    @Audited(value = "asset.tell", object = "asset")
    ResponseEntity<AssetResponse> tell(HttpServletRequest request, @PathVariable(ID) String assetId, Caller caller)
            throws IOException {
        Query.refuseAny(request);
        String id = PathIds.text(ID, assetId, TextRule.NAME);
        AssetEvent event = reader.read(JsonBody.read(request, Limits.BODY_BYTES_MAX), id);
        AssetEventResult.Told told = told(event, events.tell(event, caller));
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (told.again()) {
            answer.header("Idempotent-Replayed", "true");
        }
        return answer.body(AssetResponse.of(TenantContext.required(), told.asset()));
    }

    private static AssetEventResult.Told told(AssetEvent event, AssetEventResult result) {
        if (result instanceof AssetEventResult.Told told) {
            return told;
        }
        if (result instanceof AssetEventResult.IdReused) {
            throw new ProblemException(
                    ProblemCode.EVENT_ID_REUSED,
                    "/event_id",
                    Shown.of(event.eventId()) + " was used before for an event with other content");
        }
        if (result instanceof AssetEventResult.NoSuchOrder) {
            throw new ProblemException(
                    ProblemCode.INVALID_REQUEST,
                    "/task_id",
                    "must name a task order that has leased this asset, was '" + event.taskId() + "'");
        }
        if (result instanceof AssetEventResult.NoSuchLease) {
            throw new ProblemException(
                    ProblemCode.INVALID_REQUEST,
                    "/lease_id",
                    "must name a lease of this asset, and of the task order if one is named, was '" + event.leaseId()
                            + "'");
        }
        throw new ProblemException(ProblemCode.NOT_FOUND, "there is no such asset");
    }
}
