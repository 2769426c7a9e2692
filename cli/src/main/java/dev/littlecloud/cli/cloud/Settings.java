package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.run.Durations;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageReference.DockerArchive;
import dev.littlecloud.image.ImageReference.LocalId;
import dev.littlecloud.image.ImageReference.OciArchive;
import dev.littlecloud.image.ImageReference.OciLayout;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.runtime.ByteSize;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Values as people write them. */
final class Settings {
    private Settings() {}

    static Duration time(CommandSpec spec, String text) {
        return parsed(spec, text, Durations::parse);
    }

    static long bytes(CommandSpec spec, String text) {
        return parsed(spec, text, ByteSize::parse);
    }

    /** The cloud works in another folder, so it gets whole paths. */
    static String image(CommandSpec spec, String text) {
        return parsed(
                spec,
                text,
                wanted ->
                        switch (ImageReference.parse(wanted)) {
                            case DockerArchive it ->
                                    new DockerArchive(it.file().toAbsolutePath(), it.name())
                                            .toString();
                            case OciArchive it ->
                                    new OciArchive(it.file().toAbsolutePath(), it.tag()).toString();
                            case OciLayout it ->
                                    new OciLayout(it.directory().toAbsolutePath(), it.tag())
                                            .toString();
                            case RegistryName name -> wanted;
                            case LocalId id -> wanted;
                        });
    }

    /** A wrong value is a wrong command line. */
    static <T> T parsed(CommandSpec spec, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | ImageException wrong) {
            throw new ParameterException(
                    spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
