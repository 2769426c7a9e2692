package dev.littlecloud.cli.run;

import dev.littlecloud.cli.image.TerminalProgress;
import dev.littlecloud.image.DataDirectory;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.InstanceRunner;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Images from this machine's store, instances in this process. */
public final class LocalLaunch implements Launch {
    private final InstanceRunner runner;

    public LocalLaunch(InstanceRunner runner) {
        this.runner = runner;
    }

    @Override
    public RunningInstance start(
            String reference, PullPolicy pullPolicy, InstanceSpec spec, Stdio stdio) {
        ImageReference parsed = ImageReference.parse(reference);
        // Before a download: it would be for nothing.
        KvmAccess.require();
        ImageStore store = ImageStore.open(DataDirectory.fromEnvironment());
        Progress progress =
                TerminalProgress.ofStandardError(
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        Image image = store.resolve(parsed, pullPolicy, progress);
        return runner.start(spec, image, stdio);
    }
}
