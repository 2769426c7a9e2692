package dev.littlecloud.runtime;

import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where the first process' standard streams lead. The channels block; reads and writes happen on
 * threads of the runtime, never on one that runs guest code.
 *
 * @param terminalSize the first size of the guest's terminal; null when it gets none. With a
 *     terminal, input and output carry its bytes unchanged and error is not used by the guest.
 */
public record Stdio(
        ReadableByteChannel input,
        WritableByteChannel output,
        WritableByteChannel error,
        @Nullable WindowSize terminalSize) {}
