package dev.littlecloud.gateway;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;

/**
 * The threads of a gateway.
 *
 * @param count how many
 * @param begin what each does first
 */
public record EventLoops(int count, Runnable begin) {
    public static final EventLoops DEFAULT =
            new EventLoops(Runtime.getRuntime().availableProcessors(), () -> {});

    /** As many, that do something first. */
    public EventLoops beginningWith(Runnable first) {
        return new EventLoops(count, first);
    }

    ThreadFactory threads() {
        ThreadFactory named = new DefaultThreadFactory("gateway", true);
        return loop ->
                named.newThread(
                        () -> {
                            begin.run();
                            loop.run();
                        });
    }
}
