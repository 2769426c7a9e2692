package dev.littlecloud.cli;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/** A wrong command line gets one line that names what is wrong and where help is. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException error, String[] arguments) {
        CommandLine command = error.getCommandLine();
        command.getErr()
                .println(
                        "littlecloud: %s; see '%s --help'"
                                .formatted(
                                        Messages.oneLine(error.getMessage()),
                                        command.getCommandSpec().qualifiedName()));
        return ExitCodes.REFUSED;
    }
}
