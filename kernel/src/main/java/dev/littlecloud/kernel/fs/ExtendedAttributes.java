package dev.littlecloud.kernel.fs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file's extended attributes; xattr(7). Changes answer 0 or {@code -errno}. */
public interface ExtendedAttributes {
    byte @Nullable [] get(String name);

    List<String> names();

    int set(String name, byte[] value);

    int remove(String name);
}
