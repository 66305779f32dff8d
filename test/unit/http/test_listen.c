/* Where a server listens: addresses of TCP, and Unix sockets with what others left behind. */
#include "support_loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[64], path[80], address[96];

static void hello(struct http_request *req, void *arg)
{
	(void)arg;
	http_reply(req, 200, "text/plain", STR("hello"));
}

static int setup(void **state)
{
	strcpy(folder, "/tmp/plat-listen-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/s", folder);
	snprintf(address, sizeof address, "unix:%s", path);
	*state = loopback_new(NULL, hello, NULL);
	return 0;
}

static int teardown(void **state)
{
	loopback_free(*state);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static struct http_server *try(struct loopback *lb, const struct http_options *o, struct err *e)
{
	*e = (struct err){.arena = lb->arena};
	return http_server_new(lb->loop, o, hello, NULL, e);
}

static struct http_server *server(struct loopback *lb, const struct http_options *o)
{
	struct err e;
	struct http_server *s = try(lb, o, &e);

	if (!s)
		fail_msg("%s", e.msg);
	return s;
}

static int unix_client(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(at.sun_path, path);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	return -1;
}

static void is_answered(struct loopback *lb, int fd)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	char answer[1024] = "";

	assert_true(fd >= 0);
	assert_int_equal(write(fd, request, sizeof request - 1), sizeof request - 1);
	for (int i = 0; i < 100 && !answer[0]; i++) {
		loopback_run_ms(lb, 5);
		(void)!recv(fd, answer, sizeof answer - 1, MSG_DONTWAIT);
	}
	assert_has(answer, "HTTP/1.1 200 OK\r\n");
	assert_has(answer, "\r\n\r\nhello");
	close(fd);
}

static unsigned mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(name, &st), 0);
	return st.st_mode & 07777;
}

static bool is_there(void)
{
	return access(path, F_OK) == 0;
}

static void unix_socket_answers_and_goes_with_its_server(void **state)
{
	struct loopback *lb = *state;
	struct http_server *s =
		server(lb, &(struct http_options){.listen = address, .quiet = true});

	assert_int_equal(http_server_port(s), 0);
	assert_int_equal(mode_of(path), 0660);
	is_answered(lb, unix_client());
	assert_true(http_server_is_reachable(s));
	http_server_free(s);
	assert_false(is_there());
}

static void unix_socket_has_the_mode_that_was_asked_for(void **state)
{
	mode_t before = umask(077);
	struct http_server *s =
		server(*state, &(struct http_options){.listen = address, .unix_mode = 0777});

	umask(before);
	assert_int_equal(mode_of(path), 0777);
	http_server_free(s);
}

static void socket_of_a_killed_process_is_replaced(void **state)
{
	struct loopback *lb = *state;
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(at.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	close(fd); /* the file stays */
	struct http_server *s =
		server(lb, &(struct http_options){.listen = address, .quiet = true});
	is_answered(lb, unix_client());
	http_server_free(s);
}

static void socket_of_a_living_process_is_left_alone(void **state)
{
	struct loopback *lb = *state;
	struct http_options o = {.listen = address, .quiet = true};
	struct http_server *s = server(lb, &o);
	struct err e;

	assert_null(try(lb, &o, &e));
	assert_int_equal(e.code, E_BUSY);
	assert_has(e.msg, "Address already in use");
	is_answered(lb, unix_client());
	http_server_free(s);
}

static void file_that_is_no_socket_is_left_alone(void **state)
{
	FILE *f = fopen(path, "w");
	struct err e;

	fputs("precious", f);
	fclose(f);
	assert_null(try(*state, &(struct http_options){.listen = address}, &e));
	assert_int_equal(e.code, E_BUSY);
	assert_has(e.msg, "File exists");
	assert_true(is_there());
}

static void socket_that_another_took_over_is_not_removed(void **state)
{
	struct loopback *lb = *state;
	struct http_options o = {.listen = address, .quiet = true};
	struct http_server *first = server(lb, &o);

	assert_int_equal(unlink(path), 0);
	assert_false(http_server_is_reachable(first));
	struct http_server *second = server(lb, &o);
	assert_false(http_server_is_reachable(first));
	http_server_free(first);
	is_answered(lb, unix_client());
	http_server_free(second);
	assert_false(is_there());
}

static void drained(void *arg)
{
	*(bool *)arg = true;
}

static void unix_socket_is_gone_while_its_server_drains(void **state)
{
	struct loopback *lb = *state;
	struct http_server *s = server(lb, &(struct http_options){.listen = address});
	bool done = false;

	http_server_drain(s, 100, drained, &done);
	assert_false(is_there());
	assert_false(http_server_is_reachable(s));
	loopback_run_ms(lb, 20);
	assert_true(done);
	http_server_free(s);
}

static void paths_that_are_none_are_refused(void **state)
{
	char longest[200] = "unix:/";
	const char *cases[] = {"unix:", longest};
	struct err e;

	memset(longest + 6, 'x', 110);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_null(try(*state, &(struct http_options){.listen = cases[i]}, &e));
		assert_int_equal(e.code, E_INPUT);
		assert_has(e.msg, "is not a socket to listen on");
	}
	assert_null(try(*state, &(struct http_options){.listen = "unix:/no/such/folder/s"}, &e));
	assert_int_equal(e.code, E_BUSY);
	assert_has(e.msg, "No such file or directory");
}

static int tcp_client(int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	return -1;
}

static int tcp6_client(int port)
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool has_ipv6(void)
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	bool has = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;

	if (fd >= 0)
		close(fd);
	return has;
}

static void all_addresses_are_those_of_both_families(void **state)
{
	struct loopback *lb = *state;
	struct http_server *s = server(lb, &(struct http_options){.listen = ":0", .quiet = true});

	is_answered(lb, tcp_client(http_server_port(s)));
	if (has_ipv6())
		is_answered(lb, tcp6_client(http_server_port(s)));
	http_server_free(s);
}

static void ipv6_only_leaves_ipv4_to_others(void **state)
{
	struct loopback *lb = *state;

	if (!has_ipv6())
		skip();
	struct http_server *s = server(lb,
		&(struct http_options){.listen = "[::]:0", .ipv6_only = true, .quiet = true});
	is_answered(lb, tcp6_client(http_server_port(s)));
	assert_int_equal(tcp_client(http_server_port(s)), -1);
	http_server_free(s);
}

static void ipv4_is_only_that(void **state)
{
	struct loopback *lb = *state;
	struct http_server *s =
		server(lb, &(struct http_options){.listen = "0.0.0.0:0", .quiet = true});

	is_answered(lb, tcp_client(http_server_port(s)));
	assert_int_equal(tcp6_client(http_server_port(s)), -1);
	http_server_free(s);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(unix_socket_answers_and_goes_with_its_server),
		CASE(unix_socket_has_the_mode_that_was_asked_for),
		CASE(socket_of_a_killed_process_is_replaced),
		CASE(socket_of_a_living_process_is_left_alone),
		CASE(file_that_is_no_socket_is_left_alone),
		CASE(socket_that_another_took_over_is_not_removed),
		CASE(unix_socket_is_gone_while_its_server_drains),
		CASE(paths_that_are_none_are_refused),
		CASE(all_addresses_are_those_of_both_families),
		CASE(ipv6_only_leaves_ipv4_to_others),
		CASE(ipv4_is_only_that),
	};
	return cmocka_run_group_tests_name("http/listen", tests, NULL, NULL);
}
