package dev.littlecloud.image.store;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageConfig;
import dev.littlecloud.image.ImageConfig.ExposedPort;
import dev.littlecloud.image.ImageConfig.Healthcheck;
import dev.littlecloud.image.ImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * {@link ImageInfo} as bytes. Starting an image that is in the store needs this and the index only,
 * and no JSON parser, which would cost more than all the rest.
 */
final class InfoCodec {
    private static final int MAGIC = 0x4c43_494d;
    private static final int VERSION = 1;

    private InfoCodec() {}

    static byte[] encode(ImageInfo info) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeInt(VERSION);
            ImageConfig config = info.config();
            writeTexts(out, config.entrypoint());
            writeTexts(out, config.cmd());
            writeTexts(out, config.env());
            writeText(out, config.user());
            writeText(out, config.workingDir());
            writeTexts(out, config.exposedPorts().stream().map(ExposedPort::toString).toList());
            writeTexts(out, config.volumes());
            writeTexts(out, config.stopSignal().stream().toList());
            out.writeBoolean(config.healthcheck().isPresent());
            if (config.healthcheck().isPresent()) {
                Healthcheck check = config.healthcheck().get();
                writeTexts(out, check.test());
                out.writeLong(check.interval().toNanos());
                out.writeLong(check.timeout().toNanos());
                out.writeLong(check.startPeriod().toNanos());
                out.writeInt(check.retries());
            }
            writeTexts(out, List.copyOf(config.labels().keySet()));
            for (String name : config.labels().keySet()) {
                writeText(out, config.labels().getOrDefault(name, ""));
            }
            out.writeLong(config.created().getEpochSecond());
            out.writeInt(config.created().getNano());
            writeTexts(out, info.manifest().stream().map(Digest::toString).toList());
            writeTexts(out, info.layers().stream().map(Digest::toString).toList());
            out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    static ImageInfo decode(byte[] bytes, Path file) {
        int length = bytes.length - Integer.BYTES;
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (length < 0 || in.readInt() != MAGIC) {
                throw damaged(file, "it is not an image description");
            }
            int version = in.readInt();
            if (version != VERSION) {
                throw new ImageException(
                        ErrorCode.UNSUPPORTED,
                        file
                                + " has version "
                                + version
                                + ", this program reads "
                                + VERSION
                                + "; remove the image and load it again");
            }
            ImageInfo info = decode(in);
            if (in.available() != Integer.BYTES || in.readInt() != checksum(bytes, length)) {
                throw damaged(file, "its checksum is wrong");
            }
            return info;
        } catch (IOException | DateTimeException | ArithmeticException e) {
            throw damaged(file, "it is cut short");
        }
    }

    private static ImageInfo decode(DataInputStream in) throws IOException {
        List<String> entrypoint = readTexts(in);
        List<String> cmd = readTexts(in);
        List<String> env = readTexts(in);
        String user = readText(in);
        String workingDir = readText(in);
        List<ExposedPort> ports = new ArrayList<>();
        for (String port : readTexts(in)) {
            ports.add(port(port));
        }
        List<String> volumes = readTexts(in);
        Optional<String> stopSignal = readTexts(in).stream().findFirst();
        Optional<Healthcheck> healthcheck = Optional.empty();
        if (in.readBoolean()) {
            healthcheck =
                    Optional.of(
                            new Healthcheck(
                                    readTexts(in),
                                    Duration.ofNanos(in.readLong()),
                                    Duration.ofNanos(in.readLong()),
                                    Duration.ofNanos(in.readLong()),
                                    in.readInt()));
        }
        Map<String, String> labels = new LinkedHashMap<>();
        for (String name : readTexts(in)) {
            labels.put(name, readText(in));
        }
        Instant created = Instant.ofEpochSecond(in.readLong(), in.readInt());
        return new ImageInfo(
                new ImageConfig(
                        entrypoint,
                        cmd,
                        env,
                        user,
                        workingDir,
                        ports,
                        volumes,
                        stopSignal,
                        healthcheck,
                        labels,
                        created),
                readTexts(in).stream().findFirst().map(Digest::parse),
                readTexts(in).stream().map(Digest::parse).toList());
    }

    private static ExposedPort port(String text) throws IOException {
        int slash = text.indexOf('/');
        try {
            return new ExposedPort(
                    Integer.parseInt(text.substring(0, Math.max(slash, 0))),
                    text.substring(slash + 1));
        } catch (NumberFormatException e) {
            throw new IOException("not a port: " + text, e);
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void writeTexts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            writeText(out, text);
        }
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text of " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static List<String> readTexts(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > in.available() / Integer.BYTES) {
            throw new IOException(count + " texts");
        }
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(readText(in));
        }
        return texts;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static ImageException damaged(Path file, String why) {
        return ImageException.malformed(
                file + " is damaged (" + why + "); remove the image and load it again");
    }
}
