package dev.littlecloud.registry;

/** Errors as the specification calls them ("Error Codes"), and three of our own behind them. */
public enum RegistryErrorCode {
    BLOB_UNKNOWN(404),
    BLOB_UPLOAD_INVALID(400),
    BLOB_UPLOAD_UNKNOWN(404),
    DIGEST_INVALID(400),
    MANIFEST_BLOB_UNKNOWN(404),
    MANIFEST_INVALID(400),
    MANIFEST_UNKNOWN(404),
    NAME_INVALID(400),
    NAME_UNKNOWN(404),
    SIZE_INVALID(400),
    UNAUTHORIZED(401),
    DENIED(403),
    UNSUPPORTED(405),
    /** A chunk that is not the next one, or a part of a blob that it does not have. */
    RANGE_INVALID(416),
    /** A body larger than is taken. */
    TOO_LARGE(413),
    INSUFFICIENT_STORAGE(507);

    private final int status;

    RegistryErrorCode(int status) {
        this.status = status;
    }

    /** The HTTP status of an answer with this error. */
    public int status() {
        return status;
    }
}
