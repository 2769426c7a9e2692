package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.DamagedException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Where the pages of a template are: in which of the files of pages in its directory, at which place.
 * A file by itself, so that those who look for pages that they have, too, need not read more.
 *
 * @param files that it has pages in
 * @param stored the pages that are not zero, each different one once
 * @param pages for each page of memory: 0 where it is zero, or the number of a stored one, from 1 on
 */
record PageIndex(List<File> files, List<Stored> stored, int[] pages) {
    static final String NAME = "index";

    /** Each costs a descriptor while the template is read, and room for what it alone refers to. */
    static final int MOST_FILES = 16;

    private static final long MAGIC = 0x4c43_5041_4745_5349L;
    private static final int VERSION = 1;

    /** A file of pages, and how many it has, used here or not. */
    record File(long number, int pages) {}

    /**
     * A page in a file.
     *
     * @param file which of the index' files
     */
    record Stored(int file, int place, int checksum) {}

    void save(Path directory, Seal seal) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeInt(VERSION);
        out.writeInt(files.size());
        for (File file : files) {
            out.writeLong(file.number());
            out.writeInt(file.pages());
        }
        out.writeInt(stored.size());
        for (Stored page : stored) {
            out.writeInt(page.file());
            out.writeInt(page.place());
            out.writeInt(page.checksum());
        }
        out.writeInt(pages.length);
        for (int page : pages) {
            out.writeInt(page);
        }
        TemplateFile.seal(bytes, directory.resolve(NAME), seal);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IOException when it is damaged or of another version
     */
    static PageIndex load(Path directory, Seal seal) throws IOException {
        DataInputStream in = TemplateFile.unsealed(directory.resolve(NAME), seal);
        if (in.readLong() != MAGIC || in.readInt() != VERSION) {
            throw new DamagedException("the index of its pages is of another version");
        }
        List<File> files = new ArrayList<>();
        int fileCount = in.readInt();
        if (fileCount > MOST_FILES) {
            throw new DamagedException(fileCount + " files of pages");
        }
        for (int i = 0; i < fileCount; i++) {
            files.add(new File(in.readLong(), in.readInt()));
        }
        List<Stored> stored = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            Stored page = new Stored(in.readInt(), in.readInt(), in.readInt());
            if (page.file() < 0
                    || page.file() >= files.size()
                    || page.place() < 0
                    || page.place() >= files.get(page.file()).pages()) {
                throw new DamagedException("a page that is in none of its files");
            }
            stored.add(page);
        }
        int count = in.readInt();
        if (count < 0 || count > in.available() / Integer.BYTES) {
            throw new DamagedException(count + " pages");
        }
        int[] pages = new int[count];
        for (int i = 0; i < count; i++) {
            pages[i] = in.readInt();
            if (pages[i] < 0 || pages[i] > stored.size()) {
                throw new DamagedException("a page that is not there");
            }
        }
        return new PageIndex(files, stored, pages);
    }

    /** Which pages of a file it refers to. */
    BitSet usedOf(String name) {
        BitSet used = new BitSet();
        for (Stored page : stored) {
            if (PageFile.name(files.get(page.file()).number()).equals(name)) {
                used.set(page.place());
            }
        }
        return used;
    }
}
