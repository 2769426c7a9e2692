package dev.littlecloud.cli.docs;

import dev.littlecloud.cli.Littlecloud;
import dev.littlecloud.kernel.syscall.SyscallTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** All generated documents. */
public final class Documents {
    private Documents() {}

    /** File names and contents. */
    static Map<String, String> all() {
        return Map.of(
                "cli.md", CommandReference.of(Littlecloud.commandLine()),
                "syscalls.md", SyscallReference.of(SyscallTables.linux()));
    }

    /** Writes the documents into the directory that is the only argument. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        for (Map.Entry<String, String> document : all().entrySet()) {
            Files.writeString(directory.resolve(document.getKey()), document.getValue());
        }
    }
}
