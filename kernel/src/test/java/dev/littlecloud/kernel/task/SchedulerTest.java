package dev.littlecloud.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private final TestInstance instance = new TestInstance(new ImageTree(), 4 << 20);
    private final Scheduler scheduler = instance.kernel().scheduler();
    private final Processor first = scheduler.processors().getFirst();
    private final Processor second = new Processor(instance.kernel(), first.vcpu());
    private final Task hereBefore = instance.newTask(Credentials.of(0, 0));
    private final Task thereBefore = instance.newTask(Credentials.of(0, 0));
    private final Task fresh = instance.newTask(Credentials.of(0, 0));

    @BeforeEach
    void run() {
        hereBefore.run.extendedOn = first.extended();
        thereBefore.run.extendedOn = second.extended();
    }

    @Test
    void givesAProcessorTheTaskThatRanThere() {
        scheduler.start(thereBefore);
        scheduler.start(hereBefore);

        assertThat(scheduler.next(first)).isSameAs(hereBefore);
    }

    @Test
    void letsAWaitingTaskRunWhenAnotherGivesWay() {
        scheduler.start(fresh);
        scheduler.requeue(hereBefore);

        assertThat(scheduler.next(first)).isSameAs(fresh);
    }

    @Test
    void passesATaskOverOnlyOnce() {
        scheduler.start(fresh);
        scheduler.start(hereBefore);
        assertThat(scheduler.next(first)).isSameAs(hereBefore);
        scheduler.start(hereBefore);

        assertThat(scheduler.next(first)).isSameAs(fresh);
    }

    @Test
    void passesATaskOverOnlyOnceWhoeverComesNext() {
        scheduler.start(fresh);
        scheduler.start(hereBefore);
        assertThat(scheduler.next(first)).isSameAs(hereBefore);
        scheduler.start(thereBefore);

        assertThat(scheduler.next(second)).isSameAs(fresh);
        assertThat(scheduler.next(second)).isSameAs(thereBefore);
    }
}
