/* peer: is an address one of the internet, or of a network behind it?
 *
 * For requests to hosts that somebody else named: a name may lead to this machine, to its neighbours, or to the place where a cloud
 * hands out its machines' credentials (169.254.169.254).
 *
 * Source   IANA's registries of special-purpose addresses (RFC 6890); IPv4 inside of IPv6 counts as what it is: ::ffff:0:0/96,
 *          64:ff9b::/96 (RFC 6052), 2002::/16 (RFC 3056).
 * Failure  what is no IPv4 and no IPv6 address is not public.
 */
#pragma once
#include <stdbool.h>

struct sockaddr;

bool peer_is_public(const struct sockaddr *address);
bool peer_is_public_text(const char *ip); /* "192.0.2.1", "2001:db8::1" */
