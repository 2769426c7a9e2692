package dev.littlecloud.kernel.freeze;

import dev.littlecloud.machine.GuestMemory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parts of an image's contents that an instance can see, put together to few: each takes the host
 * 24 KiB and 60 µs, however small it is, and 2.5 KiB for each MiB.
 */
record ImageWindows(List<Part> parts) {
    /** What is between two parts and not worth another one. */
    private static final long GAP = 8L << 20;

    record Part(long guestPhysical, long blobOffset, long length) {
        static Part of(External.Window window) {
            return new Part(window.guestPhysical(), window.blobOffset(), window.length());
        }

        /** Whether the other one is a little further on, in the guest and in the blob. */
        boolean reaches(Part next) {
            return next.guestPhysical - guestPhysical == next.blobOffset - blobOffset
                    && next.blobOffset - blobOffset <= length + GAP;
        }

        Part through(Part last) {
            return new Part(guestPhysical, blobOffset, last.blobOffset + last.length - blobOffset);
        }
    }

    static ImageWindows of(Stream<External> externals) {
        List<Part> parts = new ArrayList<>();
        externals
                .filter(External.Window.class::isInstance)
                .map(external -> Part.of((External.Window) external))
                .sorted(Comparator.comparingLong(Part::guestPhysical))
                .forEach(
                        part -> {
                            if (!parts.isEmpty() && parts.getLast().reaches(part)) {
                                parts.add(parts.removeLast().through(part));
                            } else {
                                parts.add(part);
                            }
                        });
        return new ImageWindows(List.copyOf(parts));
    }

    /** Opens them before anyone asks for the windows they are made of. */
    void open(Surroundings around) {
        GuestMemory memory = around.machine().memory();
        for (Part part : parts) {
            memory.mapFile(
                    part.guestPhysical, around.blob().asSlice(part.blobOffset, part.length), false);
        }
    }
}
