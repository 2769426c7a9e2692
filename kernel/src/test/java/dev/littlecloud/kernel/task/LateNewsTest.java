package dev.littlecloud.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LateNewsTest {
    private final LateNews news = new LateNews();
    private final List<String> told = new ArrayList<>();

    @Test
    void isKeptBackUntilItIsTold() {
        news.add(() -> told.add("first"));
        news.add(() -> told.add("second"));
        assertThat(told).isEmpty();
        news.tell();
        assertThat(told).containsExactly("first", "second");
        news.tell();
        assertThat(told).hasSize(2);
    }

    @Test
    void isToldOneByOneWhereThereIsMoreToDo() {
        news.add(() -> told.add("first"));
        news.add(() -> told.add("second"));
        news.tellNext();
        assertThat(told).containsExactly("first");
        news.tellNext();
        news.tellNext();
        assertThat(told).containsExactly("first", "second");
    }

    @Test
    void newsOfNewsIsToldAsWell() {
        news.add(() -> news.add(() -> told.add("later")));
        news.tell();
        assertThat(told).containsExactly("later");
    }

    @Test
    void isDueAfterAMoment() {
        assertThat(news.isDue()).isFalse();
        news.add(() -> told.add("only"));
        while (!news.isDue()) {
            Thread.onSpinWait();
        }
        news.tell();
        assertThat(news.isDue()).isFalse();
    }
}
