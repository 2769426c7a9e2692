-- Times are milliseconds since 1970. Specifications are JSON as the API shows them.
CREATE TABLE owner (
    name TEXT PRIMARY KEY,
    services INTEGER NOT NULL,
    instances INTEGER NOT NULL,
    memory_bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Tokens themselves are nowhere: a digest finds them.
CREATE TABLE token (
    digest TEXT PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owner (name) ON DELETE CASCADE,
    is_admin INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE service (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owner (name),
    spec TEXT NOT NULL,
    version INTEGER NOT NULL,
    serving INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE revision (
    service TEXT NOT NULL REFERENCES service (name) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    image_id TEXT,
    manifest TEXT,
    spec TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ready_at INTEGER,
    PRIMARY KEY (service, number)
) STRICT;

-- Stays when its service is removed, as the bill does.
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    owner TEXT NOT NULL,
    service TEXT NOT NULL,
    revision INTEGER,
    instance TEXT,
    kind TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX event_of_service ON event (service, id);

CREATE TABLE secret (
    owner TEXT NOT NULL REFERENCES owner (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT;

CREATE TABLE answered (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    etag TEXT,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT;
