package dev.littlecloud.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.Scaling;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many instances there are, and which of them gets a request. */
class FleetTest extends FleetTesting {
    @Test
    void theFirstRequestStartsAnInstanceAndTheLastOneGone() throws Exception {
        Fleet fleet = fleet("\"idleMillis\":1");
        assertThat(launcher.startsAsked).hasValue(0);

        Lease lease = get(fleet.acquire());
        assertThat(fleet.instances()).singleElement().matches(one -> one.activeRequests() == 1);
        lease.release();
        lease.release();

        await(() -> fleet.instances().isEmpty());
        assertThat(launcher.running()).isEmpty();
        await(() -> heard.contains("ended u1: no request for 1 ms"));
        assertThat(heard.getFirst()).isEqualTo("started u1");
    }

    @Test
    void anInstanceThatIsNeverToBeIdleEndsWithItsRequestAndNotBefore() throws Exception {
        Fleet fleet = fleet("\"idleMillis\":0");
        Lease lease = get(fleet.acquire());
        // Longer than a check that was due at once may take.
        Thread.sleep(100);
        assertThat(fleet.instances()).hasSize(1);

        lease.release();
        await(() -> fleet.instances().isEmpty());
    }

    @Test
    void whatIsMadeAlreadyTakesARequestAtOnce() throws Exception {
        Fleet fleet = fleet("\"softConcurrency\":1,\"hardConcurrency\":1");
        launcher.staged.set(2);
        launcher.isHeld = true;
        assertThat(fleet.acquire()).isCompletedWithValueMatching(Lease::hasWaited);
        assertThat(fleet.acquire()).isCompletedWithValueMatching(Lease::hasWaited);

        CompletableFuture<Lease> third = fleet.acquire();
        assertThat(third).isNotDone();
        launcher.letStart();
        assertThat(get(third).hasWaited()).isTrue();
        assertThat(fleet.instances()).hasSize(3);
    }

    @Test
    void theSoftLimitStartsAnotherInstanceAndTheHardOneQueues() throws Exception {
        Fleet fleet =
                fleet("\"softConcurrency\":2,\"hardConcurrency\":3,\"max\":2,\"idleMillis\":60000");
        List<Lease> first = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            first.add(get(fleet.acquire()));
        }
        assertThat(launcher.startsAsked).hasValue(1);

        launcher.isHeld = true;
        Lease third = get(fleet.acquire());
        CompletableFuture<Lease> fourth = fleet.acquire();

        assertThat(third.backend()).isEqualTo(first.getFirst().backend());
        await(() -> launcher.startsAsked.get() == 2);
        assertThat(fourth.isDone()).isFalse();
        launcher.letStart();
        Lease onSecond = get(fourth);
        assertThat(onSecond.backend()).isNotEqualTo(third.backend());

        CompletableFuture<Lease> fifth = fleet.acquire();
        CompletableFuture<Lease> sixth = fleet.acquire();
        CompletableFuture<Lease> seventh = fleet.acquire();
        assertThat(get(fifth).backend()).isEqualTo(onSecond.backend());
        get(sixth);
        assertThat(seventh.isDone()).isFalse();
        third.release();
        assertThat(get(seventh).backend()).isEqualTo(third.backend());
        assertThat(launcher.startsAsked).hasValue(2);
    }

    @Test
    void aBurstStartsAsManyAsAreAllowed() throws Exception {
        Fleet fleet =
                fleet("\"softConcurrency\":1,\"hardConcurrency\":1,\"max\":7,\"idleMillis\":1");
        launcher.isHeld = true;
        List<CompletableFuture<Lease>> places = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            places.add(fleet.acquire());
        }
        await(() -> launcher.startsAsked.get() == 7);
        launcher.isHeld = false;
        for (int i = 0; i < 7; i++) {
            launcher.letStart();
        }

        int answered = 0;
        for (CompletableFuture<Lease> place : places) {
            get(place).release();
            answered++;
        }

        assertThat(answered).isEqualTo(50);
        await(() -> fleet.instances().isEmpty());
    }

    @Test
    void withIsolationARequestHasAnInstanceOfItsOwn() throws Exception {
        Fleet fleet = fleet("\"isolation\":\"request\",\"max\":3");

        Lease one = get(fleet.acquire());
        Lease two = get(fleet.acquire());
        assertThat(one.backend()).isNotEqualTo(two.backend());
        one.release();
        await(() -> launcher.running().size() == 1);
        Lease three = get(fleet.acquire());

        assertThat(three.backend()).isNotIn(one.backend(), two.backend());
        assertThat(launcher.startsAsked).hasValue(3);
    }

    @Test
    void asManyAreKeptAsAreWanted() throws Exception {
        Fleet fleet = fleet("\"min\":2,\"idleMillis\":1");

        await(() -> launcher.running().size() == 2);
        fleet.scale(new Scaling(3, 10, 20, 100, "instance", 1, 10_000, 60_000, "on"));
        await(() -> launcher.running().size() == 3);
        fleet.scale(new Scaling(0, 10, 20, 100, "instance", 1, 10_000, 60_000, "off"));
        await(() -> launcher.running().size() == 1);
        launcher.running().getFirst().crash();
        await(() -> launcher.running().size() == 1 && launcher.startsAsked.get() == 4);
    }

    @Test
    void noMoreAreMadeAheadThanMayBeThere() throws Exception {
        Fleet fleet = fleet("\"max\":7");
        assertThat(launcher.most).isEqualTo(7);
        fleet.scale(new Scaling(0, 3, 20, 100, "instance", 1, 10_000, 60_000, "on"));
        assertThat(launcher.most).isEqualTo(3);
    }

    @Test
    void aNewRevisionIsAskedAsOftenAsTheOneBefore() throws Exception {
        fleet(spec(""), 1);
        assertThat(launcher.follows).isEmpty();
        fleet(spec("\"softConcurrency\":5"), 2);
        assertThat(launcher.follows).containsExactly(4.0);
        fleet(spec("\"isolation\":\"request\""), 3);
        assertThat(launcher.follows).containsExactly(4.0, 5.0);
    }

    @Test
    void aCrashLoopIsReportedAndAskedOfAgainOnlyLater() throws Exception {
        Fleet fleet = fleet("");
        launcher.isBroken = true;

        assertThat(refusal(fleet.acquire())).isEqualTo(Reason.CRASH_LOOP);

        assertThat(launcher.startsAsked).hasValue(Backoff.LOOP);
        assertThat(heard).anyMatch(line -> line.contains("it ended with 1 before it listened"));
        assertThat(refusal(fleet.acquire())).isEqualTo(Reason.CRASH_LOOP);
        assertThat(launcher.startsAsked).hasValue(Backoff.LOOP);

        launcher.isBroken = false;
        await(
                () -> {
                    CompletableFuture<Lease> place = fleet.acquire();
                    place.handle((lease, refused) -> null).join();
                    return !place.isCompletedExceptionally();
                });
    }

    @Test
    void aCrashedInstanceIsReplacedByTheNextRequest() throws Exception {
        Fleet fleet = fleet("");
        Lease lease = get(fleet.acquire());

        launcher.running().getFirst().crash();
        await(() -> fleet.instances().isEmpty());
        lease.release();

        assertThat(get(fleet.acquire()).backend()).isNotEqualTo(lease.backend());
        assertThat(heard).contains("crashed u1: its program ended with 139");
    }

    @Test
    void aRetiredRevisionServesWhatItHasAndThenCloses() throws Exception {
        Fleet old = fleet("");
        Lease lease = get(old.acquire());

        old.retire();
        assertThat(launcher.isClosed).isFalse();
        Lease late = get(old.acquire());
        lease.release();
        assertThat(launcher.running()).hasSize(1);
        late.release();

        await(() -> launcher.isClosed);
        assertThat(launcher.running()).isEmpty();
        assertThat(refusal(old.acquire())).isEqualTo(Reason.ENDING);
    }

    @Test
    void aRequestThatARetiredRevisionGetsTooLateIsServedByTheNextOne() throws Exception {
        Fleet old = fleet(spec(""), 1);
        Fleet next = fleet(spec(""), 2);
        old.retire();
        await(old::isGone);

        Lease late = get(old.acquire());

        assertThat(next.instances()).singleElement().matches(one -> one.activeRequests() == 1);
        late.release();
        node.unroute("hello");
        assertThat(refusal(old.acquire())).isEqualTo(Reason.ENDING);
    }

    @Test
    void noRequestIsLostFromZeroToAHundredAndBackWhileRevisionsChange() throws Exception {
        String scaling =
                "\"softConcurrency\":4,\"hardConcurrency\":8,\"max\":50,\"idleMillis\":200";
        Fleet serving = fleet(spec(scaling), 1);
        Map<Backend, AtomicInteger> active = new ConcurrentHashMap<>();
        AtomicInteger answered = new AtomicInteger();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int client = 0; client < 100; client++) {
                all.add(clients.submit(() -> tenRequests(active, answered)));
            }
            for (int revision = 2; revision <= 6; revision++) {
                int before = answered.get();
                Fleet next = fleet(spec(scaling), revision);
                serving.retire();
                serving = next;
                await(() -> answered.get() > before || answered.get() == 1000);
            }
            for (Future<?> each : all) {
                each.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            }
        }

        assertThat(answered).hasValue(1000);
        await(() -> launcher.running().isEmpty());
        assertThat(launcher.startsAsked.get()).isGreaterThan(1);
    }

    private Void tenRequests(Map<Backend, AtomicInteger> active, AtomicInteger answered)
            throws Exception {
        for (int i = 0; i < 10; i++) {
            Service routed = node.routes().table().host("hello.localhost").orElseThrow().service();
            Lease lease = get(routed.acquire());
            AtomicInteger here =
                    active.computeIfAbsent(lease.backend(), unused -> new AtomicInteger());
            assertThat(here.incrementAndGet()).isLessThanOrEqualTo(8);
            Thread.onSpinWait();
            here.decrementAndGet();
            lease.release();
            answered.incrementAndGet();
        }
        return null;
    }

    @Test
    void whoGoesAwayWhileItWaitsTakesNoPlace() throws Exception {
        launcher.isHeld = true;
        Fleet fleet = fleet("\"hardConcurrency\":1,\"softConcurrency\":1,\"max\":1");
        CompletableFuture<Lease> gone = fleet.acquire();
        CompletableFuture<Lease> stays = fleet.acquire();

        gone.cancel(true);
        launcher.letStart();

        get(stays).release();
    }

    @Test
    void requestsForAnExpectedServiceWaitForIt() throws Exception {
        node.expect("me", "hello", spec(""));
        Service soon = node.routes().table().host("hello.localhost").orElseThrow().service();
        CompletableFuture<Lease> place = soon.acquire();
        assertThat(place.isDone()).isFalse();

        Fleet fleet = fleet("");

        get(place).release();
        assertThat(node.routes().table().host("hello.localhost").orElseThrow().service())
                .isSameAs(fleet);
        node.request(soon, 200, 1, 2, 3);
        assertThat(heard).contains("request 200");
    }

    @Test
    void whatIsExpectedAndDoesNotComeIsRefused() throws Exception {
        node.expect("me", "hello", spec(""));
        Service soon = node.routes().table().host("hello.localhost").orElseThrow().service();
        CompletableFuture<Lease> place = soon.acquire();

        node.unroute("hello");

        assertThat(refusal(place)).isEqualTo(Reason.START_FAILED);
        assertThat(node.routes().table().host("hello.localhost")).isEmpty();
    }

    @Test
    void shuttingDownWaitsForRequestsAndRefusesNewOnes() throws Exception {
        node.close();
        node = new NodeWorkloads(launcher, data, "localhost", DEADLINE);
        Fleet fleet = fleet("");
        Lease lease = get(fleet.acquire());
        Thread closing = Thread.ofVirtual().start(node::close);
        await(
                () -> {
                    CompletableFuture<Lease> place = fleet.acquire();
                    if (place.isCompletedExceptionally()) {
                        return true;
                    }
                    place.join().release();
                    return false;
                });
        assertThat(launcher.running()).hasSize(1);

        lease.release();
        closing.join();

        assertThat(launcher.running()).isEmpty();
        assertThat(heard).contains("ended u1: the cloud is shut down");
    }

    @Test
    void portsOfTheMachineFollowTheirService() throws Exception {
        String redis =
                "{\"image\":\"app\",\"port\":6379,\"protocol\":\"tcp\",\"publishedPort\":%d}";
        for (int port : new int[] {7001, 7002}) {
            ServiceSpec spec =
                    ServiceSpec.read(
                            JsonFields.parse(
                                    redis.formatted(port).getBytes(StandardCharsets.UTF_8)));
            Fleet fleet = fleet(spec, port);
            assertThat(node.routes().table().ports()).containsOnly(Map.entry(port, fleet));
            assertThat(node.url("hello", spec)).isEqualTo("tcp://localhost:" + port);
        }
        node.unroute("hello");
        assertThat(node.routes().table().ports()).isEmpty();
    }
}
