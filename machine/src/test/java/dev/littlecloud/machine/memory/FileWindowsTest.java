package dev.littlecloud.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class FileWindowsTest {
    private static final long BASE = GuestMemory.WINDOWS_BASE;
    private static final long PAGE = GuestMemory.PAGE_SIZE;

    private final MemorySegment file = Arena.ofAuto().allocate(8 * PAGE, PAGE);
    private final RecordingSlots slots = new RecordingSlots();
    private final FileWindows windows = new FileWindows(slots);

    @Test
    void aPartOfALargerWindowNeedsNoSlotOfItsOwn() {
        windows.map(BASE, file, false);
        FileWindow part = windows.map(BASE + PAGE, file.asSlice(PAGE, 2 * PAGE), false);
        assertThat(slots.added).hasSize(1);
        assertThat(part.guestPhysical()).isEqualTo(BASE + PAGE);
        assertThat(part.host().address()).isEqualTo(file.address() + PAGE);
    }

    @Test
    void theLargerWindowStaysWhenItsPartIsClosed() {
        windows.map(BASE, file, false);
        windows.map(BASE, file, false).close();
        assertThat(windows.at(BASE + PAGE, 8).address()).isEqualTo(file.address() + PAGE);
    }

    @Test
    void nothingElseComesWhereAWindowIs() {
        windows.map(BASE, file.asSlice(0, 4 * PAGE), false);
        MemorySegment page = file.asSlice(0, PAGE);
        assertThatThrownBy(() -> windows.map(BASE + PAGE, page, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> windows.map(BASE, page, true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> windows.map(BASE, file, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void foundPlacesAreNotAmongChosenOnes() {
        FileWindow found = windows.map(file, true);
        FileWindow chosen = windows.map(BASE + (1L << 30), file, false);
        assertThat(found.guestPhysical()).isGreaterThan(chosen.guestPhysical());
        assertThat(windows.map(file, true).guestPhysical())
                .isEqualTo(found.guestPhysical() + file.byteSize());
    }

    @Test
    void aFileThatIsTooLargeIsRefused() {
        long last = BASE + GuestMemory.MAX_WINDOWS_BYTES - PAGE;
        assertThatThrownBy(() -> windows.map(last, file, false))
                .isInstanceOf(MachineException.class);
    }
}
