package dev.littlecloud.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallHistoryTest {
    private static final int READ = 0;

    private final PageCache file =
            new PageCache() {
                @Override
                public long size() {
                    return 0;
                }

                @Override
                public long pageForRead(long index) {
                    return -Errno.EIO;
                }

                @Override
                public long pageForWrite(long index) {
                    return -Errno.EIO;
                }

                @Override
                public boolean isPageWritable(long index) {
                    return false;
                }

                @Override
                public void retain() {}

                @Override
                public void release() {}
            };

    @Test
    void leavesRoomForSitesThatAProcessUsesForTheFirstTime() {
        CallHistory history = new CallHistory();
        for (int place = 0; place < 2 * PostedCode.MAX_SITES; place++) {
            history.left(site(place));
        }
        history.left(site(70));

        List<CallHistory.Site> expected = history.sites(true);

        assertThat(expected).first().isEqualTo(site(70));
        assertThat(expected).hasSizeLessThan(PostedCode.MAX_SITES);
    }

    private CallHistory.Site site(int place) {
        return new CallHistory.Site(file, 0, place, READ);
    }
}
