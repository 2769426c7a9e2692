package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.DamagedException;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.runtime.host.MemoryFile;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The pages of a memory image in a file: those that are not zero, each different one once. Which
 * page goes where, and the checksum of each, is in the description of the template.
 */
final class PageFile {
    private static final int PAGE = (int) GuestMemory.PAGE_SIZE;

    private PageFile() {}

    /**
     * A memory image that was read.
     *
     * @param fd a file that exists only in memory
     */
    record Loaded(int fd, long storedBytes) {}

    static void write(MemoryImage memory, Path file, Seal seal, DataOutputStream index)
            throws IOException {
        long nonce = Seal.nonce();
        int pages = (int) ((memory.tableBytes() + memory.usableRam()) / PAGE);
        Map<String, Integer> known = new HashMap<>();
        int[] places = new int[pages];
        ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
        int[] checksums = new int[pages];
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < pages; i++) {
                MemoryFile.read(memory.fd(), page.clear(), (long) i * PAGE);
                byte[] bytes = new byte[PAGE];
                page.get(0, bytes);
                if (isZero(bytes)) {
                    continue;
                }
                String digest = TemplateFile.hex(TemplateFile.sha256(bytes));
                Integer place = known.get(digest);
                if (place == null) {
                    place = known.size() + 1;
                    known.put(digest, place);
                    checksums[place - 1] = checksum(bytes);
                    ByteBuffer stored = ByteBuffer.wrap(seal.page(nonce, place, bytes));
                    while (stored.hasRemaining()) {
                        out.write(stored);
                    }
                }
                places[i] = place;
            }
            out.force(true);
        }
        index.writeLong(nonce);
        index.writeInt(known.size());
        for (int i = 0; i < known.size(); i++) {
            index.writeInt(checksums[i]);
        }
        index.writeInt(pages);
        for (int place : places) {
            index.writeInt(place);
        }
    }

    static Loaded read(Path file, DataInputStream index, long bytes, Seal seal) throws IOException {
        long nonce = index.readLong();
        int count = index.readInt();
        int pages = (int) (bytes / PAGE);
        if (count < 0 || count > pages) {
            throw new DamagedException(count + " pages");
        }
        int[] checksums = new int[count];
        for (int i = 0; i < count; i++) {
            checksums[i] = index.readInt();
        }
        if (index.readInt() != pages) {
            throw new DamagedException("memory of another size");
        }
        int fd = MemoryFile.create(bytes);
        boolean complete = false;
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            if (in.size() != (long) count * PAGE) {
                throw new DamagedException("the file of its pages is cut off");
            }
            long storedBytes = 0;
            ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
            for (int i = 0; i < pages; i++) {
                int place = index.readInt();
                if (place < 0 || place > count) {
                    throw new DamagedException("a page that is not there");
                }
                if (place > 0) {
                    fill(in, (place - 1L) * PAGE, page.clear());
                    byte[] stored = new byte[PAGE];
                    page.get(0, stored);
                    byte[] content = seal.page(nonce, place, stored);
                    page.put(0, content);
                    if (checksum(content) != checksums[place - 1]) {
                        throw new DamagedException("page " + place + " was changed");
                    }
                    MemoryFile.write(fd, page.position(0).limit(PAGE), (long) i * PAGE);
                    storedBytes += PAGE;
                }
            }
            complete = true;
            return new Loaded(fd, storedBytes);
        } catch (MachineException refused) {
            throw new IOException("no memory for a template", refused);
        } finally {
            if (!complete) {
                MemoryFile.close(fd);
            }
        }
    }

    private static void fill(FileChannel from, long position, ByteBuffer page) throws IOException {
        while (page.hasRemaining()) {
            if (from.read(page, position + page.position()) < 0) {
                throw new DamagedException("the file of its pages is cut off");
            }
        }
    }

    private static boolean isZero(byte[] page) {
        for (byte one : page) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    private static int checksum(byte[] page) {
        CRC32C checksum = new CRC32C();
        checksum.update(page);
        return (int) checksum.getValue();
    }
}
