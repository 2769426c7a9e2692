package dev.littlecloud.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** signal(7): a signal for a process may be taken by any thread that does not block it. */
class HandedOnSignalTest {
    private static final long SHARED =
            Cloning.CLONE_VM
                    | Cloning.CLONE_FS
                    | Cloning.CLONE_FILES
                    | Cloning.CLONE_SIGHAND
                    | Cloning.CLONE_THREAD;

    private final TestInstance instance = new TestInstance(new ImageTree(), 4 << 20);
    private final Task chosen = instance.newTask(Credentials.of(0, 0));
    private final Task other =
            Objects.requireNonNull(Cloning.make(chosen, new Cloning.Wish(SHARED, 0, 0, 0, 0, 0)));

    @BeforeEach
    void sendWhileTheOtherSleeps() {
        other.run.state = TaskRun.State.BLOCKED;
        SigInfo info = SigInfo.fromProcess(Signal.SIGUSR1, SigInfo.SI_USER, 0, 0);
        SignalSending.toProcess(chosen.group(), info);
        assertThat(other.run.state).isEqualTo(TaskRun.State.BLOCKED);
    }

    @Test
    void wakesAnotherThreadWhenTheChosenOneBlocksIt() {
        chosen.signals().mask(Signal.bit(Signal.SIGUSR1));

        assertThat(other.run.state).isEqualTo(TaskRun.State.RUNNABLE);
    }

    @Test
    void wakesAnotherThreadWhenATemporaryMaskEnds() {
        other.run.state = TaskRun.State.RUNNABLE;
        chosen.signals().mask(Signal.bit(Signal.SIGUSR1));
        chosen.signals().temporaryMask(0);
        other.run.state = TaskRun.State.BLOCKED;

        chosen.signals().restoreMask();

        assertThat(other.run.state).isEqualTo(TaskRun.State.RUNNABLE);
    }

    @Test
    void wakesAnotherThreadWhenTheChosenOneEnds() {
        TaskExit.exit(chosen);

        assertThat(other.run.state).isEqualTo(TaskRun.State.RUNNABLE);
    }

    @Test
    void leavesAThreadAloneThatBlocksIt() {
        other.signals().mask(-1);
        chosen.signals().mask(-1);

        assertThat(other.run.state).isEqualTo(TaskRun.State.BLOCKED);
    }
}
