package dev.littlecloud.runtime.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.template.Allotment.Wish;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllotmentTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final int MANY = 1_000;
    private static final long PLENTY = MANY * MEBIBYTE;

    /** Services whose clones take a mebibyte each. */
    private static List<Wish> wishes(int... clones) {
        List<Wish> wishes = new ArrayList<>();
        for (int count : clones) {
            wishes.add(new Wish(count, MANY, MEBIBYTE));
        }
        return wishes;
    }

    @Test
    void whereThereIsRoomAllGetWhatTheyWantAndAFew() {
        assertThat(Allotment.of(wishes(1, 100, 2), MANY, PLENTY))
                .containsExactly(Allotment.A_FEW, 100, Allotment.A_FEW);
    }

    @Test
    void oneOfEachComesFirst() {
        assertThat(Allotment.of(wishes(100, 1, 100), 3, PLENTY)).containsExactly(1, 1, 1);
        assertThat(Allotment.of(wishes(100, 1, 100), MANY, 3 * MEBIBYTE)).containsExactly(1, 1, 1);
    }

    @Test
    void thenTheBurstsOfThoseThatWereUsedLast() {
        assertThat(Allotment.of(wishes(10, 20, 30), 25, PLENTY)).containsExactly(10, 14, 1);
        assertThat(Allotment.of(wishes(1, 20, 30), 25, PLENTY)).containsExactly(1, 20, 4);
    }

    @Test
    void thoseThatWereNotUsedForTheLongestTimeHaveNone() {
        assertThat(Allotment.of(wishes(1, 1, 1), 2, PLENTY)).containsExactly(1, 1, 0);
        assertThat(Allotment.of(wishes(1, 1, 1), MANY, 0)).containsExactly(0, 0, 0);
        assertThat(Allotment.of(wishes(1, 1, 1), 0, PLENTY)).containsExactly(0, 0, 0);
    }

    @Test
    void clonesCountByWhatTheyTake() {
        List<Wish> wishes =
                List.of(new Wish(10, MANY, 50 * MEBIBYTE), new Wish(10, MANY, MEBIBYTE));
        assertThat(Allotment.of(wishes, MANY, 104 * MEBIBYTE)).containsExactly(2, 4);
    }

    @Test
    void noServiceHasMoreThanItMayUse() {
        List<Wish> wishes = List.of(new Wish(100, 3, MEBIBYTE), new Wish(1, 1, MEBIBYTE));
        assertThat(Allotment.of(wishes, MANY, PLENTY)).containsExactly(3, 1);
    }

    @Test
    void whatIsHeldIsPartOfTheRoom() {
        StagingRoom room = new StagingRoom(300 * MEBIBYTE, MANY);
        assertThat(room.bytes(20 * MEBIBYTE)).isEqualTo(20 * MEBIBYTE);
        assertThat(new StagingRoom(-5 * MEBIBYTE, MANY).bytes(MEBIBYTE)).isZero();
        StagingRoom host = StagingRoom.ofHost();
        assertThat(host.clones()).isPositive();
    }
}
