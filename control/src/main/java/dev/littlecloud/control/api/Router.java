package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.store.Transaction;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which code answers which request. */
final class Router {
    private final List<Route> routes = new ArrayList<>();

    /** What answers a request. */
    sealed interface Action {}

    /** Reads the state. */
    @FunctionalInterface
    interface Query {
        Reply answer(Call call, Transaction tx) throws SQLException;
    }

    /** Writes its answer itself. */
    @FunctionalInterface
    interface Streaming {
        void answer(Call call) throws IOException;
    }

    record Reading(Query query) implements Action {}

    /** Changes the state, in one transaction with the memory of its answer. */
    record Changing(Query query) implements Action {}

    record Streams(Streaming streaming) implements Action {}

    record Route(String method, List<String> path, Action action, boolean isPublic) {}

    /** A route that was found, with the open parts of its path. */
    record Match(Route route, List<String> variables) {}

    void get(String path, Query query) {
        add("GET", path, new Reading(query), false);
    }

    /** For everybody, without a token. */
    void getPublic(String path, Query query) {
        add("GET", path, new Reading(query), true);
    }

    void change(String method, String path, Query query) {
        add(method, path, new Changing(query), false);
    }

    void stream(String path, Streaming streaming) {
        add("GET", path, new Streams(streaming), false);
    }

    private void add(String method, String path, Action action, boolean isPublic) {
        routes.add(new Route(method, List.of(path.substring(1).split("/")), action, isPublic));
    }

    Match find(String method, List<String> path) {
        Set<String> allowed = new LinkedHashSet<>();
        for (Route route : routes) {
            List<String> variables = new ArrayList<>();
            if (matches(route.path, path, variables)) {
                if (route.method.equals(method.equals("HEAD") ? "GET" : method)) {
                    return new Match(route, variables);
                }
                allowed.add(route.method);
            }
        }
        if (allowed.isEmpty()) {
            throw ControlException.notFound("there is nothing at /" + String.join("/", path));
        }
        throw new ControlException(
                ControlError.METHOD_NOT_ALLOWED,
                method + " is not done here; " + String.join(", ", allowed) + " is");
    }

    private static boolean matches(
            List<String> pattern, List<String> path, List<String> variables) {
        if (pattern.size() != path.size()) {
            return false;
        }
        for (int i = 0; i < pattern.size(); i++) {
            if (pattern.get(i).startsWith("{")) {
                variables.add(path.get(i));
            } else if (!pattern.get(i).equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }
}
