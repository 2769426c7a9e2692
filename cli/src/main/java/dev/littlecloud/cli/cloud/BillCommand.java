package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code littlecloud bill}. */
@Command(
        name = "bill",
        header = "Shows what services used and what it costs.",
        description = {
            "%nPrices come from prices.json in the cloud's data. Each amount is quantity times price,"
                    + " and the total is the sum of the lines as shown.%n"
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud bill",
            "  littlecloud bill --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z",
        })
public final class BillCommand extends CloudCommand {
    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Start, rounded down to the hour; default: this month's.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "End; default: now.")
    private @Nullable String to;

    @Mixin private OutputOption output = new OutputOption();

    public BillCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() {
        String query = query("?", "from", from);
        query += query(query.isEmpty() ? "?" : "&", "to", to);
        JsonNode bill = cloud().get("/v1/bill" + query);
        if (output.isJson()) {
            printJson(bill);
            return ExitCodes.SUCCESS;
        }
        String currency = bill.get("currency").stringValue();
        out().printf("%s to %s%n%n", bill.get("from").stringValue(), bill.get("to").stringValue());
        Table table = new Table("SERVICE", "ITEM", "QUANTITY", "UNIT", "PRICE", "AMOUNT");
        for (JsonNode line : bill.get("lines")) {
            table.row(
                    line.get("service").stringValue(),
                    line.get("item").stringValue(),
                    line.get("quantity").stringValue(),
                    line.get("unit").stringValue(),
                    line.get("price").stringValue(),
                    line.get("amount").stringValue());
        }
        table.row("total", "", "", "", currency, bill.get("total").stringValue());
        table.print(out());
        return ExitCodes.SUCCESS;
    }

    private static String query(String before, String name, @Nullable String value) {
        return value == null ? "" : before + name + "=" + CloudClient.escaped(value);
    }
}
