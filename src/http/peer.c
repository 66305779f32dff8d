#include "http/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define IP(a, b, c, d) \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static const struct {
	uint32_t net;
	int bits;
} not_public[] = {
	{IP(0, 0, 0, 0), 8}, {IP(10, 0, 0, 0), 8}, {IP(100, 64, 0, 0), 10}, /* carrier's NAT */
	{IP(127, 0, 0, 0), 8}, {IP(169, 254, 0, 0), 16}, {IP(172, 16, 0, 0), 12},
	{IP(192, 0, 0, 0), 24}, {IP(192, 168, 0, 0), 16},
	{IP(198, 18, 0, 0), 15}, /* measurements */
	{IP(224, 0, 0, 0), 3},   /* to many, and what is reserved */
};

static bool is_public_4(uint32_t ip)
{
	for (size_t i = 0; i < sizeof not_public / sizeof not_public[0]; i++)
		if (!((ip ^ not_public[i].net) >> (32 - not_public[i].bits)))
			return false;
	return true;
}

static uint32_t ip4_at(const uint8_t *p)
{
	return IP(p[0], p[1], p[2], p[3]);
}

static bool is_public_6(const uint8_t ip[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t translated[12] = {0x00, 0x64, 0xff, 0x9b};

	if (!memcmp(ip, mapped, sizeof mapped) || !memcmp(ip, translated, sizeof translated))
		return is_public_4(ip4_at(ip + 12));
	if (ip[0] == 0x20 && ip[1] == 0x02)
		return is_public_4(ip4_at(ip + 2));
	return ip[0] >> 5 == 1; /* 2000::/3 is all that was ever given out */
}

bool peer_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof in);
		return is_public_4(ntohl(in.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, address, sizeof in6);
		return is_public_6(in6.sin6_addr.s6_addr);
	}
	return false;
}

bool peer_is_public_text(const char *ip)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, ip, bytes) == 1)
		return is_public_4(ip4_at(bytes));
	return inet_pton(AF_INET6, ip, bytes) == 1 && is_public_6(bytes);
}
