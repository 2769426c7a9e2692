package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.Names;
import dev.littlecloud.control.model.ServiceRecord;
import dev.littlecloud.control.store.OwnerTable.Caller;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.Transaction;
import dev.littlecloud.web.Exchange;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * One request to the API.
 *
 * @param variables the parts of the path that the route leaves open, in order
 * @param body read as a whole; empty for requests without one
 * @param now when it came
 */
record Call(Caller caller, List<String> variables, byte[] body, Exchange exchange, Instant now) {
    String variable(int index) {
        return variables.get(index);
    }

    JsonFields json() {
        return JsonFields.parse(body);
    }

    Optional<String> header(String name) {
        return exchange.header(name);
    }

    /** The service of the path, if the caller may see it. */
    ServiceRecord service(Transaction tx) throws SQLException {
        String name = Names.checked(variable(0), "a service");
        return ServiceTable.find(tx, name)
                .filter(found -> caller.scope().map(found.owner()::equals).orElse(true))
                .orElseThrow(
                        () ->
                                ControlException.notFound(
                                        "there is no service '"
                                                + name
                                                + "'; see 'littlecloud ls'"));
    }

    void requireAdmin() {
        if (!caller.isAdmin()) {
            throw new ControlException(
                    ControlError.FORBIDDEN, "this is for administrators; use their token");
        }
    }

    /** If-Match: the client changes only what it has seen. */
    void requireVersion(ServiceRecord record) {
        Optional<String> wanted = header("If-Match");
        if (wanted.isPresent()
                && !wanted.get().equals("*")
                && !wanted.get().equals(record.etag())) {
            throw new ControlException(
                    ControlError.VERSION_CONFLICT,
                    "the service '" + record.name() + "' changed meanwhile; look at it again");
        }
    }

    long number(String name, long otherwise, long least, long most) {
        Optional<String> text = exchange.query(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("[0-9]{1,18}")
                || Long.parseLong(text.get()) < least
                || Long.parseLong(text.get()) > most) {
            throw ControlException.badRequest(
                    "'" + name + "' is not a number from " + least + " to " + most);
        }
        return Long.parseLong(text.get());
    }

    Instant time(String name, Instant otherwise) {
        Optional<String> text = exchange.query(name);
        try {
            return text.map(Instant::parse).orElse(otherwise);
        } catch (DateTimeParseException e) {
            throw ControlException.badRequest(
                    "'" + name + "' is not a time like 2026-01-31T00:00:00Z");
        }
    }
}
