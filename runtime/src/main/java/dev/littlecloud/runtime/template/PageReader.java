package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.DamagedException;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.runtime.host.MemoryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link PageWriter} wrote. */
final class PageReader {
    private PageReader() {}

    /**
     * A memory image that was read.
     *
     * @param fd a file that exists only in memory
     */
    record Loaded(int fd, long storedBytes) {}

    /**
     * Reads the pages of a template.
     *
     * @param bytes of its memory
     */
    static Loaded read(Path directory, PageIndex index, long bytes, Seal seal) throws IOException {
        if (bytes != (long) index.pages().length * PageFile.PAGE) {
            throw new DamagedException("memory of another size");
        }
        List<PageFile> files = new ArrayList<>();
        try {
            for (PageIndex.File file : index.files()) {
                files.add(PageFile.open(directory, file.number(), file.pages(), seal));
            }
            return fill(MemoryFile.create(bytes), files, index);
        } catch (MachineException refused) {
            throw new IOException("no memory for a template", refused);
        } finally {
            for (PageFile file : files) {
                file.close();
            }
        }
    }

    private static Loaded fill(int fd, List<PageFile> files, PageIndex index) throws IOException {
        boolean complete = false;
        try {
            long storedBytes = 0;
            ByteBuffer page = ByteBuffer.allocateDirect(PageFile.PAGE);
            for (int i = 0; i < index.pages().length; i++) {
                int number = index.pages()[i];
                if (number > 0) {
                    PageIndex.Stored stored = index.stored().get(number - 1);
                    byte[] content = files.get(stored.file()).read(stored.place());
                    if (PageFile.checksum(content) != stored.checksum()) {
                        throw new DamagedException("page " + number + " was changed");
                    }
                    MemoryFile.write(
                            fd, page.clear().put(content).flip(), (long) i * PageFile.PAGE);
                    storedBytes += PageFile.PAGE;
                }
            }
            complete = true;
            return new Loaded(fd, storedBytes);
        } finally {
            if (!complete) {
                MemoryFile.close(fd);
            }
        }
    }
}
