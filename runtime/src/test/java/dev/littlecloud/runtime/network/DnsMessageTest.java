package dev.littlecloud.runtime.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DnsMessageTest {
    /** A question for the address of "a.b", with an additional record behind it. */
    private static final byte[] QUERY = {
        0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 'a', 1, 'b', 0, 0, 1, 0, 1, 0, 0, 41, 4, 0, 0,
        0, 0, 0, 0, 0
    };

    @Test
    void repeatsTheQuestionInAFailure() {
        byte[] answer = DnsMessage.failure(QUERY);
        assertThat(answer).hasSize(12 + 9);
        assertThat(answer).startsWith(0x12, 0x34);
        assertThat(answer[2] & 0x80).isNotZero();
        assertThat(answer[3] & 15).isEqualTo(2);
        assertThat(answer[5]).isEqualTo((byte) 1);
        assertThat(answer[11]).isZero();
        assertThat(DnsMessage.answers(QUERY, answer, answer.length)).isTrue();
    }

    @Test
    void refusesWithItsOwnCode() {
        assertThat(DnsMessage.refusal(QUERY)[3] & 15).isEqualTo(5);
    }

    @Test
    void survivesQuestionsThatEndTooEarly() {
        for (int length = 0; length < QUERY.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(QUERY, length);
            byte[] answer = DnsMessage.failure(cut);
            assertThat(answer.length).isLessThanOrEqualTo(length);
        }
    }

    @Test
    void knowsForeignAnswers() {
        byte[] answer = DnsMessage.failure(QUERY);
        answer[0] ^= 1;
        assertThat(DnsMessage.answers(QUERY, answer, answer.length)).isFalse();
        assertThat(DnsMessage.answers(QUERY, QUERY, QUERY.length)).isFalse();
    }
}
