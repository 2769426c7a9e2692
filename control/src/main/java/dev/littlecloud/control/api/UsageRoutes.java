package dev.littlecloud.control.api;

import dev.littlecloud.control.meter.Bill;
import dev.littlecloud.control.meter.PriceList;
import dev.littlecloud.control.model.UsageTotals;
import dev.littlecloud.control.store.Transaction;
import dev.littlecloud.control.store.UsageTable;
import dev.littlecloud.control.store.UsageTable.ServiceHour;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/usage} and {@code /v1/bill}. */
final class UsageRoutes implements ApiEndpoint.Routes {
    private final Supplier<PriceList> prices;

    UsageRoutes(Supplier<PriceList> prices) {
        this.prices = prices;
    }

    @Override
    public void addTo(Router router) {
        router.get("/v1/usage", UsageRoutes::usage);
        router.get("/v1/bill", this::bill);
    }

    private record Period(Instant from, Instant to) {
        static Period of(Call call) {
            Instant month =
                    call.now()
                            .atOffset(ZoneOffset.UTC)
                            .truncatedTo(ChronoUnit.DAYS)
                            .withDayOfMonth(1)
                            .toInstant();
            return new Period(
                    call.time("from", month).truncatedTo(ChronoUnit.HOURS),
                    call.time("to", call.now()));
        }

        ObjectNode view() {
            return Views.object().put("from", from.toString()).put("to", to.toString());
        }
    }

    private static List<ServiceHour> hours(Call call, Transaction tx, Period period)
            throws SQLException {
        return UsageTable.list(
                tx,
                call.caller().scope(),
                call.exchange().query("service"),
                period.from(),
                period.to());
    }

    private static Reply usage(Call call, Transaction tx) throws SQLException {
        Period period = Period.of(call);
        List<ServiceHour> hours = hours(call, tx, period);
        List<ObjectNode> shown = new ArrayList<>();
        UsageTotals total = UsageTotals.NONE;
        for (ServiceHour hour : hours) {
            ObjectNode json = Views.object();
            json.put("service", hour.service());
            json.put("hour", hour.hour().toString());
            json.set("usage", Views.usage(hour.usage()));
            shown.add(json);
            total = total.plus(hour.usage());
        }
        ObjectNode json = period.view();
        json.setAll(Views.list("hours", shown));
        json.set("total", Views.usage(total));
        return Reply.json(200, json);
    }

    private Reply bill(Call call, Transaction tx) throws SQLException {
        Period period = Period.of(call);
        Bill bill = Bill.of(hours(call, tx, period), prices.get());
        ObjectNode json = period.view();
        json.put("currency", bill.currency());
        json.setAll(Views.list("lines", bill.lines().stream().map(UsageRoutes::line).toList()));
        json.put("total", bill.total().toPlainString());
        return Reply.json(200, json);
    }

    private static ObjectNode line(Bill.Line line) {
        return Views.object()
                .put("service", line.service())
                .put("item", line.item())
                .put("quantity", line.quantity().toPlainString())
                .put("unit", line.unit())
                .put("price", line.price().toPlainString())
                .put("amount", line.amount().toPlainString());
    }
}
