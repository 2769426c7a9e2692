package dev.littlecloud.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SiteFormTest {
    private static final int NUMBER = 0x0e;
    private static final String LOAD = "b80e000000";
    private static final String CALL = "0f05";

    /** Enough of what does not matter to be known on both sides. */
    private static final String BEFORE = "9090909090909090";

    private static final String TEST_ZERO = "4885c0";
    private static final String BEHIND = "c3909090909090909090";

    private static long form(String before, String behind) {
        String start = BEFORE + before;
        byte[] code = HexFormat.of().parseHex(start + CALL + behind + BEHIND);
        return SiteForm.of(code, start.length() / 2, NUMBER);
    }

    private static void assertBehind(String behind) {
        long form = form("", behind);
        assertThat(SiteForm.isBehind(form)).isTrue();
        assertThat(SiteForm.length(form)).isEqualTo(behind.length() / 2);
        assertThat(SiteForm.middle(0x1000, form)).isEqualTo(0x1002);
        assertThat(SiteForm.end(0x1000, form)).isEqualTo(0x1002 + behind.length() / 2);
    }

    @Test
    void comparisonsBehindACallGiveWay() {
        assertBehind("483d00f0ffff");
        assertBehind("3d00f0ffff");
        assertBehind("80bbf808000000");
    }

    @Test
    void instructionsThatKeepFlagsGiveWayWhereOthersSetThem() {
        assertThat(SiteForm.isBehind(form("", "498b442428" + TEST_ZERO))).isTrue();
        assertThat(form("", "498b442428" + "0f94c0")).isEqualTo(SiteForm.NONE);
    }

    @Test
    void theNumberBeforeACallGivesWay() {
        long form = form(LOAD, "89c2f7da");
        assertThat(SiteForm.isBehind(form)).isFalse();
        assertThat(SiteForm.number(form)).isEqualTo(NUMBER);
        assertThat(SiteForm.start(0x1000, form)).isEqualTo(0xffb);
        assertThat(SiteForm.middle(0x1000, form)).isEqualTo(0x1000);
        assertThat(SiteForm.end(0x1000, form)).isEqualTo(0x1002);
    }

    @Test
    void theNumberOfAnotherCallDoesNot() {
        assertThat(form("b80f000000", TEST_ZERO)).isEqualTo(SiteForm.NONE);
    }

    @Test
    void theEndOfALongerInstructionDoesNot() {
        assertThat(form("41" + LOAD, TEST_ZERO)).isEqualTo(SiteForm.NONE);
        assertThat(form("8d" + LOAD, TEST_ZERO)).isEqualTo(SiteForm.NONE);
        assertThat(form("c745" + LOAD, TEST_ZERO)).isEqualTo(SiteForm.NONE);
        assertThat(form("c74424" + LOAD, TEST_ZERO)).isEqualTo(SiteForm.NONE);
    }

    @Test
    void nothingGivesWayWhereFlagsAreLookedAt() {
        assertThat(form(LOAD, "0f94c0")).isEqualTo(SiteForm.NONE);
        assertThat(form(LOAD, "89c2" + "7405")).isEqualTo(SiteForm.NONE);
        assertThat(form(LOAD, "83d000")).isEqualTo(SiteForm.NONE);
    }

    @Test
    void instructionsThatMeanSomethingElseElsewhereStay() {
        assertThat(form("", "488b15e2510d00" + TEST_ZERO)).isEqualTo(SiteForm.NONE);
        assertThat(form("", "e886faffff")).isEqualTo(SiteForm.NONE);
    }

    @Test
    void codeThatIsNotKnownIsNotJudged() {
        byte[] code = HexFormat.of().parseHex(BEFORE + LOAD + CALL + "4885");
        assertThat(SiteForm.of(code, 13, NUMBER)).isEqualTo(SiteForm.NONE);
    }
}
