package dev.littlecloud.kernel.freeze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.machine.GuestMemory;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ImageWindowsTest {
    private static final long MIB = 1L << 20;

    @Test
    void windowsThatAreNearEachOtherBecomeOne() {
        assertThat(windows(40, 0, 4, 12).parts()).hasSize(2);
        assertThat(windows(0, 4, 8)).isEqualTo(windows(0, 8));
    }

    @Test
    void whatIsFarAwayInTheImageIsNotJoined() {
        External moved = new External.Window(GuestMemory.WINDOWS_BASE + 4 * MIB, 64 * MIB, 4 * MIB);
        Stream<External> both = Stream.of(window(0), moved);
        assertThat(ImageWindows.of(both).parts()).hasSize(2);
    }

    @Test
    void anInstanceThatSeesNoFileHasNone() {
        assertThat(ImageWindows.of(Stream.of(new External.Named("machine"))).parts()).isEmpty();
    }

    private static ImageWindows windows(long... mebibytes) {
        return ImageWindows.of(Arrays.stream(mebibytes).mapToObj(ImageWindowsTest::window));
    }

    private static External window(long mebibytes) {
        long offset = mebibytes * MIB;
        return new External.Window(GuestMemory.WINDOWS_BASE + offset, offset, 4 * MIB);
    }
}
