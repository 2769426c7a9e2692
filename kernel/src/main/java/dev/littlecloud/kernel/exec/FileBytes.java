package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.MemorySegment;

/** Reads a program file through its pages. */
final class FileBytes {
    private final PageCache file;
    private final GuestMemory memory;

    FileBytes(PageCache file, GuestMemory memory) {
        this.file = file;
        this.memory = memory;
    }

    long size() {
        return file.size();
    }

    /** Bytes from {@code offset} on, fewer at the end of the file; empty where it is unreadable. */
    byte[] read(long offset, int length) {
        if (offset < 0 || offset >= file.size()) {
            return new byte[0];
        }
        byte[] bytes = new byte[(int) Math.min(length, file.size() - offset)];
        int done = 0;
        while (done < bytes.length) {
            long at = offset + done;
            long page = file.pageForRead(at >> Frames.SHIFT);
            if (page < 0) {
                return new byte[0];
            }
            int inPage = (int) (at & Frames.SIZE - 1);
            int part = Math.min(bytes.length - done, Frames.SIZE - inPage);
            MemorySegment from = memory.at(page, Frames.SIZE);
            MemorySegment.copy(from, inPage, MemorySegment.ofArray(bytes), done, part);
            done += part;
        }
        return bytes;
    }
}
