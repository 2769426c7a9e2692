package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.Transaction;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.ImageSummary;
import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/images}: the store of this machine. */
final class ImageRoutes implements ApiEndpoint.Routes {
    private final ImageStore store;

    ImageRoutes(ImageStore store) {
        this.store = store;
    }

    @Override
    public void addTo(Router router) {
        router.get("/v1/images", this::list);
        router.change("DELETE", "/v1/images/{reference}", this::delete);
    }

    private Reply list(Call call, Transaction tx) {
        List<ObjectNode> images = store.list().stream().map(ImageRoutes::view).toList();
        return Reply.json(200, Views.list("images", images));
    }

    private static ObjectNode view(ImageSummary image) {
        ObjectNode json = Views.object();
        json.put("id", image.id().toString());
        image.names().stream().map(RegistryName::familiar).forEach(json.putArray("names")::add);
        json.put("sizeBytes", image.sizeBytes());
        json.put("createdAt", image.created().toString());
        return json;
    }

    private Reply delete(Call call, Transaction tx) throws SQLException {
        call.requireAdmin();
        String reference = call.variable(0);
        String id = store.inspect(reference).id().toString();
        if (ServiceTable.imagesInUse(tx).contains(id)) {
            throw new ControlException(
                    ControlError.IN_USE, "a service uses the image '" + reference + "'");
        }
        store.remove(reference);
        return Reply.NO_CONTENT;
    }
}
