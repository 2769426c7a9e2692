package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.DamagedException;
import dev.littlecloud.kernel.freeze.PageUse;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.machine.PageRuns;
import dev.littlecloud.runtime.template.Lesson.Learned;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.OptionalLong;

/**
 * What was learned of a template's clones, in a file beside the template. It says of which template,
 * by a digest of that one's description, and is sealed like that. Its time is that of the last use.
 * A template is as good without it.
 */
final class LessonFile {
    private static final String NAME = "lesson";
    private static final long MAGIC = 0x4c43_4c45_5353_4f4eL;
    private static final int VERSION = 2;

    private LessonFile() {}

    static void save(Path directory, Learned lesson, Seal seal) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeInt(VERSION);
        out.write(template(directory));
        lesson.workingSet().write(out);
        lesson.use().write(out);
        out.writeInt(lesson.burst().starts());
        out.writeLong(lesson.burst().millis());
        TemplateFile.seal(bytes, directory.resolve(NAME), seal);
    }

    static boolean exists(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /** The template is used now. Nothing where there is no lesson. */
    static void used(Path directory) throws IOException {
        if (exists(directory)) {
            FileTime now = FileTime.fromMillis(System.currentTimeMillis());
            Files.setLastModifiedTime(directory.resolve(NAME), now);
        }
    }

    /** When the template was used last, in milliseconds since the epoch, if there is a lesson. */
    static OptionalLong lastUse(Path directory) throws IOException {
        return exists(directory)
                ? OptionalLong.of(Files.getLastModifiedTime(directory.resolve(NAME)).toMillis())
                : OptionalLong.empty();
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @param memory of the template
     * @throws IOException when it is damaged, of another version or of another template
     */
    static Learned load(Path directory, MemoryImage memory, Seal seal) throws IOException {
        DataInputStream in = TemplateFile.unsealed(directory.resolve(NAME), seal);
        if (in.readLong() != MAGIC || in.readInt() != VERSION) {
            throw new DamagedException("it is of another version");
        }
        byte[] origin = new byte[TemplateFile.DIGEST_BYTES];
        in.readFully(origin);
        if (!MessageDigest.isEqual(origin, template(directory))) {
            throw new DamagedException("it is of another template");
        }
        // Memory can have grown while clones were prepared.
        long pages = (memory.tableBytes() + memory.ramBytes()) / GuestMemory.PAGE_SIZE;
        PageRuns workingSet = PageRuns.read(in, pages);
        PageUse use = PageUse.read(in);
        int starts = in.readInt();
        if (starts < 0 || starts > StagedClones.MOST) {
            throw new DamagedException(starts + " starts at once");
        }
        return new Learned(use, workingSet, new Burst(starts, in.readLong()));
    }

    private static byte[] template(Path directory) throws IOException {
        return TemplateFile.sha256(Files.readAllBytes(directory.resolve(TemplateFile.DESCRIPTION)));
    }
}
