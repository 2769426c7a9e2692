package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a cloud is, and the token for it.
 *
 * @param url without a slash at the end
 */
record CloudAddress(String url, String token) {
    /** Written by {@code up} beside its data: the URL of its API. */
    static final String FILE = "cloud.url";

    /** LITTLECLOUD_URL and LITTLECLOUD_TOKEN; what they do not say is the cloud of this data. */
    static CloudAddress find(Map<String, String> environment, Path data) {
        String url = environment.getOrDefault("LITTLECLOUD_URL", "");
        String token = environment.getOrDefault("LITTLECLOUD_TOKEN", "");
        return new CloudAddress(
                (url.isEmpty() ? read(data.resolve(FILE)) : url).replaceFirst("/+$", ""),
                token.isEmpty() ? read(data.resolve("token")) : token);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new CloudException(
                    ExitCodes.UNREACHABLE,
                    "there is no cloud here; start one with 'littlecloud up', or set"
                            + " LITTLECLOUD_URL and LITTLECLOUD_TOKEN");
        } catch (IOException e) {
            throw new CloudException(
                    ExitCodes.UNREACHABLE, "cannot read " + file + ": " + e.getMessage());
        }
    }
}
