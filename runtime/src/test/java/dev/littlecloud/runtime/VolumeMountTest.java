package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeMountTest {
    private static final Path HERE = Path.of("/home/me");

    @Test
    void resolvesRelativeHostPaths() {
        assertThat(VolumeMount.parse("./site/../data:/var//www/./x", HERE))
                .isEqualTo(new VolumeMount(Path.of("/home/me/data"), "/var/www/x", false));
    }

    @Test
    void isWritableUnlessAskedOtherwise() {
        assertThat(VolumeMount.parse("/a:/b", HERE).readOnly()).isFalse();
        assertThat(VolumeMount.parse("/a:/b:rw", HERE).readOnly()).isFalse();
        assertThat(VolumeMount.parse("/a:/b:ro", HERE).readOnly()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/a, is not HOST:GUEST",
        ":/b, is not HOST:GUEST",
        "/a:/b:ro:x, is not HOST:GUEST",
        "/a:/b:z, is not a mode",
        "data:/b, write ./data",
        "/a:b, must be an absolute path",
        "/a:/, would hide the image",
        "/a:/x/.., would hide the image",
    })
    void refusesOtherTextSayingWhy(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VolumeMount.parse(text, HERE))
                .withMessageContaining(why);
    }
}
