package dev.littlecloud.cli.cloud;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns as wide as they need to be. */
final class Table {
    private static final int GAP = 3;

    private final List<String[]> rows = new ArrayList<>();

    Table(String... titles) {
        rows.add(titles);
    }

    Table row(String... cells) {
        rows.add(cells);
        return this;
    }

    void print(PrintWriter out) {
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + GAP));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
