#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mod/alerts/event.h"

/* On the market for everybody, before and now, at the same price. */
static struct alerts_change steady(void)
{
	return (struct alerts_change){.was_known = true,
		.is_public = true,
		.is_open = true,
		.before_public = true,
		.before_open = true,
		.was_public = true,
		.was_open = true,
		.has_old_price = true,
		.has_new_price = true,
		.old_price = 500000,
		.new_price = 500000,
		.old_status = STR("Active"),
		.new_status = STR("Active")};
}

static void assert_kinds(struct alerts_change c, unsigned of_public, unsigned of_agents)
{
	assert_int_equal(alerts_event_kinds(&c, false), of_public);
	assert_int_equal(alerts_event_kinds(&c, true), of_agents);
}

static void what_did_not_change_is_no_news(void **state)
{
	(void)state;
	assert_kinds(steady(), 0, 0);
}

static void new_is_what_was_never_there(void **state)
{
	(void)state;
	struct alerts_change c = {.is_fresh = true, .is_public = true, .is_open = true};
	assert_kinds(c, ALERTS_NEW, ALERTS_NEW);
	c.is_fresh = false; /* from before anybody wanted to know */
	assert_kinds(c, 0, 0);
	c = (struct alerts_change){.is_fresh = true, .is_open = true};
	assert_kinds(c, 0, ALERTS_NEW);
	c = steady(); /* its owner lets it be displayed only now */
	c.before_public = c.was_public = false;
	assert_kinds(c, ALERTS_NEW, 0);
	c = (struct alerts_change){.is_fresh = true};
	assert_kinds(c, 0, 0);
}

static void lower_prices(void **state)
{
	(void)state;
	struct alerts_change c = steady();
	c.new_price--;
	assert_kinds(c, ALERTS_DROP, ALERTS_DROP);
	c.new_price += 2;
	assert_kinds(c, 0, 0);
	c.has_new_price = false;
	c.new_price = 0;
	assert_kinds(c, 0, 0);
	c = steady();
	c.new_price--;
	c.is_public = c.is_open = false;
	assert_kinds(c, 0, 0);
}

static void changes_of_what_was_and_is_on_the_market(void **state)
{
	(void)state;
	struct alerts_change c = steady();
	c.has_before = true;
	assert_kinds(c, ALERTS_FITS, ALERTS_FITS);
	c.new_price--;
	assert_kinds(c, ALERTS_FITS | ALERTS_DROP, ALERTS_FITS | ALERTS_DROP);
	c.before_public = false; /* what it cost then is not for everybody */
	assert_kinds(c, ALERTS_BACK, ALERTS_FITS | ALERTS_DROP);
	c.is_open = c.is_public = false;
	assert_kinds(c, 0, 0);
}

static void returns(void **state)
{
	(void)state;
	struct alerts_change c = steady();
	c.before_public = c.before_open = false;
	c.old_status = STR("Pending");
	assert_kinds(c, ALERTS_BACK, ALERTS_BACK);
	c.new_price--;
	assert_kinds(c, ALERTS_BACK | ALERTS_DROP, ALERTS_BACK | ALERTS_DROP);
}

static void agents_hear_of_every_status(void **state)
{
	(void)state;
	struct alerts_change c = steady();
	c.is_public = c.is_open = false;
	c.new_status = STR("Pending");
	assert_kinds(c, 0, ALERTS_STATUS);
	c.old_status = STR_NULL;
	assert_kinds(c, 0, ALERTS_STATUS);
}

static void names(void **state)
{
	(void)state;
	assert_int_equal(alerts_event_mask(STR("new,price_drop,back_on_market,status")), 15);
	assert_int_equal(alerts_event_mask(STR("status")), ALERTS_STATUS);
	assert_int_equal(alerts_event_mask(STR("")), 0);
	assert_int_equal(alerts_event_mask(STR_NULL), 0);
	assert_string_equal(alerts_event_name(ALERTS_BACK), "back_on_market");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_did_not_change_is_no_news),
		cmocka_unit_test(new_is_what_was_never_there),
		cmocka_unit_test(lower_prices),
		cmocka_unit_test(changes_of_what_was_and_is_on_the_market),
		cmocka_unit_test(returns),
		cmocka_unit_test(agents_hear_of_every_status),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
