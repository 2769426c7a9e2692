package dev.littlecloud.cli.bench;

import java.util.List;

/** Something that is measured. */
public interface Benchmark {
    /** A short name for the command line, such as {@code cli-start}. */
    String name();

    /** What is measured, in a few words. */
    String title();

    /** Measures and reports one or more figures. */
    List<Figure> run() throws Exception;
}
