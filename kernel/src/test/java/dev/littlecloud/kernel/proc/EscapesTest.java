package dev.littlecloud.kernel.proc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EscapesTest {
    @Test
    void columnsCannotBeForgedByNames() {
        assertThat(Escapes.column("/a b\tc\nd\\e#f")).isEqualTo("/a\\040b\\011c\\012d\\134e\\043f");
        assertThat(Escapes.column("/plain")).isEqualTo("/plain");
    }

    @Test
    void pathsInMapsKeepSpaces() {
        assertThat(Escapes.path("/a b\nc (deleted)")).isEqualTo("/a b\\012c (deleted)");
    }

    @Test
    void namesInStatusStayOnTheirLine() {
        assertThat(Escapes.status("a\nb\\c")).isEqualTo("a\\nb\\\\c");
    }

    @Test
    void onlyCanonicalNumbersNameProcesses() {
        assertThat(Numbers.parse("0")).isZero();
        assertThat(Numbers.parse("1234")).isEqualTo(1234);
        assertThat(Numbers.parse("01")).isNegative();
        assertThat(Numbers.parse("-1")).isNegative();
        assertThat(Numbers.parse("")).isNegative();
        assertThat(Numbers.parse("99999999999")).isNegative();
        assertThat(Numbers.parse("1x")).isNegative();
    }
}
