package dev.littlecloud.runtime.template;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.freeze.DamagedException;
import dev.littlecloud.kernel.freeze.FrozenKernel;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.runtime.InstanceSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A template in a directory: files of pages, which others may have, too, the {@link PageIndex} of
 * them, and {@code template}, everything else. The latter two end with digests of themselves and say
 * what each page is to be, so a file that was cut or changed is found out before anything is made of
 * it.
 */
final class TemplateFile {
    static final String DESCRIPTION = "template";
    private static final long MAGIC = 0x4c43_5445_4d50_4c54L;
    private static final int VERSION = 4;
    static final int DIGEST_BYTES = 32;
    private static final int MAX_CHUNKS = 1 << 16;
    private static final int MAX_WORDS = 1 << 16;

    private TemplateFile() {}

    /** What a template is made of. */
    record Content(FrozenKernel frozen, InstanceSpec spec, Image image) {}

    /**
     * Writes a template.
     *
     * @param relatives directories of templates with pages that it may have, too
     */
    static void save(Path directory, List<Path> relatives, Content content, Seal seal)
            throws IOException {
        Files.createDirectories(directory);
        try (var entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new IOException(directory + " is not empty");
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeInt(VERSION);
        out.write(origin(content.spec(), content.image()));
        MemoryImage memory = content.frozen().memory();
        writeMemory(memory, out);
        PageWriter.write(memory, directory, relatives, seal);
        out.write(digestOfIndex(directory));
        content.frozen().writeObjects(out);
        // Last: a template without its description is none.
        seal(bytes, directory.resolve(DESCRIPTION), seal);
    }

    /** Writes a file that ends with a digest of itself, and is there when it is complete. */
    static void seal(ByteArrayOutputStream content, Path file, Seal seal) throws IOException {
        content.write(sha256(content.toByteArray()));
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        Files.write(
                unfinished,
                seal.close(content.toByteArray()),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The content of such a file. */
    static DataInputStream unsealed(Path file, Seal seal) throws IOException {
        byte[] bytes = seal.open(Files.readAllBytes(file));
        int length = bytes.length - DIGEST_BYTES;
        if (length < 0
                || !MessageDigest.isEqual(
                        Arrays.copyOfRange(bytes, length, bytes.length),
                        sha256(Arrays.copyOf(bytes, length)))) {
            throw new DamagedException("it is cut off or was changed");
        }
        return new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
    }

    static FrozenKernel load(Path directory, InstanceSpec spec, Image image, Seal seal)
            throws IOException {
        DataInputStream in = unsealed(directory.resolve(DESCRIPTION), seal);
        if (in.readLong() != MAGIC) {
            throw new DamagedException("it is no template");
        }
        int version = in.readInt();
        if (version != VERSION) {
            throw new DamagedException(
                    "it has version %d, and this build reads %d".formatted(version, VERSION));
        }
        byte[] origin = new byte[DIGEST_BYTES];
        in.readFully(origin);
        if (!MessageDigest.isEqual(origin, origin(spec, image))) {
            throw new DamagedException("it was made of another image or with other settings");
        }
        MemoryImage memory = readMemory(in, directory, seal);
        boolean complete = false;
        try {
            FrozenKernel frozen = FrozenKernel.readObjects(memory, in);
            complete = true;
            return frozen;
        } catch (RuntimeException inconsistent) {
            throw new DamagedException("it does not fit together", inconsistent);
        } finally {
            if (!complete) {
                memory.close();
            }
        }
    }

    /** What a template is only good for: its image and what was asked of the instance. */
    private static byte[] origin(InstanceSpec spec, Image image) {
        return sha256((image.id() + "\n" + spec).getBytes(StandardCharsets.UTF_8));
    }

    private static void writeMemory(MemoryImage memory, DataOutputStream out) throws IOException {
        out.writeInt(memory.vcpus());
        out.writeLong(memory.ramBytes());
        out.writeLong(memory.usableRam());
        out.writeInt(memory.chunks().size());
        for (MemoryImage.TableChunk chunk : memory.chunks()) {
            writeBits(chunk.fresh(), out);
            writeBits(chunk.quarantined(), out);
        }
    }

    private static byte[] digestOfIndex(Path directory) throws IOException {
        return sha256(Files.readAllBytes(directory.resolve(PageIndex.NAME)));
    }

    private static MemoryImage readMemory(DataInputStream in, Path directory, Seal seal)
            throws IOException {
        int vcpus = in.readInt();
        long ramBytes = in.readLong();
        long usableRam = in.readLong();
        int chunkCount = in.readInt();
        if (chunkCount < 1 || chunkCount > MAX_CHUNKS) {
            throw new DamagedException(chunkCount + " chunks of page tables");
        }
        List<MemoryImage.TableChunk> chunks = new ArrayList<>();
        for (int i = 0; i < chunkCount; i++) {
            chunks.add(new MemoryImage.TableChunk(readBits(in), readBits(in)));
        }
        if (usableRam < 0 || usableRam > ramBytes) {
            throw new DamagedException("memory of %d bytes".formatted(usableRam));
        }
        byte[] digest = new byte[DIGEST_BYTES];
        in.readFully(digest);
        PageIndex index = PageIndex.load(directory, seal);
        if (!MessageDigest.isEqual(digest, digestOfIndex(directory))) {
            throw new DamagedException("the index of its pages is another template's");
        }
        long bytes = chunkCount * MemoryImage.TableChunk.BYTES + usableRam;
        PageReader.Loaded loaded = PageReader.read(directory, index, bytes, seal);
        return new MemoryImage(
                loaded.fd(), vcpus, ramBytes, usableRam, chunks, loaded.storedBytes());
    }

    private static void writeBits(BitSet bits, DataOutputStream out) throws IOException {
        long[] words = bits.toLongArray();
        out.writeInt(words.length);
        for (long word : words) {
            out.writeLong(word);
        }
    }

    private static BitSet readBits(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_WORDS) {
            throw new DamagedException("a set of " + length + " words");
        }
        long[] words = new long[length];
        for (int i = 0; i < length; i++) {
            words[i] = in.readLong();
        }
        return BitSet.valueOf(words);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
