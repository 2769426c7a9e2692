/**
 * How many instances a service has: as many as its requests need, none when there are none. {@link
 * dev.littlecloud.gateway.scaling.Scaler} decides when something happens (a request comes or ends, an
 * instance is ready or gone, a time is over), never on a tick.
 *
 * <p>A scaler has one lock. Nothing foreign is called with it held: what is to be done is collected and
 * done after it is given back.
 */
@NullMarked
package dev.littlecloud.gateway.scaling;

import org.jspecify.annotations.NullMarked;
