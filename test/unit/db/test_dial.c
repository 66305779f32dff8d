/* Getting connected: many hosts, names, silence, refusals. */
#include "support_db.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "db/session.h"
#include "db/url.h"
#include "support_proxy.h"

static struct db *open_url(struct dbt *t, const char *url)
{
	struct db_options o = {.url = url, .shared = 1, .dial_ms = 1000, .wait_ms = 1000};
	struct db *db = db_open(t->loop, &o, &t->err);

	assert_non_null(db);
	return db;
}

static int deaf_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	close(fd);
	return ntohs(a.sin_port);
}

static const char *socket_folder(struct dbt *t)
{
	struct url *u = url_parse(dbt_url(), NULL, NULL);
	const char *folder = arena_printf(t->arena, "%s", url_get(u, "host"));

	url_free(u);
	return folder;
}

static void connects(struct dbt *t, const char *url)
{
	struct db *db = open_url(t, url);

	err_clear(&t->err);
	if (db_wait(db, 0, &t->err))
		fail_msg("%s", t->err.msg);
	struct batch *b = batch_of(t, "select 6");
	assert_int_equal(db_run(db, b, &t->err), 0);
	db_close(db);
}

/* libpq tries the next host on a new socket, to which the kernel gives the number of the old one.
 * Were the old watch still there, nothing would ever be reported, or libuv would end the
 * process. */
static void socket_number_reused_while_dialling(struct dbt *t)
{
	const char *folder = socket_folder(t);

	connects(t,
		arena_printf(t->arena,
			"host=127.0.0.1,127.0.0.1,%s port=%d,%d,5432 user=postgres dbname=postgres",
			folder, deaf_port(), deaf_port()));
	connects(t,
		arena_printf(t->arena,
			"host=/no/such/folder,127.0.0.1,%s port=5432,%d,5432 user=postgres"
			" dbname=postgres",
			folder, deaf_port()));
}

static void host_name_is_looked_up_off_the_loop(struct dbt *t)
{
	struct proxy *p = proxy_new();

	connects(t,
		arena_printf(t->arena, "postgresql://postgres@localhost:%d/postgres",
			proxy_port(p)));
	/* an unknown one beside a good one, and a socket folder */
	connects(t,
		arena_printf(t->arena,
			"host=no.such.host.invalid,localhost,%s port=1,%d,5432 user=postgres"
			" dbname=postgres",
			socket_folder(t), proxy_port(p)));
	proxy_free(p);
	struct db *db = open_url(t, "postgresql://joe:hush@no.such.host.invalid/x");
	assert_int_equal(db_wait(db, 0, &t->err), E_BUSY);
	assert_non_null(strstr(t->err.msg, "no.such.host.invalid"));
	assert_null(strstr(t->err.msg, "hush"));
	db_close(db);
}

static void silent_server_is_given_up(struct dbt *t)
{
	struct proxy *p = proxy_new();
	struct db_options o = {.url = proxy_url(p), .shared = 1, .dial_ms = 50};

	proxy_stall(p, true);
	struct db *db = db_open(t->loop, &o, &t->err);
	assert_int_equal(db_wait(db, 0, &t->err), E_BUSY);
	assert_non_null(strstr(t->err.msg, "no answer within 50 ms"));
	proxy_stall(p, false);
	assert_int_equal(db_wait(db, 5000, NULL), 0);
	db_close(db);
	proxy_free(p);
}

static void missing_database_is_told_at_once(struct dbt *t)
{
	struct db *db = open_url(t,
		arena_printf(t->arena, "host=%s user=postgres dbname=no_such_db",
			socket_folder(t)));

	int64_t start = loop_now_ms(t->loop);
	assert_int_equal(db_wait(db, 60000, &t->err), E_INPUT);
	assert_true(loop_now_ms(t->loop) - start < 10000);
	assert_non_null(strstr(t->err.msg, "no_such_db"));
	assert_null(strchr(t->err.msg, '\n'));
	db_close(db);
}

static void wait_can_be_cancelled(void *p)
{
	struct dbt *t = p;
	struct err e = {.arena = t->arena};
	struct db *db = open_url(t, "host=/no/such/folder user=x dbname=x");

	assert_int_equal(db_wait(db, 60000, &e), E_CANCEL);
	db_close(db);
}

static void cancelled_wait_ends(struct dbt *t)
{
	struct fiber *f = fiber_start(t->loop, wait_can_be_cancelled, t);

	assert_int_equal(fiber_sleep_ms(10), 0);
	fiber_cancel(f);
	fiber_join(f);
}

static void closed_while_dialling(struct dbt *t)
{
	struct proxy *p = proxy_new();

	proxy_stall(p, true);
	struct db *db = open_url(t, proxy_url(p));
	struct arena *a = arena_new();
	struct batch *b = batch_new(a);
	struct waiting w = {0};
	batch_add(b, "select 1", 0, NULL);
	assert_int_equal(db_submit(db, b, on_waited, &w), 0);
	assert_int_equal(fiber_sleep_ms(5), 0);
	arena_free(a);
	db_close(db);
	db = open_url(t, "host=localhost user=x dbname=x");
	a = arena_new();
	b = batch_new(a);
	batch_add(b, "select 1", 0, NULL);
	assert_int_equal(db_submit(db, b, on_waited, &w), 0);
	arena_free(a);
	db_close(db); /* the look-up is still going on in a thread */
	proxy_free(p);
}

static void version_and_name_are_known(struct dbt *t)
{
	assert_int_equal(db_server_version(t->db), 0);
	ask(t, "select 1");
	assert_true(db_server_version(t->db) >= 150000);
	assert_non_null(strstr(db_name(t->db), "postgres@"));
	assert_string_equal(ask(t, "show application_name"), "tester");
	assert_string_equal(ask(t, "show client_encoding"), "UTF8");
}

static void speaks(struct dbt *t, const char *options, const char *style)
{
	struct db *db = open_url(t,
		arena_printf(t->arena, "host=%s user=postgres dbname=postgres options='%s'",
			socket_folder(t), options));
	struct batch *b = batch_of(t,
		"select '2024-02-01'::date, current_setting('datestyle'),"
		" current_setting('application_name')");

	assert_int_equal(db_run(db, b, &t->err), 0);
	assert_string_equal(result_text(batch_result(b, 0), 0, 0).p, "2024-02-01");
	assert_string_equal(result_text(batch_result(b, 0), 0, 1).p, style);
	assert_string_equal(result_text(batch_result(b, 0), 0, 2).p, "plat");
	db_close(db);
}

static void dates_are_iso_and_their_order_stays(struct dbt *t)
{
	speaks(t, "", "ISO, MDY");
	speaks(t, "-c datestyle=iso,dmy", "ISO, DMY");
	speaks(t, "-c datestyle=German", "ISO, DMY");
	speaks(t, "-c datestyle=SQL,YMD -c work_mem=1MB", "ISO, YMD");
}

static void dates_are_iso_whatever_the_login_has(struct dbt *t)
{
	admin("alter role postgres set datestyle = 'Postgres, DMY'");
	speaks(t, "-c work_mem=1MB", "ISO, DMY");
	struct session *s = session_open(t->db, NULL, &t->err);
	struct result *r;
	assert_non_null(s);
	assert_int_equal(session_exec(s, t->arena, "show datestyle", 0, NULL, &r, &t->err), 0);
	assert_string_equal(result_text(r, 0, 0).p, "ISO, DMY");
	session_close(s);
	admin("alter role postgres reset datestyle");
}

static void failed_dials_are_counted_until_one_works(struct dbt *t)
{
	struct db *db = open_url(t,
		arena_printf(t->arena, "host=127.0.0.1 port=%d user=x dbname=x", deaf_port()));

	assert_int_equal(db_failed_dials(db), 0);
	assert_int_equal(db_wait(db, 300, &t->err), E_BUSY);
	assert_true(db_failed_dials(db) >= 1);
	db_close(db);
	err_clear(&t->err);
	assert_int_equal(db_wait(t->db, 0, &t->err), 0);
	assert_int_equal(db_failed_dials(t->db), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST(socket_number_reused_while_dialling),
		DB_TEST(host_name_is_looked_up_off_the_loop),
		DB_TEST(silent_server_is_given_up),
		DB_TEST(missing_database_is_told_at_once),
		DB_TEST(cancelled_wait_ends),
		DB_TEST(closed_while_dialling),
		DB_TEST_WITH(version_and_name_are_known, .app_name = "tester"),
		DB_TEST(dates_are_iso_and_their_order_stays),
		DB_TEST(dates_are_iso_whatever_the_login_has),
		DB_TEST(failed_dials_are_counted_until_one_works),
	};
	return cmocka_run_group_tests_name("db/dial", tests, dbt_group_setup, NULL);
}
