package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Refusal;

/** In place of a request: what a client sent is none that may be passed on. */
record Rejected(Refusal refusal) {}
