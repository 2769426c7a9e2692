package dev.littlecloud.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** When an instance is frozen, and what has it go on. */
class FleetSleepTest extends FleetTesting {
    private static final String STATEFUL = "\"scaleToZero\":\"stateful\",\"idleMillis\":1";

    private FakeLauncher.FakeUnit unit() {
        return launcher.units.getFirst();
    }

    @Test
    void aStatefulInstanceIsFrozenAndGoesOn() throws Exception {
        Fleet fleet = fleet(STATEFUL);
        get(fleet.acquire()).release();
        await(() -> heard.contains("ended u1: no request for 1 ms; it is frozen"));
        await(() -> fleet.instances().isEmpty());
        assertThat(unit().hasEnded).isFalse();

        Lease again = get(fleet.acquire());

        assertThat(again.backend()).isEqualTo(unit().backend());
        assertThat(launcher.startsAsked).hasValue(1);
        assertThat(fleet.instances()).singleElement().matches(one -> one.id().equals("u1.1"));
        assertThat(heard).contains("started u1.1");
    }

    @Test
    void whatAConnectionSaysThawsTheInstance() throws Exception {
        Fleet fleet = fleet(tcp(STATEFUL), 1);
        Lease open = get(fleet.acquire());
        await(() -> heard.contains("ended u1: no request for 1 ms; it is frozen"));
        unit().restingNanos = 0;

        unit().say();

        await(() -> heard.contains("started u1.1"));
        await(() -> !fleet.instances().isEmpty());
        open.release();
        assertThat(fleet.instances()).singleElement().matches(one -> one.activeRequests() == 0);
    }

    private static ServiceSpec tcp(String scaling) {
        String json =
                "{\"image\":\"app\",\"port\":80,\"protocol\":\"tcp\",\"scaling\":{"
                        + scaling
                        + "}}";
        return ServiceSpec.read(JsonFields.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aStreamThatIsSilentDoesNotKeepAStatefulInstanceAwake() throws Exception {
        Fleet fleet = fleet(STATEFUL);
        Lease stream = get(fleet.acquire());
        Lease request = get(fleet.acquire());
        stream.becomesStream();
        assertThat(unit().isFrozen).isFalse();
        request.release();
        await(() -> heard.contains("ended u1: no request for 1 ms; it is frozen"));

        unit().say();

        await(() -> heard.contains("started u1.1"));
        await(() -> heard.contains("ended u1.1: no request for 1 ms; it is frozen"));
        stream.release();
        get(fleet.acquire()).release();
        assertThat(heard).contains("started u1.2");
        assertThat(launcher.startsAsked).hasValue(1);
    }

    @Test
    void anInstanceThatCannotBeFrozenStaysAndTheReasonIsTold() throws Exception {
        launcher.stuck = "it has a UDP socket to outside";
        Fleet fleet = fleet(STATEFUL);
        get(fleet.acquire()).release();

        await(
                () ->
                        heard.contains(
                                "awake u1: it cannot be frozen and goes on running: it has a UDP"
                                        + " socket to outside"));

        get(fleet.acquire()).release();
        assertThat(launcher.running()).hasSize(1);
        assertThat(fleet.instances()).hasSize(1);
    }

    @Test
    void aProgramThatEndsByItselfIsNotThawedAgain() throws Exception {
        Fleet fleet = fleet(STATEFUL);
        get(fleet.acquire()).release();
        await(() -> heard.contains("ended u1: no request for 1 ms; it is frozen"));
        Lease lease = get(fleet.acquire());
        assertThat(launcher.isStateKept).isTrue();

        unit().crash();

        await(() -> heard.contains("crashed u1.1: its program ended with 139"));
        lease.release();
        assertThat(launcher.isStateKept).isFalse();
        get(fleet.acquire()).release();
        assertThat(launcher.startsAsked).hasValue(2);
    }

    @Test
    void aFrozenInstanceThatCannotBeThawedIsACrash() throws Exception {
        Fleet fleet = fleet(STATEFUL);
        get(fleet.acquire()).release();
        await(() -> heard.contains("ended u1: no request for 1 ms; it is frozen"));
        launcher.isBroken = true;

        assertThat(refusal(fleet.acquire())).isEqualTo(Reason.CRASH_LOOP);

        assertThat(heard).anyMatch(line -> line.startsWith("loop: "));
        assertThat(unit().hasEnded).isTrue();
    }

    @Test
    void aFrozenInstanceOfAnOldRevisionIsDroppedWithAllThatIsKeptOfIt() throws Exception {
        Fleet old = fleet(STATEFUL);
        get(old.acquire()).release();
        await(() -> heard.contains("ended u1: no request for 1 ms; it is frozen"));

        old.retire();

        await(() -> launcher.isRemoved);
        await(() -> unit().hasEnded);
    }

    @Test
    void whenTheCloudIsShutDownARunningInstanceIsFrozenAndKept() throws Exception {
        Fleet fleet = fleet("\"scaleToZero\":\"stateful\",\"idleMillis\":60000");
        get(fleet.acquire()).release();

        node.close();

        assertThat(heard).contains("ended u1: the cloud is shut down; it is frozen");
        assertThat(launcher.isClosed).isTrue();
        assertThat(launcher.isRemoved).isFalse();
    }
}
