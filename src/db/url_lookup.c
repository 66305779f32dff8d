/* Host names to addresses, so that libpq does not do it in the middle of the loop. */
#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "db/url_local.h"

/* One host of the list, as libpq pairs them. */
struct target {
	struct str host, address, port;
};

/* The three lists that come out. */
struct lists {
	struct buf hosts, addresses, ports;
	bool some, ports_vary;
};

static bool is_address(struct str host)
{
	char text[64];
	unsigned char bytes[16];

	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.p, host.len);
	text[host.len] = 0;
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool is_name(const struct target *t)
{
	if (t->address.len > 0 || t->host.len == 0)
		return false;
	return t->host.p[0] != '/' && t->host.p[0] != '@' && !is_address(t->host);
}

/* The next host of the lists; a list that is over gives empty strings, a single port is
 * everybody's. */
static bool next_target(struct str *hosts, struct str *addresses, struct str *ports,
	struct target *ret_target)
{
	if (!hosts->p && !addresses->p)
		return false;
	ret_target->host = hosts->p ? str_cut(hosts, ',') : STR("");
	ret_target->address = addresses->p ? str_cut(addresses, ',') : STR("");
	if (ports->p)
		ret_target->port = str_cut(ports, ',');
	return true;
}

bool url_needs_lookup(const struct url *u)
{
	struct str hosts = str_of(url_get(u, "host")), addresses = str_of(url_get(u, "hostaddr"));
	struct str ports = STR_NULL;
	struct target t = {0};

	while (next_target(&hosts, &addresses, &ports, &t))
		if (is_name(&t))
			return true;
	return false;
}

int url_hosts(const struct url *u)
{
	struct str hosts = str_of(url_get(u, "host")), addresses = str_of(url_get(u, "hostaddr"));
	struct str ports = STR_NULL;
	struct target t = {0};
	int n = 0;

	while (next_target(&hosts, &addresses, &ports, &t))
		n++;
	return n > 0 ? n : 1;
}

static void add(struct lists *l, const struct target *t, struct str address)
{
	if (l->some) {
		buf_char(&l->hosts, ',');
		buf_char(&l->addresses, ',');
		buf_char(&l->ports, ',');
	}
	l->some = true;
	buf_str(&l->hosts, t->host);
	buf_str(&l->addresses, address);
	buf_str(&l->ports, t->port);
}

static void look_up(struct lists *l, const struct target *t, struct arena *a)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	char text[INET6_ADDRSTRLEN];

	if (getaddrinfo(str_cstr(a, t->host), NULL, &hints, &found) != 0)
		return;
	for (struct addrinfo *i = found; i; i = i->ai_next)
		if (getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof(text), NULL, 0,
			    NI_NUMERICHOST) == 0)
			add(l, t, str_of(text));
	freeaddrinfo(found);
}

static struct url *with_lists(const struct url *u, const struct lists *l)
{
	struct url *found = url_copy(u);

	url_set(found, "host", str_cstr(found->arena, buf_view(&l->hosts)));
	url_set(found, "hostaddr", str_cstr(found->arena, buf_view(&l->addresses)));
	url_set(found, "port", str_cstr(found->arena, buf_view(&l->ports)));
	return found;
}

struct url *url_lookup(const struct url *u, struct err *e)
{
	struct arena *scratch = arena_new();
	struct str hosts = str_of(url_get(u, "host")), addresses = str_of(url_get(u, "hostaddr"));
	struct str ports = str_of(url_get(u, "port"));
	struct target t = {.port = STR("")};
	struct lists l = {0};
	struct url *found = NULL;

	while (next_target(&hosts, &addresses, &ports, &t)) {
		if (is_name(&t))
			look_up(&l, &t, scratch);
		else
			add(&l, &t, t.address);
	}
	if (l.some)
		found = with_lists(u, &l);
	else
		err_set(e, E_BUSY, "no address is known for the database host %s",
			url_get(u, "host"));
	buf_done(&l.hosts);
	buf_done(&l.addresses);
	buf_done(&l.ports);
	arena_free(scratch);
	return found;
}
