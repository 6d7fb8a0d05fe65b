package dev.taskorder.starter.web;

import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code tenant_id} that a body may repeat. It never decides whose the request is. */
public final class BodyTenant {
    private static final String NAME = "tenant_id";

    private BodyTenant() {}

    /**
     * Refuses a body that names another tenant than the caller's, whatever else is wrong with it.
     *
     * @throws ProblemException {@code tenant_mismatch}
     */
    public static void check(ObjectNode body, TenantId tenant) {
        JsonNode sent = body.get(NAME);
        if (sent != null && sent.isString() && !sent.stringValue().equals(tenant.value())) {
            throw new ProblemException(
                    ProblemCode.TENANT_MISMATCH,
                    "/" + NAME,
                    "must be the caller's tenant, or be left out, was " + Shown.of(sent.stringValue()));
        }
    }

    /** Notes a {@code tenant_id} that is no text at all. */
    public static void checkShape(Fields fields) {
        fields.checkString(NAME);
    }
}
