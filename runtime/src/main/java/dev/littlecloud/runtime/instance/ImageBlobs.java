package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.tree.ImageTree;
import dev.littlecloud.runtime.InstanceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The contents of images mapped into this process, each once for all its instances: their pages are
 * shared through the host's page cache.
 */
public final class ImageBlobs {
    private static final Map<Path, MemorySegment> MAPPED = new ConcurrentHashMap<>();

    private ImageBlobs() {}

    /** The contents of an image, read-only. */
    public static MemorySegment of(ImageTree tree) {
        return MAPPED.computeIfAbsent(tree.blob(), ImageBlobs::map);
    }

    private static MemorySegment map(Path blob) {
        try (FileChannel channel = FileChannel.open(blob, StandardOpenOption.READ)) {
            // Never unmapped: guests may have its pages for as long as the process lives.
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.global());
        } catch (IOException unreadable) {
            throw new InstanceException(
                    "cannot read the image's contents: " + unreadable.getMessage(), unreadable);
        }
    }
}
