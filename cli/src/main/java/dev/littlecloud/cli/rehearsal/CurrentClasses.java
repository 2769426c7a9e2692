package dev.littlecloud.cli.rehearsal;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipOutputStream;

/**
 * Writes classes of Java 5 anew, as Java 8 has them: with the stack maps that the JVM's verifier wants
 * today. An AOT cache takes no older ones, and to load the 170 of the command line's parser from their
 * jar takes a tenth of a second.
 */
final class CurrentClasses {
    /** The first version whose classes an AOT cache takes; JVMS 4.1. */
    private static final int JAVA_6 = 50;

    private CurrentClasses() {}

    /** The arguments are jars, which are replaced where they have old classes. */
    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            renew(Path.of(jar));
        }
    }

    private static void renew(Path jar) throws IOException {
        Path renewed = jar.resolveSibling(jar.getFileName() + ".new");
        boolean hasOld = false;
        try (JarFile from = new JarFile(jar.toFile());
                URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                OutputStream file = Files.newOutputStream(renewed);
                ZipOutputStream to = new ZipOutputStream(file)) {
            ClassFile classes =
                    ClassFile.of(
                            StackMapsOption.GENERATE_STACK_MAPS,
                            ClassHierarchyResolverOption.of(
                                    ClassHierarchyResolver.ofResourceParsing(loader)));
            for (JarEntry entry : Collections.list(from.entries())) {
                byte[] content;
                try (InputStream in = from.getInputStream(entry)) {
                    content = in.readAllBytes();
                }
                if (isOld(entry, content)) {
                    content = renewed(classes, content);
                    hasOld = true;
                }
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTime(entry.getTime());
                to.putNextEntry(copy);
                to.write(content);
                to.closeEntry();
            }
        }
        if (hasOld) {
            Files.move(renewed, jar, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.delete(renewed);
        }
    }

    private static boolean isOld(JarEntry entry, byte[] content) throws IOException {
        if (!entry.getName().endsWith(".class")) {
            return false;
        }
        try (DataInputStream header = new DataInputStream(new ByteArrayInputStream(content))) {
            header.skipNBytes(6); // magic and minor version
            return header.readUnsignedShort() < JAVA_6;
        }
    }

    private static byte[] renewed(ClassFile classes, byte[] content) {
        ClassTransform transform =
                ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                        .andThen(
                                (to, element) -> {
                                    if (element instanceof ClassFileVersion) {
                                        to.withVersion(ClassFile.JAVA_8_VERSION, 0);
                                    } else {
                                        to.with(element);
                                    }
                                });
        return classes.transformClass(classes.parse(content), transform);
    }
}
