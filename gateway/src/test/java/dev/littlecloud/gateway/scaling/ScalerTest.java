package dev.littlecloud.gateway.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.ServiceSettings;
import dev.littlecloud.gateway.service.ServiceSettings.Isolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Numbers of instances, with a clock and instances that do what the test says. */
class ScalerTest {
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final FakeClock clock = new FakeClock();
    private final FakeInstances instances = new FakeInstances();

    private Scaler scaler(int soft, int hard, int min, int max) {
        return scaler(soft, hard, min, max, ServiceSettings.DEFAULT);
    }

    private Scaler scaler(int soft, int hard, int min, int max, ServiceSettings settings) {
        ScalingSettings scaling = new ScalingSettings(soft, hard, min, max, IDLE);
        return new Scaler("app", settings, scaling, instances, clock, ScalingListener.NONE);
    }

    private static Reason reasonOf(CompletableFuture<Lease> refused) {
        assertThat(refused).isCompletedExceptionally();
        return refused.exceptionNow() instanceof Refusal refusal
                ? refusal.reason()
                : Reason.BAD_REQUEST;
    }

    @Test
    void hasNoInstanceWithoutRequests() {
        scaler(1, 1, 0, 5).start();

        assertThat(instances.starts).isZero();
    }

    @Test
    void startsOneForTheFirstRequestWhichWaitsForItOnly() {
        CompletableFuture<Lease> request = scaler(1, 1, 0, 5).acquire();
        assertThat(instances.starts).isEqualTo(1);
        assertThat(request).isNotDone();

        assertThat(request.isDone()).isFalse();
        FakeInstances.Fake instance = instances.ready();
        assertThat(request.join().backend()).isEqualTo(instance.backend());
    }

    @Test
    void startsAnotherOneInTheMomentTheSoftLimitIsExceeded() {
        Scaler scaler = scaler(2, 4, 0, 5);
        scaler.acquire();
        instances.ready();
        assertThat(scaler.acquire()).isDone();
        assertThat(instances.starts).isEqualTo(1);

        // No time passes: the request is served by the one there is, and another one starts.
        assertThat(scaler.acquire()).isDone();
        assertThat(instances.starts).isEqualTo(2);
        assertThat(scaler.acquire()).isDone();
        assertThat(instances.starts).isEqualTo(2);

        CompletableFuture<Lease> beyondHard = scaler.acquire();
        assertThat(beyondHard).isNotDone();
        FakeInstances.Fake second = instances.pending.isEmpty() ? null : instances.ready();
        assertThat(second).isNotNull();
        assertThat(beyondHard.join().backend()).isEqualTo(instances.all.get(1).backend());
    }

    @Test
    void refusesWhatNoInstanceCanTake() {
        Scaler scaler = scaler(1, 2, 0, 2);
        List<CompletableFuture<Lease>> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(scaler.acquire());
        }
        assertThat(instances.starts).isEqualTo(2);
        assertThat(reasonOf(requests.get(4))).isEqualTo(Reason.OVERLOADED);
        instances.allReady();
        assertThat(requests.subList(0, 4)).allMatch(request -> request.resultNow() != null);

        requests.getFirst().join().release();
        assertThat(scaler.acquire()).isCompleted();
    }

    @Test
    void losesNoRequestOfABurst() {
        Scaler scaler = scaler(5, 5, 0, 100);
        List<CompletableFuture<Lease>> requests = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            requests.add(scaler.acquire());
        }
        assertThat(instances.starts).isEqualTo(20);
        instances.allReady();
        Map<Backend, Integer> perInstance = new HashMap<>();
        for (CompletableFuture<Lease> request : requests) {
            perInstance.merge(request.resultNow().backend(), 1, Integer::sum);
        }
        assertThat(perInstance).hasSize(20).allSatisfy((backend, n) -> assertThat(n).isEqualTo(5));

        requests.forEach(request -> request.resultNow().release());
        clock.pass(IDLE.minusNanos(1));
        assertThat(instances.alive()).isEqualTo(20);
        clock.pass(Duration.ofNanos(1));
        assertThat(instances.alive()).isZero();
        assertThat(scaler.status()).isEqualTo(new ScalingStatus(0, 0, 0, 0, 0, "", false));
    }

    @Test
    void endsSurplusInstancesWhileOthersWork() {
        Scaler scaler = scaler(1, 1, 0, 5);
        CompletableFuture<Lease> first = scaler.acquire();
        CompletableFuture<Lease> second = scaler.acquire();
        instances.allReady();
        second.join().release();
        clock.pass(IDLE);

        assertThat(instances.all.get(1).stopped).isTrue();
        assertThat(instances.all.getFirst().stopped).isFalse();
        first.join().release();
    }

    @Test
    void countsIdleTimeFromTheLastRequest() {
        Scaler scaler = scaler(1, 1, 0, 5);
        CompletableFuture<Lease> request = scaler.acquire();
        instances.ready();
        for (int i = 0; i < 5; i++) {
            request.join().release();
            clock.passMillis(4_999);
            request = scaler.acquire();
            assertThat(request).isCompleted();
        }
        clock.pass(Duration.ofMinutes(10));
        assertThat(instances.alive()).isEqualTo(1);
        request.join().release();
        clock.pass(IDLE);
        assertThat(instances.alive()).isZero();
        assertThat(instances.starts).isEqualTo(1);
    }

    @Test
    void keepsAsManyAsItShould() {
        Scaler scaler = scaler(1, 1, 2, 5);
        scaler.start();
        instances.allReady();
        List<CompletableFuture<Lease>> requests =
                List.of(scaler.acquire(), scaler.acquire(), scaler.acquire());
        instances.allReady();
        requests.forEach(request -> request.join().release());
        clock.pass(Duration.ofMinutes(1));
        assertThat(instances.alive()).isEqualTo(2);

        instances.all.getFirst().crash("exit code 1");
        clock.pass(Duration.ofSeconds(1));
        instances.allReady();
        clock.pass(Duration.ofMinutes(1));
        assertThat(scaler.status().running()).isEqualTo(2);
    }

    @Test
    void triesAgainAfterPausesThatGrow() {
        Scaler scaler = scaler(1, 1, 0, 5);
        CompletableFuture<Lease> request = scaler.acquire();
        instances.fail("no memory");
        assertThat(instances.starts).isEqualTo(1);
        clock.passMillis(99);
        assertThat(instances.starts).isEqualTo(1);
        clock.passMillis(1);
        assertThat(instances.starts).isEqualTo(2);
        instances.fail("no memory");
        clock.passMillis(199);
        assertThat(instances.starts).isEqualTo(2);
        clock.passMillis(1);
        instances.ready();

        assertThat(request).isCompleted();
    }

    @Test
    void reportsACrashLoopAndLeavesIt() {
        Scaler scaler = scaler(1, 1, 0, 5);
        CompletableFuture<Lease> request = scaler.acquire();
        for (int i = 0; i < 4; i++) {
            instances.fail("exit code 7");
            clock.passMillis(i < 3 ? 100L << i : 0);
        }
        assertThat(reasonOf(request)).isEqualTo(Reason.CRASH_LOOP);
        assertThatThrownBy(() -> scaler.acquire().join())
                .hasMessageContaining("app failed 4 times in a row")
                .hasMessageContaining("exit code 7")
                .hasMessageContaining("next try in 800 ms");
        assertThat(scaler.status().isCrashLooping()).isTrue();
        assertThat(instances.starts).isEqualTo(4);

        clock.passMillis(800);
        CompletableFuture<Lease> later = scaler.acquire();
        instances.ready();
        later.join().release();
        clock.pass(IDLE);
        assertThat(scaler.status().failures()).isZero();
    }

    @Test
    void countsInstancesThatEndSoonAsFailures() {
        Scaler scaler = scaler(1, 1, 0, 5);
        scaler.acquire();
        instances.ready().crash("segmentation fault");
        assertThat(scaler.status().failures()).isEqualTo(1);
        assertThat(scaler.status().lastFailure()).isEqualTo("segmentation fault");

        clock.passMillis(100);
        scaler.acquire();
        FakeInstances.Fake longLived = instances.ready();
        clock.pass(Duration.ofMinutes(1));
        longLived.crash("out of memory");
        assertThat(scaler.status().failures()).isEqualTo(1);
        assertThat(scaler.status().running()).isZero();
    }

    @Test
    void givesEachRequestAnInstanceOfItsOwn() {
        ServiceSettings single = ServiceSettings.DEFAULT.withIsolation(Isolation.REQUEST);
        Scaler scaler = scaler(10, 20, 0, 3, single);
        CompletableFuture<Lease> first = scaler.acquire();
        CompletableFuture<Lease> second = scaler.acquire();
        instances.allReady();
        assertThat(first.join().backend()).isNotEqualTo(second.join().backend());

        first.join().release();
        assertThat(instances.all.getFirst().stopped).isTrue();
        CompletableFuture<Lease> third = scaler.acquire();
        assertThat(third).isNotDone();
        instances.ready();
        assertThat(third.join().backend()).isEqualTo(instances.all.get(2).backend());
    }

    @Test
    void rollsOverWithoutLosingARequest() {
        Scaler old = scaler(1, 1, 1, 5);
        old.start();
        instances.allReady();
        CompletableFuture<Lease> running = old.acquire();
        CompletableFuture<Lease> waiting = old.acquire();
        CompletableFuture<Void> drained = old.drain();
        CompletableFuture<Lease> late = old.acquire();
        instances.allReady();
        assertThat(running).isCompleted();
        assertThat(waiting).isCompleted();
        assertThat(late).isCompleted();
        assertThat(drained).isNotDone();

        running.join().release();
        waiting.join().release();
        late.join().release();
        assertThat(drained).isCompleted();
        assertThat(instances.alive()).isZero();
    }

    @Test
    void forgetsRequestsThatWereGivenUp() {
        Scaler scaler = scaler(1, 1, 0, 5);
        CompletableFuture<Lease> request = scaler.acquire();
        request.cancel(false);
        instances.ready();

        assertThat(scaler.status().leases()).isZero();
        clock.pass(IDLE);
        assertThat(instances.alive()).isZero();
    }

    @Test
    void ignoresSecondReleases() {
        Scaler scaler = scaler(2, 2, 0, 5);
        Lease first = acquired(scaler);
        scaler.acquire();
        first.release();
        first.release();

        assertThat(scaler.status().leases()).isEqualTo(1);
    }

    private Lease acquired(Scaler scaler) {
        CompletableFuture<Lease> request = scaler.acquire();
        instances.allReady();
        return request.join();
    }

    /** Any order of events keeps the limits and answers every request. */
    @Test
    void keepsItsPromisesWhateverHappens() {
        Random random = new Random(Long.getLong("seed", 20261121));
        for (int round = 0; round < 200; round++) {
            int soft = 1 + random.nextInt(4);
            int hard = soft + random.nextInt(4);
            int max = 1 + random.nextInt(5);
            Scaler scaler = scaler(soft, hard, random.nextInt(max + 1), max);
            scaler.start();
            List<CompletableFuture<Lease>> requests = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                step(random, scaler, requests);
                ScalingStatus status = scaler.status();
                assertThat(status.running() + status.starting()).isLessThanOrEqualTo(max);
                assertThat(status.leases()).isLessThanOrEqualTo(status.running() * hard);
                assertThat(status.queued()).isLessThanOrEqualTo(max * hard);
            }
            for (int i = 0; i < 40; i++) {
                instances.allReady();
                clock.pass(Duration.ofSeconds(31));
                requests.stream()
                        .filter(
                                request ->
                                        request.state()
                                                == java.util.concurrent.Future.State.SUCCESS)
                        .forEach(request -> request.resultNow().release());
            }
            assertThat(requests).allMatch(CompletableFuture::isDone);
            scaler.drain();
            instances.allReady();
            assertThat(instances.alive()).isZero();
            instances.all.clear();
        }
    }

    private void step(Random random, Scaler scaler, List<CompletableFuture<Lease>> requests) {
        switch (random.nextInt(7)) {
            case 0, 1, 2 -> requests.add(scaler.acquire());
            case 3 -> {
                if (!instances.pending.isEmpty()) {
                    instances.ready();
                }
            }
            case 4 -> {
                if (!requests.isEmpty()) {
                    CompletableFuture<Lease> one = requests.get(random.nextInt(requests.size()));
                    if (one.state() == java.util.concurrent.Future.State.SUCCESS) {
                        one.resultNow().release();
                    } else if (random.nextInt(4) == 0) {
                        one.cancel(false);
                    }
                }
            }
            case 5 -> clock.passMillis(random.nextInt(3000));
            default -> {
                if (random.nextInt(3) == 0 && !instances.pending.isEmpty()) {
                    instances.fail("luck");
                } else if (random.nextInt(3) == 0 && !instances.all.isEmpty()) {
                    instances.all.get(random.nextInt(instances.all.size())).crash("luck");
                }
            }
        }
    }
}
