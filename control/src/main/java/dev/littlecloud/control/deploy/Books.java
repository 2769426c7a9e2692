package dev.littlecloud.control.deploy;

import dev.littlecloud.control.meter.LogBook;
import dev.littlecloud.control.meter.Meter;
import dev.littlecloud.control.meter.MetricsTable;
import dev.littlecloud.control.meter.Recorder;
import java.time.Clock;

/** Where what is heard of revisions is written. */
public record Books(
        Clock clock,
        Recorder recorder,
        Meter meter,
        LogBook logs,
        MetricsTable metrics,
        Health health) {}
