package dev.littlecloud.cli.run;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Variables from {@code -e} and {@code --env-file}, by Docker's rules: a name without a value takes
 * the caller's value and is left out when the caller has none; values are taken as they stand,
 * quotes included; a file's lines that are empty or start with {@code #} are skipped.
 *
 * @param callers the environment of this process
 */
record EnvironmentSource(Map<String, String> callers) {
    /** Files first, then {@code -e}, so that the latter wins. */
    Map<String, String> variables(List<Path> files, List<String> settings) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Path file : files) {
            int number = 0;
            for (String line : lines(file)) {
                number++;
                String setting = line.stripLeading();
                if (!setting.isEmpty() && !setting.startsWith("#")) {
                    add(variables, setting, "%s, line %d: ".formatted(file, number));
                }
            }
        }
        for (String setting : settings) {
            add(variables, setting, "");
        }
        return variables;
    }

    private void add(Map<String, String> variables, String setting, String where) {
        int equals = setting.indexOf('=');
        String name = equals < 0 ? setting : setting.substring(0, equals);
        if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "%s'%s' does not start with a variable's name; write NAME=VALUE"
                            .formatted(where, setting));
        }
        if (equals >= 0) {
            variables.put(name, setting.substring(equals + 1));
            return;
        }
        String value = callers.get(name);
        if (value != null) {
            variables.put(name, value);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException(
                    "the environment file '%s' does not exist".formatted(file), missing);
        } catch (MalformedInputException binary) {
            throw new IllegalArgumentException(
                    "the environment file '%s' is not UTF-8 text".formatted(file), binary);
        } catch (IOException failure) {
            throw new IllegalArgumentException(
                    "the environment file '%s' cannot be read: %s"
                            .formatted(file, failure.getMessage()),
                    failure);
        }
    }
}
