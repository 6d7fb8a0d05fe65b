package dev.taskorder.starter.problem;

import java.util.Locale;

/** Every code a problem document may carry, with its status: the table of api.md as far as it is in force. */
public enum ProblemCode {
    INVALID_REQUEST(400, "The request is not valid"),
    MALFORMED_JSON(400, "The body is not valid JSON"),
    TENANT_REQUIRED(400, "The tenant is missing"),
    UNAUTHENTICATED(401, "Nobody is known to have sent this"),
    FORBIDDEN(403, "Not allowed"),
    TENANT_MISMATCH(403, "The request names another tenant"),
    TENANT_UNKNOWN(403, "There is no such tenant"),
    TENANT_SUSPENDED(403, "The tenant is suspended"),
    TENANT_EXPIRED(403, "The tenant has expired"),
    NOT_ALLOWED_BY_POLICY(403, "The tenant's policy does not allow this"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    NOT_ACCEPTABLE(406, "No representation that the request accepts"),
    ILLEGAL_TRANSITION(409, "Its state does not allow this"),
    ALREADY_SETTLED(409, "It has already ended"),
    ENTRY_ID_REUSED(409, "The entry id was used for other content"),
    EVENT_ID_REUSED(409, "The event id was used for other content"),
    STALE_TOKEN(409, "The fencing token is not the lease's"),
    TOO_MANY_KEYS(409, "There are as many keys as may be"),
    VERSION_MISMATCH(412, "The resource has another version"),
    PAYLOAD_TOO_LARGE(413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    IDEMPOTENCY_KEY_REUSED(422, "The idempotency key was used for other content"),
    CURRENCY_MISMATCH(422, "The currency is not the order's"),
    NEVER_SATISFIABLE(422, "The tenant's pool could never serve this"),
    IF_MATCH_REQUIRED(428, "The request has to name a version"),
    RATE_LIMITED(429, "Too fast"),
    QUOTA_EXCEEDED(429, "The tenant's quota is used up"),
    INTERNAL_ERROR(500, "Something went wrong on our side"),
    UNAVAILABLE(503, "Temporarily unavailable");

    private static final int NOT_IMPLEMENTED = 501;
    private static final int VERSION_NOT_SUPPORTED = 505;

    private final int status;
    private final String title;
    private final String code = name().toLowerCase(Locale.ROOT);

    ProblemCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status that goes with it. */
    public int status() {
        return status;
    }

    String title() {
        return title;
    }

    public String code() {
        return code;
    }

    /** What a status that the container chose by itself is called; the nearest code where none has it. */
    static ProblemCode ofStatus(int status) {
        if (status == NOT_IMPLEMENTED || status == VERSION_NOT_SUPPORTED) {
            // the caller's request line or framing, although HTTP counts them among the server's
            return INVALID_REQUEST;
        }
        for (ProblemCode code : values()) {
            if (code.status == status) {
                return code;
            }
        }
        return status < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
    }
}
