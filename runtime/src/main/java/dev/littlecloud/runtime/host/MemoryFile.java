package dev.littlecloud.runtime.host;

import dev.littlecloud.machine.MachineException;
import dev.littlecloud.sys.Files;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Files that exist only in memory. */
public final class MemoryFile {
    private MemoryFile() {}

    /** A file of so many zeros. */
    public static int create(long bytes) {
        int fd =
                check("memfd_create", Files.memfdCreate("littlecloud-template", Files.MFD_CLOEXEC));
        int sized = Files.truncate(fd, bytes);
        if (sized < 0) {
            Files.close(fd);
            throw new MachineException("ftruncate", -sized);
        }
        return fd;
    }

    /** Fills the rest of a direct buffer from a place of the file. */
    public static void read(int fd, ByteBuffer into, long offset) {
        MemorySegment rest = MemorySegment.ofBuffer(into);
        for (long done = 0; done < rest.byteSize(); ) {
            long count = Files.read(fd, rest.asSlice(done), offset + done);
            if (count <= 0) {
                throw new MachineException("pread", (int) -count);
            }
            done += count;
        }
    }

    /** Writes the rest of a direct buffer to a place of the file. */
    public static void write(int fd, ByteBuffer from, long offset) {
        MemorySegment rest = MemorySegment.ofBuffer(from);
        for (long done = 0; done < rest.byteSize(); ) {
            long count = Files.write(fd, rest.asSlice(done), offset + done);
            if (count <= 0) {
                throw new MachineException("pwrite", (int) -count);
            }
            done += count;
        }
    }

    public static void close(int fd) {
        check("close", Files.close(fd));
    }

    private static int check(String operation, int result) {
        if (result < 0) {
            throw new MachineException(operation, -result);
        }
        return result;
    }
}
