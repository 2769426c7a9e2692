package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.io.IOException;

/** A stream that had begun did not end as it should. */
final class BrokenStreamException extends CloudException {
    private static final long serialVersionUID = 1L;

    BrokenStreamException(IOException cause) {
        super(ExitCodes.UNREACHABLE, "the stream broke: " + cause.getMessage());
    }
}
