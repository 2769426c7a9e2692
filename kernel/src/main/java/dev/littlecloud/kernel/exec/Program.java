package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FileMapping;
import dev.littlecloud.kernel.fs.FileSystemRoot;
import dev.littlecloud.kernel.fs.FileSystemRoot.ExecutableFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What execve(2) is to start once scripts are resolved: an ELF file, its dynamic linker, and the
 * arguments as they became.
 *
 * @param errno 0, or why there is nothing to start
 * @param fileName path as given, for AT_EXECFN
 * @param isReadable whether the caller may read all files that this takes
 */
record Program(
        int errno,
        @Nullable Image main,
        @Nullable Image interpreter,
        List<byte[]> arguments,
        String fileName,
        boolean isReadable) {
    private static final int AT_FDCWD = -100;

    /** Bytes of a script's first line that count, BINPRM_BUF_SIZE. */
    private static final int SCRIPT_LINE = 256;

    private static final int MAX_SCRIPTS = 5;

    /** An ELF file that was opened and checked. */
    record Image(ElfHeader header, Dentry dentry, Inode inode, PageCache pages, String path) {
        /** What /proc/PID/maps shows of it. */
        FileMapping shown() {
            return new FileMapping(dentry, inode, path);
        }
    }

    private static Program refused(int errno) {
        return new Program(errno, null, null, List.of(), "", true);
    }

    /** Finds what to start, following {@code #!} lines. */
    static Program resolve(Task task, int directory, String path, int flags, List<byte[]> given) {
        FileSystemRoot files = task.kernel().files();
        List<byte[]> arguments = new ArrayList<>(given);
        String name = path;
        int from = directory;
        int openFlags = flags;
        boolean isReadable = true;
        for (int depth = 0; depth <= MAX_SCRIPTS; depth++) {
            ExecutableFile opened = files.openExecutable(task, from, name, openFlags);
            Inode inode = opened.inode();
            Dentry dentry = opened.dentry();
            if (opened.errno() != 0 || inode == null || dentry == null) {
                return refused(opened.errno());
            }
            PageCache pages = inode.pageCache();
            if (pages == null) {
                return refused(Errno.EACCES);
            }
            isReadable &= mayRead(task, inode);
            FileBytes bytes = new FileBytes(pages, task.kernel().guestMemory());
            byte[] start = bytes.read(0, SCRIPT_LINE);
            if (start.length >= 2 && start[0] == '#' && start[1] == '!') {
                String[] line = scriptLine(start);
                if (line == null) {
                    return refused(Errno.ENOEXEC);
                }
                if (!arguments.isEmpty()) {
                    arguments.removeFirst();
                }
                arguments.addFirst(name.getBytes(StandardCharsets.ISO_8859_1));
                for (int i = line.length - 1; i >= 0; i--) {
                    arguments.addFirst(line[i].getBytes(StandardCharsets.ISO_8859_1));
                }
                name = line[0];
                from = AT_FDCWD;
                openFlags = 0;
                continue;
            }
            ElfHeader.Parsed parsed = ElfHeader.parse(bytes);
            if (parsed.header() == null) {
                return refused(parsed.errno());
            }
            Image main = new Image(parsed.header(), dentry, inode, pages, opened.path());
            return withInterpreter(task, main, arguments, path, isReadable);
        }
        return refused(Errno.ELOOP);
    }

    private static Program withInterpreter(
            Task task, Image main, List<byte[]> arguments, String path, boolean isReadable) {
        String linker = main.header.interpreter();
        if (linker == null) {
            return new Program(0, main, null, arguments, path, isReadable);
        }
        ExecutableFile opened = task.kernel().files().openExecutable(task, AT_FDCWD, linker, 0);
        Inode inode = opened.inode();
        Dentry dentry = opened.dentry();
        if (opened.errno() != 0 || inode == null || dentry == null) {
            return refused(opened.errno());
        }
        PageCache pages = inode.pageCache();
        if (pages == null) {
            return refused(Errno.EACCES);
        }
        ElfHeader.Parsed parsed =
                ElfHeader.parse(new FileBytes(pages, task.kernel().guestMemory()));
        if (parsed.header() == null) {
            return refused(Errno.ELIBBAD);
        }
        Image image = new Image(parsed.header(), dentry, inode, pages, opened.path());
        boolean isAllReadable = isReadable && mayRead(task, inode);
        return new Program(0, main, image, arguments, path, isAllReadable);
    }

    private static boolean mayRead(Task task, Inode inode) {
        return Permissions.check(task.credentials(), inode, Permissions.READ) == 0;
    }

    /** Interpreter and at most one argument of a {@code #!} line, or null; execve(2). */
    private static String @Nullable [] scriptLine(byte[] start) {
        int end = 2;
        while (end < start.length && start[end] != '\n' && start[end] != 0) {
            end++;
        }
        String text = new String(start, 2, end - 2, StandardCharsets.ISO_8859_1);
        String line = strip(text);
        boolean complete = end < start.length || start.length < SCRIPT_LINE || !text.endsWith(line);
        if (line.isEmpty()) {
            return null;
        }
        int space = 0;
        while (space < line.length() && line.charAt(space) != ' ' && line.charAt(space) != '\t') {
            space++;
        }
        if (space == line.length()) {
            // A path that may be cut off is not used.
            return complete ? new String[] {line} : null;
        }
        return new String[] {line.substring(0, space), strip(line.substring(space))};
    }

    private static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && (text.charAt(start) == ' ' || text.charAt(start) == '\t')) {
            start++;
        }
        while (end > start && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
            end--;
        }
        return text.substring(start, end);
    }
}
