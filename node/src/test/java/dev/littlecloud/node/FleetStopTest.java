package dev.littlecloud.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.service.Lease;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How instances end: their programs are asked to, and get some time. */
class FleetStopTest extends FleetTesting {
    private static final String SLOW_TO_END =
            "\"softConcurrency\":1,\"hardConcurrency\":1,\"max\":1,\"idleMillis\":1";

    @BeforeEach
    void holdStops() {
        launcher.isStopHeld = true;
    }

    @AfterEach
    void letAllStop() {
        launcher.isStopHeld = false;
        for (int i = 0; i < launcher.units.size(); i++) {
            launcher.stops.add(true);
        }
    }

    @Test
    void aProgramIsAskedAndItsInstanceIsThereUntilItEnds() throws Exception {
        Fleet fleet = fleet("\"idleMillis\":1");
        get(fleet.acquire()).release();
        await(() -> launcher.units.getFirst().isAsked);
        assertThat(fleet.instances()).hasSize(1);
        assertThat(heard).noneMatch(line -> line.startsWith("ended"));

        launcher.stops.add(true);

        await(() -> heard.contains("ended u1: no request for 1 ms"));
        await(() -> fleet.instances().isEmpty());
    }

    @Test
    void oneThatDoesNotEndIsKilledAndThatIsSaid() throws Exception {
        Fleet fleet = fleet("\"idleMillis\":1");
        get(fleet.acquire()).release();
        await(() -> launcher.units.getFirst().isAsked);

        launcher.stops.add(false);

        await(
                () ->
                        heard.contains(
                                "ended u1: no request for 1 ms; its program was asked to end and"
                                        + " did not, so it was killed"));
    }

    @Test
    void oneThatCannotBeEndedKeepsNoPlace() throws Exception {
        launcher.isDefective = true;
        Fleet fleet = fleet("\"idleMillis\":1");
        get(fleet.acquire()).release();

        await(() -> fleet.instances().isEmpty());

        assertThat(heard)
                .anyMatch(line -> line.startsWith("ended u1: ") && line.contains("defective"));
        fleet.retire();
        await(fleet::isGone);
    }

    @Test
    void oneThatSleepsAndCannotBeEndedKeepsNoPlace() throws Exception {
        Fleet fleet = fleet("\"scaleToZero\":\"stateful\",\"idleMillis\":1");
        get(fleet.acquire()).release();
        await(() -> launcher.units.getFirst().isFrozen);
        launcher.isDefective = true;
        launcher.isBroken = true;
        CompletableFuture<Lease> place = fleet.acquire();

        await(place::isDone);

        assertThat(fleet.instances()).isEmpty();
    }

    @Test
    void aRequestDoesNotWaitForOneThatEnds() throws Exception {
        Fleet fleet = fleet(SLOW_TO_END);
        Lease first = get(fleet.acquire());
        first.release();
        await(() -> launcher.units.getFirst().isAsked);

        assertThat(get(fleet.acquire()).backend()).isNotEqualTo(first.backend());
    }

    @Test
    void asManyAsMayRunMayEndBesideThem() throws Exception {
        Fleet fleet = fleet(SLOW_TO_END);
        for (int i = 0; i < 2; i++) {
            get(fleet.acquire()).release();
            int number = i;
            await(() -> launcher.units.get(number).isAsked);
        }
        CompletableFuture<Lease> third = fleet.acquire();
        assertThat(third).isNotDone();
        assertThat(launcher.startsAsked).hasValue(2);

        launcher.stops.add(true);

        get(third).release();
    }

    @Test
    void anInstanceForOneRequestIsNotAsked() throws Exception {
        Fleet fleet = fleet("\"isolation\":\"request\"");
        get(fleet.acquire()).release();
        await(() -> heard.contains("ended u1: its request is done"));
        assertThat(launcher.units.getFirst().isAsked).isFalse();
    }

    @Test
    void aServiceSaysHowLongItsProgramsMayTake() throws Exception {
        Fleet fleet = fleet("\"idleMillis\":1");
        get(fleet.acquire()).release();
        await(() -> launcher.units.getFirst().isAsked);
        assertThat(launcher.units.getFirst().stopPatience).isEqualTo(Duration.ofSeconds(10));

        Fleet other = fleet(spec("\"idleMillis\":1,\"stopTimeoutMillis\":2500"), 2);
        get(other.acquire()).release();
        await(() -> launcher.units.get(1).isAsked);
        assertThat(launcher.units.get(1).stopPatience).isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void oneWithoutTimeIsNotAskedAndEndsAtOnce() throws Exception {
        Fleet fleet = fleet("\"idleMillis\":1,\"stopTimeoutMillis\":0");
        get(fleet.acquire()).release();
        await(() -> heard.contains("ended u1: no request for 1 ms"));
        assertThat(launcher.units.getFirst().isAsked).isFalse();
    }

    @Test
    void whatIsFrozenIsNotAsked() throws Exception {
        Fleet fleet = fleet("\"scaleToZero\":\"stateful\",\"idleMillis\":1");
        get(fleet.acquire()).release();
        await(() -> heard.contains("ended u1: no request for 1 ms; it is frozen"));
        fleet.retire();
        await(() -> launcher.units.getFirst().hasEnded);
        assertThat(launcher.units.getFirst().isAsked).isFalse();
    }

    @Test
    void aRevisionIsGoneWhenItsLastInstanceHasEnded() throws Exception {
        Fleet fleet = fleet("");
        get(fleet.acquire()).release();
        fleet.retire();
        await(() -> launcher.units.getFirst().isAsked);
        assertThat(fleet.isGone()).isFalse();

        launcher.stops.add(true);

        await(() -> launcher.isRemoved);
    }

    @Test
    void atShutdownNothingIsRemovedFromTheDiskAnyMore() throws Exception {
        launcher.isRemovalHeld = true;
        fleet("").retire();
        // The next one is prepared while the last one's files are still removed.
        fleet(spec(""), 2);
        Thread closing = Thread.startVirtualThread(node::close);
        await(() -> closing.getState() == Thread.State.WAITING);
        assertThat(launcher.isRemoved).isFalse();

        launcher.removals.add("go");

        assertThat(closing.join(DEADLINE)).isTrue();
        assertThat(launcher.isRemoved).isTrue();
    }

    @Test
    void atShutdownAllAreAskedBeforeAnyIsWaitedFor() throws Exception {
        Fleet one = fleet(spec(""), 1);
        Fleet two = fleet(spec(""), 2);
        get(one.acquire()).release();
        get(two.acquire()).release();
        Thread closing = Thread.startVirtualThread(node::close);
        await(() -> launcher.units.stream().allMatch(unit -> unit.isAsked));

        launcher.stops.addAll(List.of(true, true));

        assertThat(closing.join(DEADLINE)).isTrue();
        assertThat(launcher.running()).isEmpty();
    }
}
