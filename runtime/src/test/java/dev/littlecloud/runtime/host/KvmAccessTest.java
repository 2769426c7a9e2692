package dev.littlecloud.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class KvmAccessTest {
    @Test
    void saysInOneLineHowToGetKvm() {
        Optional<String> missing = KvmAccess.problem(false, false, "ann");
        Optional<String> closed = KvmAccess.problem(true, false, "ann");

        assertThat(missing.orElse(""))
                .contains("/dev/kvm does not exist", "modprobe kvm_intel")
                .doesNotContain("\n");
        assertThat(closed.orElse("")).contains("usermod -aG kvm ann").doesNotContain("\n");
        assertThat(KvmAccess.problem(true, true, "ann")).isEmpty();
    }
}
