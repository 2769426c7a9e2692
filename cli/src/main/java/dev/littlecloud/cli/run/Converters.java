package dev.littlecloud.cli.run;

import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.ByteSize;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.Endpoint;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.PortMapping;
import dev.littlecloud.runtime.VolumeMount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Texts of the command line to values; what they refuse becomes a usage error. */
final class Converters {
    private Converters() {}

    private static <T> T convert(String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException refused) {
            throw new TypeConversionException(refused.getMessage());
        }
    }

    static final class Port implements ITypeConverter<PortMapping> {
        @Override
        public PortMapping convert(String text) {
            return Converters.convert(text, PortMapping::parse);
        }
    }

    static final class Volume implements ITypeConverter<VolumeMount> {
        @Override
        public VolumeMount convert(String text) {
            return Converters.convert(
                    text, value -> VolumeMount.parse(value, Path.of("").toAbsolutePath()));
        }
    }

    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return Converters.convert(text, ByteSize::parse);
        }
    }

    static final class Cpus implements ITypeConverter<CpuLimit> {
        @Override
        public CpuLimit convert(String text) {
            return Converters.convert(text, CpuLimit::parse);
        }
    }

    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Converters.convert(text, Durations::parse);
        }
    }

    static final class Destination implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(String text) {
            return Converters.convert(text, Endpoint::parse);
        }
    }

    static final class Network implements ITypeConverter<NetworkPolicy.Mode> {
        @Override
        public NetworkPolicy.Mode convert(String text) {
            return switch (text) {
                case "none" -> NetworkPolicy.Mode.NONE;
                case "loopback" -> NetworkPolicy.Mode.LOOPBACK;
                case "outbound" -> NetworkPolicy.Mode.OUTBOUND;
                default ->
                        throw new TypeConversionException(
                                "'%s' is not a network; write none, loopback or outbound"
                                        .formatted(text));
            };
        }
    }

    static final class Pull implements ITypeConverter<PullPolicy> {
        @Override
        public PullPolicy convert(String text) {
            return switch (text) {
                case "missing" -> PullPolicy.MISSING;
                case "always" -> PullPolicy.ALWAYS;
                case "never" -> PullPolicy.NEVER;
                default ->
                        throw new TypeConversionException(
                                "'%s' is no time to pull; write missing, always or never"
                                        .formatted(text));
            };
        }
    }
}
