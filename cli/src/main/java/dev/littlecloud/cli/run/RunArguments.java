package dev.littlecloud.cli.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Lets options of {@code run} stand after the image as well: {@code run IMAGE -p 8080:80}. What
 * follows the image belongs to the guest from the first word that is not such an option, or from
 * {@code --} on, so {@code run IMAGE ls -t} gives {@code -t} to {@code ls}.
 */
public final class RunArguments {
    private RunArguments() {}

    /** Moves the options of {@code run} that follow the image in front of it. */
    public static String[] optionsFirst(CommandLine program, String... arguments) {
        CommandLine run = program.getSubcommands().get("run");
        if (run == null || arguments.length == 0 || !arguments[0].equals("run")) {
            return arguments;
        }
        List<String> words = Arrays.asList(arguments).subList(1, arguments.length);
        CommandSpec spec = run.getCommandSpec();
        int image = endOfOptions(spec, words, 0);
        if (image >= words.size() || words.get(image).startsWith("-")) {
            return arguments;
        }
        int guest = endOfOptions(spec, words, image + 1);
        List<String> sorted = new ArrayList<>(arguments.length);
        sorted.add("run");
        sorted.addAll(words.subList(0, image));
        sorted.addAll(words.subList(image + 1, guest));
        sorted.add(words.get(image));
        boolean delimited = guest < words.size() && words.get(guest).equals("--");
        sorted.addAll(words.subList(delimited ? guest + 1 : guest, words.size()));
        return sorted.toArray(new String[0]);
    }

    /** Where the first word from {@code start} is that is neither an option nor its value. */
    private static int endOfOptions(CommandSpec spec, List<String> words, int start) {
        int at = start;
        while (at < words.size()) {
            int length = optionLength(spec, words.get(at));
            if (length == 0) {
                return at;
            }
            at += length;
        }
        return words.size();
    }

    /** How many words an option takes, its value included; 0 for what is none of our options. */
    private static int optionLength(CommandSpec spec, String word) {
        if (word.startsWith("--")) {
            int equals = word.indexOf('=');
            OptionSpec option = spec.findOption(equals < 0 ? word : word.substring(0, equals));
            return option == null ? 0 : equals < 0 && takesValue(option) ? 2 : 1;
        }
        if (!word.startsWith("-") || word.length() < 2) {
            return 0;
        }
        for (int i = 1; i < word.length(); i++) {
            OptionSpec option = shortOption(spec, word.charAt(i));
            if (option == null) {
                return 0;
            }
            if (takesValue(option)) {
                return i + 1 < word.length() ? 1 : 2;
            }
        }
        return 1;
    }

    private static @Nullable OptionSpec shortOption(CommandSpec spec, char letter) {
        return spec.findOption("-" + letter);
    }

    private static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }
}
