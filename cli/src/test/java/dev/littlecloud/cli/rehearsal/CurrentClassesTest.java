package dev.littlecloud.cli.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CurrentClassesTest {
    @TempDir private Path directory = Path.of("");

    private Path parser() throws IOException, URISyntaxException {
        URL of = CommandLine.class.getProtectionDomain().getCodeSource().getLocation();
        return Files.copy(Path.of(of.toURI()), directory.resolve("parser.jar"));
    }

    private static List<String> names(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(JarEntry::getName).toList();
        }
    }

    @Test
    void allClassesOfTheParserAreCurrentThenAndPassTheVerifier() throws Exception {
        Path jar = parser();
        List<String> before = names(jar);

        CurrentClasses.main(new String[] {jar.toString()});

        assertThat(names(jar)).isEqualTo(before);
        try (JarFile file = new JarFile(jar.toFile());
                URLClassLoader loader =
                        new URLClassLoader(
                                new URL[] {jar.toUri().toURL()},
                                ClassLoader.getPlatformClassLoader())) {
            for (JarEntry entry : file.stream().toList()) {
                String name = entry.getName();
                if (!name.endsWith(".class") || name.startsWith("META-INF")) {
                    continue;
                }
                byte[] content = file.getInputStream(entry).readAllBytes();
                assertThat(ClassFile.of().parse(content).majorVersion())
                        .as(name)
                        .isGreaterThanOrEqualTo(ClassFile.JAVA_6_VERSION);
                if (name.startsWith("picocli/CommandLine")) {
                    String type = name.substring(0, name.length() - ".class".length());
                    Class.forName(type.replace('/', '.'), true, loader);
                }
            }
        }
    }

    @Test
    void aJarWithoutOldClassesStaysAsItIs() throws Exception {
        Path jar = parser();
        CurrentClasses.main(new String[] {jar.toString()});
        byte[] renewed = Files.readAllBytes(jar);

        CurrentClasses.main(new String[] {jar.toString()});

        assertThat(Files.readAllBytes(jar)).isEqualTo(renewed);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(jar);
        }
    }
}
