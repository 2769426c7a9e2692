package dev.littlecloud.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TarBuilder.Header;
import dev.littlecloud.image.testing.TestImages;
import dev.littlecloud.image.testing.Trees;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileLayerTest {
    private static final ImageLimits SMALL = new ImageLimits(1 << 20, 100, 10, 10_000);

    @TempDir private Path directory;

    private void assertRefused(ErrorCode code, String message, TarBuilder... layers) {
        assertRefused(
                code,
                message,
                Arrays.stream(layers).map(tar -> TestImages.layer(tar.build())).toList());
    }

    private void assertRefused(ErrorCode code, String message, List<LayerSource> layers) {
        assertThatThrownBy(() -> Trees.flatten(directory, SMALL, layers))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).describedAs(e.getMessage()).isEqualTo(code))
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void refusesNamesOutsideTheImage() {
        assertRefused(
                ErrorCode.MALFORMED, "outside the image", new TarBuilder().file("../etc/x", "y"));
        assertRefused(
                ErrorCode.MALFORMED, "outside the image", new TarBuilder().file("a/../../x", "y"));
        assertRefused(
                ErrorCode.MALFORMED,
                "outside the image",
                new TarBuilder().file("a", "").hardLink("b", "../a"));
    }

    @Test
    void refusesHardLinksToNothingAndToFolders() {
        assertRefused(
                ErrorCode.MALFORMED,
                "which is not in the image",
                new TarBuilder().hardLink("a", "missing"));
        assertRefused(
                ErrorCode.MALFORMED,
                "points to the directory",
                new TarBuilder().directory("d/").hardLink("a", "d"));
        assertRefused(
                ErrorCode.MALFORMED,
                "which is not in the image",
                new TarBuilder().symlink("s", "/etc").hardLink("a", "s/passwd"));
    }

    @Test
    void refusesLinksInCircles() {
        assertRefused(
                ErrorCode.MALFORMED,
                "too many symbolic links",
                new TarBuilder().symlink("a", "b").symlink("b", "a").file("a/x", ""));
    }

    @Test
    void refusesAFileBelowAFile() {
        assertRefused(
                ErrorCode.MALFORMED,
                "which is no directory",
                new TarBuilder().file("a", "").file("a/b", ""));
    }

    @Test
    void refusesSizesThatAreTooLargeBeforeReadingThem() {
        assertRefused(
                ErrorCode.LIMIT_EXCEEDED,
                "'big' has 8589934591",
                List.of(
                        TestImages.layer(
                                new TarBuilder()
                                        .entry(
                                                new Header("big", '0').size(077777777777L),
                                                new byte[0])
                                        .buildOpen())));
        assertRefused(
                ErrorCode.LIMIT_EXCEEDED,
                "999999999999999999",
                new TarBuilder().pax("size", "999999999999999999").file("big", "x"));
    }

    @Test
    void refusesNegativeAndOverflowingNumbers() {
        byte[] minusOne = new byte[12];
        Arrays.fill(minusOne, (byte) 0xff);
        assertRefused(
                ErrorCode.MALFORMED,
                "negative size",
                new TarBuilder().entry(new Header("a", '0').bytes(124, minusOne), new byte[0]));
        byte[] huge = new byte[12];
        Arrays.fill(huge, (byte) 0xff);
        huge[0] = (byte) 0x80;
        assertRefused(
                ErrorCode.MALFORMED,
                "impossible size",
                new TarBuilder().entry(new Header("a", '0').bytes(124, huge), new byte[0]));
        assertRefused(
                ErrorCode.MALFORMED,
                "impossible size",
                new TarBuilder().entry(new Header("a", '0').text(124, 12, "12x"), new byte[0]));
        assertRefused(
                ErrorCode.MALFORMED,
                "impossible owner",
                new TarBuilder().pax("uid", "4294967295").file("a", ""));
        assertRefused(
                ErrorCode.MALFORMED,
                "impossible number",
                new TarBuilder().pax("size", "-1").file("a", ""));
        assertRefused(
                ErrorCode.MALFORMED,
                "impossible number",
                new TarBuilder().pax("size", "99999999999999999999999").file("a", ""));
    }

    @Test
    void refusesNamesThatLinuxCannotHave() {
        assertRefused(
                ErrorCode.MALFORMED,
                "NUL byte",
                new TarBuilder().pax("path", "a\0b").file("a", ""));
        assertRefused(
                ErrorCode.MALFORMED,
                "longer than 255",
                new TarBuilder().pax("path", "n".repeat(256)).file("a", ""));
        assertRefused(
                ErrorCode.MALFORMED,
                "of 5000 bytes",
                new TarBuilder().pax("path", "n/".repeat(2_500)).file("a", ""));
        assertRefused(ErrorCode.MALFORMED, "target of 0 bytes", new TarBuilder().symlink("a", ""));
        assertRefused(ErrorCode.MALFORMED, "hides nothing", new TarBuilder().file(".wh...", ""));
    }

    @Test
    void refusesARootThatIsNoFolder() {
        assertRefused(ErrorCode.MALFORMED, "root", new TarBuilder().symlink("./", "/etc"));
        assertRefused(
                ErrorCode.MALFORMED, "root", new TarBuilder().file("a", "").hardLink("/", "a"));
    }

    @Test
    void refusesTooManyEntriesTooDeepAndTooMuchMetadata() {
        TarBuilder many = new TarBuilder();
        for (int i = 0; i < 101; i++) {
            many.file("f" + i, "");
        }
        assertRefused(ErrorCode.LIMIT_EXCEEDED, "more than the 100 entries", many);
        assertRefused(
                ErrorCode.LIMIT_EXCEEDED,
                "deeper than 10",
                new TarBuilder().directory("a/".repeat(11)));
        assertRefused(
                ErrorCode.LIMIT_EXCEEDED,
                "names and attributes",
                new TarBuilder().pax("SCHILY.xattr.user.x", "x".repeat(10_000)).file("a", ""));
    }

    @Test
    void refusesDepthBeyondTheLimitThroughLinks() {
        TarBuilder tar = new TarBuilder().directory("a/b/c/d/e/f/").symlink("s", "a/b/c/d/e/f");
        assertRefused(ErrorCode.LIMIT_EXCEEDED, "deeper than 10", tar.directory("s/g/h/i/j/k/"));
    }

    @Test
    void refusesABombOfZeros() {
        byte[] tar = new byte[4 << 20];
        assertRefused(
                ErrorCode.LIMIT_EXCEEDED,
                "more than the 1048576 bytes",
                List.of(TestImages.layer(TestImages.gzip(tar), tar)));
    }

    @Test
    void refusesHugeExtensionHeaders() {
        assertRefused(
                ErrorCode.MALFORMED,
                "extension header of 1073741824",
                new TarBuilder().entry(new Header("x", 'L').size(1 << 30), new byte[0]));
    }

    @Test
    void refusesPaxHeadersThatAreNotWellFormed() {
        for (String records :
                List.of("x", "999 a=b\n", "0 a=b\n", "6 a=bc", "12345678901 a=b\n", "4 \n\n")) {
            byte[] bytes = TestImages.utf8(records);
            assertRefused(
                    ErrorCode.MALFORMED,
                    "PAX header",
                    new TarBuilder()
                            .entry(new Header("p", 'x').size(bytes.length), bytes)
                            .file("a", "x"));
        }
    }

    @Test
    void refusesSparseMapsThatDoNotFit() {
        assertRefused(
                ErrorCode.MALFORMED,
                "do not fit",
                new TarBuilder()
                        .pax("GNU.sparse.size", "100")
                        .pax("GNU.sparse.map", "90,20")
                        .file("s", "x".repeat(20)));
        assertRefused(
                ErrorCode.MALFORMED,
                "do not fit",
                new TarBuilder()
                        .pax("GNU.sparse.size", "100")
                        .pax("GNU.sparse.map", "0,10,5,10")
                        .file("s", "x".repeat(20)));
        assertRefused(
                ErrorCode.LIMIT_EXCEEDED,
                "bytes they may have",
                new TarBuilder()
                        .pax("GNU.sparse.size", "999999999999999999")
                        .pax("GNU.sparse.map", "0,1")
                        .file("s", "x"));
    }

    @Test
    void refusesLayersThatAreCutShort() {
        byte[] tar = new TarBuilder().file("a", "x".repeat(2_000)).build();
        assertRefused(
                ErrorCode.MALFORMED,
                "cut short",
                List.of(TestImages.layer(Arrays.copyOf(tar, 700))));
        assertRefused(
                ErrorCode.MALFORMED,
                "cut short",
                List.of(TestImages.layer(Arrays.copyOf(tar, 100))));
        byte[] packed = TestImages.gzip(tar);
        assertRefused(
                ErrorCode.MALFORMED,
                "cannot be unpacked",
                List.of(TestImages.layer(Arrays.copyOf(packed, packed.length / 2), tar)));
    }

    @Test
    void refusesWhatIsNoTar() {
        byte[] noise = new byte[2_048];
        Arrays.fill(noise, (byte) 'n');
        assertRefused(ErrorCode.MALFORMED, "not a tar", List.of(TestImages.layer(noise)));
    }

    @Test
    void refusesWrongDigests() {
        byte[] tar = new TarBuilder().file("a", "x").build();
        byte[] other = new TarBuilder().file("a", "y").build();
        assertRefused(ErrorCode.DIGEST_MISMATCH, "damaged", List.of(TestImages.layer(tar, other)));
        assertRefused(
                ErrorCode.DIGEST_MISMATCH,
                "damaged",
                List.of(source(tar, Digest.sha256(other), tar.length, Optional.empty())));
    }

    @Test
    void refusesWrongSizesAndWrongMediaTypes() {
        byte[] tar = new TarBuilder().file("a", "x").build();
        Digest digest = Digest.sha256(tar);
        assertRefused(
                ErrorCode.LIMIT_EXCEEDED,
                "more than the 100 bytes",
                List.of(source(tar, digest, 100, Optional.empty())));
        assertRefused(
                ErrorCode.MALFORMED,
                "bytes instead of 99999",
                List.of(source(tar, digest, 99_999, Optional.empty())));
        assertRefused(
                ErrorCode.MALFORMED,
                "announced as GZIP but is NONE",
                List.of(source(tar, digest, tar.length, Optional.of(Compression.GZIP))));
    }

    @Test
    void refusesOtherCompressions() {
        byte[] bytes = TestImages.utf8("BZh91AY&SY");
        assertRefused(
                ErrorCode.UNSUPPORTED, "bzip2 or xz", List.of(TestImages.layer(bytes, bytes)));
    }

    @Test
    void keepsControlCharactersOutOfMessages() {
        assertRefused(
                ErrorCode.MALFORMED,
                "'\\x1b[31mevil\\x0a'",
                new TarBuilder()
                        .pax("path", "\u001b[31mevil\n")
                        .entry(new Header("x", 'Z'), new byte[0]));
    }

    private static LayerSource source(
            byte[] stored, Digest digest, long size, Optional<Compression> compression) {
        return new LayerSource(
                "layer 1 (test)",
                Optional.of(digest),
                size,
                compression,
                Digest.sha256(stored),
                () -> new ByteArrayInputStream(stored));
    }
}
