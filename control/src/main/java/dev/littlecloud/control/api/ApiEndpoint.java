package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.store.AnswerTable;
import dev.littlecloud.control.store.AnswerTable.Answer;
import dev.littlecloud.control.store.Database;
import dev.littlecloud.control.store.OwnerTable.Caller;
import dev.littlecloud.control.store.Transaction;
import dev.littlecloud.control.store.Vault;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.web.Endpoint;
import dev.littlecloud.web.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The HTTP side of the control plane. */
public final class ApiEndpoint implements Endpoint {
    private static final Logger LOG = System.getLogger(ApiEndpoint.class.getName());
    private static final int MOST_BODY_BYTES = 1 << 20;
    private static final int LONGEST_KEY = 200;
    private static final Caller NOBODY = new Caller("", false);

    private final Router router = new Router();
    private final Database database;
    private final Vault vault;
    private final Tokens tokens;
    private final Clock clock;

    /** Adds what can be asked. */
    interface Routes {
        void addTo(Router router);
    }

    ApiEndpoint(Database database, Vault vault, Tokens tokens, Clock clock, List<Routes> routes) {
        this.database = database;
        this.vault = vault;
        this.tokens = tokens;
        this.clock = clock;
        routes.forEach(added -> added.addTo(router));
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        try {
            answer(exchange);
        } catch (ControlException refused) {
            if (refused.error() == ControlError.UNAUTHORIZED) {
                exchange.set("WWW-Authenticate", "Bearer realm=\"Littlecloud\"");
            }
            refuse(
                    exchange,
                    refused.error(),
                    String.valueOf(refused.getMessage()),
                    refused.details());
        } catch (ImageException failure) {
            refuse(exchange, error(failure), String.valueOf(failure.getMessage()), Map.of());
        } catch (RuntimeException defect) {
            LOG.log(Level.ERROR, exchange.method() + " " + exchange.rawPath(), defect);
            refuse(
                    exchange,
                    ControlError.INTERNAL,
                    "an internal error; the log of the control plane says more",
                    Map.of());
        }
    }

    private static ControlError error(ImageException failure) {
        ErrorCode code = failure.code();
        return switch (code) {
            case NOT_FOUND -> ControlError.NOT_FOUND;
            case DISK_FULL -> ControlError.STORAGE_FULL;
            case STORAGE -> ControlError.INTERNAL;
            case INVALID_REFERENCE,
                    AMBIGUOUS,
                    DENIED,
                    WRONG_PLATFORM,
                    UNSUPPORTED,
                    MALFORMED,
                    DIGEST_MISMATCH,
                    LIMIT_EXCEEDED,
                    NETWORK ->
                    ControlError.BAD_REQUEST;
        };
    }

    private static void refuse(
            Exchange exchange, ControlError error, String message, Map<String, Object> details)
            throws IOException {
        if (exchange.isAnswered()) {
            throw new IOException("too late to say: " + message);
        }
        exchange.answer(
                error.status(), Reply.JSON, Views.bytes(Views.error(error, message, details)));
    }

    private void answer(Exchange exchange) throws IOException {
        Router.Match match = router.find(exchange.method(), exchange.pathSegments());
        Caller caller = match.route().isPublic() ? NOBODY : tokens.require(exchange);
        byte[] body = exchange.body().readNBytes(MOST_BODY_BYTES + 1);
        if (body.length > MOST_BODY_BYTES) {
            throw new ControlException(
                    ControlError.TOO_LARGE,
                    "the body is larger than " + MOST_BODY_BYTES + " bytes");
        }
        Call call = new Call(caller, match.variables(), body, exchange, clock.instant());
        switch (match.route().action()) {
            case Router.Reading reading ->
                    send(exchange, database.read(tx -> reading.query().answer(call, tx)));
            case Router.Changing changing ->
                    send(exchange, database.write(tx -> change(call, changing, tx)));
            case Router.Streams streams -> streams.streaming().answer(call);
        }
    }

    /** Under an idempotency key, the same request is done once and answered alike each time. */
    private Reply change(Call call, Router.Changing changing, Transaction tx) throws SQLException {
        Optional<String> key = call.header("Idempotency-Key");
        if (key.isEmpty()) {
            return changing.query().answer(call, tx);
        }
        if (key.get().isEmpty() || key.get().length() > LONGEST_KEY) {
            throw ControlException.badRequest(
                    "an Idempotency-Key has 1 to " + LONGEST_KEY + " characters");
        }
        String owner = call.caller().owner();
        String request = AnswerTable.fingerprint(vault, requestBytes(call));
        Optional<Answer> before = AnswerTable.find(tx, owner, key.get());
        if (before.isPresent()) {
            if (!before.get().request().equals(request)) {
                throw new ControlException(
                        ControlError.IDEMPOTENCY_KEY_REUSED,
                        "this Idempotency-Key was used for another request; take a new one");
            }
            return new Reply(
                    before.get().status(), Reply.JSON, before.get().body(), before.get().etag());
        }
        Reply reply = changing.query().answer(call, tx);
        AnswerTable.put(
                tx,
                owner,
                key.get(),
                new Answer(request, reply.status(), reply.etag(), reply.body()),
                call.now());
        return reply;
    }

    private static byte[] requestBytes(Call call) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String head = call.exchange().method() + " " + call.exchange().rawPath() + "\n";
        bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(call.body());
        return bytes.toByteArray();
    }

    private static void send(Exchange exchange, Reply reply) throws IOException {
        if (reply.etag().isPresent()) {
            exchange.set("ETag", reply.etag().get());
            if (exchange.method().equals("GET")
                    && exchange.header("If-None-Match").equals(reply.etag())) {
                exchange.answer(304);
                return;
            }
        }
        exchange.set("Cache-Control", "no-store");
        if (reply.status() == 204) {
            exchange.answer(204);
        } else {
            exchange.answer(reply.status(), reply.contentType(), reply.body());
        }
    }
}
