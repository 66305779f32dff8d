#include "support_db.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/listen.h"
#include "support_proxy.h"

struct ear {
	struct fiber *fiber;
	struct listener *listener;
	int begins, heard;
	char last[100];
	bool leave; /* at the first payload */
};

static void on_heard(const char *channel, struct str payload, void *arg)
{
	struct ear *x = arg;

	assert_non_null(channel);
	if (payload.p) {
		x->heard++;
		snprintf(x->last, sizeof(x->last), STR_FMT, STR_ARG(payload));
	} else {
		x->begins++;
	}
	if (payload.p && x->leave) {
		db_unlisten(x->listener);
		x->listener = NULL;
	}
	fiber_wake(x->fiber);
}

static void begin(struct dbt *t, struct ear *x, const char *channel)
{
	x->fiber = fiber_current();
	x->listener = db_listen(t->db, channel, on_heard, x);
}

static void wait_for(const int *n, int at_least)
{
	while (*n < at_least)
		assert_int_equal(fiber_park(), 0);
}

static void hears_what_is_notified(struct dbt *t)
{
	struct ear a = {0}, b = {0};

	begin(t, &a, "Plat \"jobs\"");
	begin(t, &b, "other");
	wait_for(&a.begins, 1);
	wait_for(&b.begins, 1);
	ask(t, "select pg_notify('Plat \"jobs\"', 'seven'), pg_notify('other', '')");
	wait_for(&a.heard, 1);
	wait_for(&b.heard, 1);
	assert_string_equal(a.last, "seven");
	assert_string_equal(b.last, "");
	assert_int_equal(a.heard, 1);
	db_unlisten(a.listener);
	db_unlisten(b.listener);
	db_unlisten(NULL);
}

static void two_listeners_on_one_channel(struct dbt *t)
{
	struct ear a = {0}, b = {0};

	begin(t, &a, "same");
	wait_for(&a.begins, 1);
	begin(t, &b, "same");
	wait_for(&b.begins, 1);
	assert_int_equal(a.begins, 1);
	ask(t, "notify same, 'x'");
	wait_for(&a.heard, 1);
	wait_for(&b.heard, 1);
	db_unlisten(b.listener);
	ask(t, "notify same, 'y'");
	wait_for(&a.heard, 2);
	assert_int_equal(b.heard, 1);
	db_unlisten(a.listener);
}

static void may_leave_in_its_callback(struct dbt *t)
{
	struct ear a = {.leave = true}, b = {0}, c = {.leave = true};

	begin(t, &a, "leaving");
	begin(t, &b, "leaving");
	begin(t, &c, "leaving");
	wait_for(&a.begins, 1);
	wait_for(&b.begins, 1);
	wait_for(&c.begins, 1);
	ask(t, "select pg_notify('leaving', '1'), pg_notify('leaving', '2')");
	wait_for(&b.heard, 2);
	assert_int_equal(a.heard, 1);
	assert_int_equal(c.heard, 1);
	db_unlisten(b.listener);
}

static void lost_connection_is_told_after_it_is_back(struct dbt *t)
{
	struct proxy *p = proxy_new();
	struct db_options o = {.url = proxy_url(p)};
	struct dbt inner = *t;
	struct ear a = {0}, b = {0};

	inner.db = db_open(t->loop, &o, &t->err);
	begin(&inner, &a, "lost");
	begin(&inner, &b, "lost2");
	wait_for(&a.begins, 1);
	wait_for(&b.begins, 1);
	proxy_refuse(p, true);
	proxy_cut(p);
	ask(t, "notify lost, 'nobody hears this'");
	assert_int_equal(fiber_sleep_ms(100), 0);
	proxy_refuse(p, false);
	wait_for(&a.begins, 2);
	wait_for(&b.begins, 2);
	assert_int_equal(a.heard, 0);
	ask(t, "notify lost, 'again'");
	wait_for(&a.heard, 1);
	assert_string_equal(a.last, "again");
	db_unlisten(a.listener);
	db_unlisten(b.listener);
	db_close(inner.db);
	proxy_free(p);
}

static void close_while_still_dialling(struct dbt *t)
{
	struct db *db = db_open(t->loop, &(struct db_options){.url = dbt_url()}, &t->err);

	db_unlisten(db_listen(db, "never", on_heard, NULL));
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST(hears_what_is_notified),
		DB_TEST(two_listeners_on_one_channel),
		DB_TEST(may_leave_in_its_callback),
		DB_TEST(lost_connection_is_told_after_it_is_back),
		DB_TEST(close_while_still_dialling),
	};
	return cmocka_run_group_tests_name("db/listen", tests, dbt_group_setup, NULL);
}
