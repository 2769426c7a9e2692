package dev.littlecloud.control.meter;

import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.model.JsonFields;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What things cost. Read from a JSON file with these fields, each a decimal number in quotes.
 *
 * @param cpuSecond of a second of processor time, in the guest or in the kernel on its behalf
 * @param gibibyteSecond of a GiB held for a second
 * @param millionRequests of a million of them
 * @param egressGibibyte of a GiB sent
 */
public record PriceList(
        String currency,
        BigDecimal cpuSecond,
        BigDecimal gibibyteSecond,
        BigDecimal millionRequests,
        BigDecimal egressGibibyte) {
    public static final PriceList DEFAULT =
            new PriceList(
                    "EUR",
                    new BigDecimal("0.000020"),
                    new BigDecimal("0.0000025"),
                    new BigDecimal("0.20"),
                    new BigDecimal("0.05"));

    /** The file's prices, or the built-in ones where there is no file. */
    public static PriceList read(Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return DEFAULT;
        }
        try {
            JsonFields fields = JsonFields.parse(bytes);
            PriceList prices =
                    new PriceList(
                            fields.text("currency").orElse(DEFAULT.currency),
                            price(fields, "cpuSecond", DEFAULT.cpuSecond),
                            price(fields, "gibibyteSecond", DEFAULT.gibibyteSecond),
                            price(fields, "millionRequests", DEFAULT.millionRequests),
                            price(fields, "egressGibibyte", DEFAULT.egressGibibyte));
            fields.requireNoOthers();
            return prices;
        } catch (ControlException wrong) {
            throw new IOException("the price list " + file + ": " + wrong.getMessage(), wrong);
        }
    }

    private static BigDecimal price(JsonFields fields, String name, BigDecimal otherwise) {
        String text = fields.text(name).orElse(otherwise.toPlainString());
        if (!text.matches("[0-9]{1,12}(\\.[0-9]{1,12})?")) {
            throw ControlException.badRequest("'" + name + "' is not a price like \"0.000020\"");
        }
        return new BigDecimal(text);
    }
}
