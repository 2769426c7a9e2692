package dev.littlecloud.cli;

import dev.littlecloud.cli.cloud.CloudException;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.runtime.InstanceException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * A command that fails prints one line. An expected failure carries a message for the user; an
 * unexpected one is a defect, named as such, with its stack trace on demand.
 */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        boolean expected =
                failure instanceof InstanceException
                        || failure instanceof ImageException
                        || failure instanceof CloudException;
        err.println(
                "littlecloud: "
                        + (expected
                                ? Messages.oneLine(failure.getMessage())
                                : "unexpected error, please report it: "
                                        + Messages.oneLine(failure.toString())));
        if ("1".equals(System.getenv("LITTLECLOUD_STACKTRACE"))) {
            failure.printStackTrace(err);
        }
        if (failure instanceof CloudException refused) {
            return refused.exitCode();
        }
        return command.getCommandName().equals("run") ? ExitCodes.REFUSED : ExitCodes.FAILURE;
    }
}
