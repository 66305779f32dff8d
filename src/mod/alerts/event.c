#include "mod/alerts/event.h"

static bool is_lower(const struct alerts_change *c)
{
	return c->has_old_price && c->has_new_price && c->new_price < c->old_price;
}

/* To a listing that alerts looked at before. What it cost while agents alone saw it on the market is not for the public to know. */
static unsigned kinds_of_known(const struct alerts_change *c, bool is, bool before)
{
	unsigned kinds = 0;

	if (is && !before)
		kinds |= ALERTS_BACK;
	if (is && before && c->has_before)
		kinds |= ALERTS_FITS;
	if (is && is_lower(c) && (before || !c->before_open))
		kinds |= ALERTS_DROP;
	return kinds;
}

unsigned alerts_event_kinds(const struct alerts_change *c, bool for_agents)
{
	bool is = for_agents ? c->is_open : c->is_public;
	bool before = for_agents ? c->before_open : c->before_public;
	bool was = for_agents ? c->was_open : c->was_public;

	if (is && (c->was_known ? !was : c->is_fresh))
		return ALERTS_NEW;
	if (!c->was_known)
		return 0;
	unsigned kinds = kinds_of_known(c, is, before);
	if (for_agents && !(kinds & ALERTS_BACK) && !str_eq(c->old_status, c->new_status))
		kinds |= ALERTS_STATUS;
	return kinds;
}

static const struct {
	enum alerts_kind kind;
	const char *name;
} names[] = {{ALERTS_NEW, "new"}, {ALERTS_BACK, "back_on_market"}, {ALERTS_DROP, "price_drop"},
	{ALERTS_STATUS, "status"}};

const char *alerts_event_name(enum alerts_kind kind)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].kind == kind)
			return names[i].name;
	return NULL;
}

unsigned alerts_event_mask(struct str list)
{
	unsigned mask = 0;

	for (struct str rest = list; rest.p;) {
		struct str name = str_cut(&rest, ',');
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (str_eq(name, str_of(names[i].name)))
				mask |= names[i].kind;
	}
	return mask;
}
