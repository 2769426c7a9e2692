package dev.littlecloud.control.meter;

import dev.littlecloud.control.model.UsageTotals;
import dev.littlecloud.control.store.UsageTable.ServiceHour;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What usage costs. Every line is quantity times price, and the total is the sum of the lines as
 * shown, so that a person can check it.
 */
public record Bill(String currency, List<Line> lines, BigDecimal total) {
    private static final int DIGITS = 6;
    private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal GIBIBYTE = BigDecimal.valueOf(1L << 30);
    private static final BigDecimal GIBIBYTE_SECOND = GIBIBYTE.multiply(BigDecimal.valueOf(1_000));

    /**
     * One thing that costs.
     *
     * @param quantity in units
     * @param price of a unit
     */
    public record Line(
            String service,
            String item,
            BigDecimal quantity,
            String unit,
            BigDecimal price,
            BigDecimal amount) {}

    public static Bill of(List<ServiceHour> hours, PriceList prices) {
        Map<String, UsageTotals> byService = new TreeMap<>();
        for (ServiceHour hour : hours) {
            byService.merge(hour.service(), hour.usage(), UsageTotals::plus);
        }
        List<Line> lines = new ArrayList<>();
        byService.forEach((service, usage) -> add(lines, service, usage, prices));
        BigDecimal total =
                lines.stream().map(Line::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
        return new Bill(prices.currency(), lines, total);
    }

    private static void add(List<Line> lines, String service, UsageTotals usage, PriceList prices) {
        long cpuMicros = usage.guestCpuMicros() + usage.kernelCpuMicros();
        add(lines, service, "cpu", cpuMicros, MICROS, "cpu-second", prices.cpuSecond());
        add(
                lines,
                service,
                "memory",
                usage.memoryByteMillis(),
                GIBIBYTE_SECOND,
                "GiB-second",
                prices.gibibyteSecond());
        add(
                lines,
                service,
                "requests",
                usage.requests(),
                MICROS,
                "million requests",
                prices.millionRequests());
        add(lines, service, "egress", usage.bytesOut(), GIBIBYTE, "GiB", prices.egressGibibyte());
    }

    private static void add(
            List<Line> lines,
            String service,
            String item,
            long used,
            BigDecimal perUnit,
            String unit,
            BigDecimal price) {
        if (used == 0) {
            return;
        }
        BigDecimal quantity =
                BigDecimal.valueOf(used)
                        .divide(perUnit, MathContext.DECIMAL64)
                        .setScale(DIGITS, RoundingMode.HALF_UP);
        BigDecimal amount = quantity.multiply(price).setScale(DIGITS, RoundingMode.HALF_UP);
        lines.add(new Line(service, item, quantity, unit, price, amount));
    }
}
