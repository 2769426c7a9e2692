-- One row for each instance and hour in which it lived, with what it used in that hour.
CREATE TABLE usage (
    hour INTEGER NOT NULL,
    instance TEXT NOT NULL,
    owner TEXT NOT NULL,
    service TEXT NOT NULL,
    guest_cpu_micros INTEGER NOT NULL,
    kernel_cpu_micros INTEGER NOT NULL,
    memory_byte_millis INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    bytes_in INTEGER NOT NULL,
    bytes_out INTEGER NOT NULL,
    wakes INTEGER NOT NULL,
    wake_micros INTEGER NOT NULL,
    instance_millis INTEGER NOT NULL,
    PRIMARY KEY (hour, instance, service)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_of_owner ON usage (owner, hour);

CREATE TABLE log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL,
    at INTEGER NOT NULL,
    instance TEXT NOT NULL,
    is_error INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX log_of_service ON log (service, id);
