/* The texts of a listing: gen_listing_write(), declared in gen_listing.h. */
#include "mod/mls/gen_listing.h"

#include <stddef.h>

#include "mod/mls/gen_key.h"
#include "mod/mls/gen_people.h"
#include "mod/mls/gen_remarks.h"
#include "mod/mls/gen_text.h"

enum { TOPIC_TEXTS = 500 };

/* Each text is made behind the one before it. */
static struct str done(struct gen_out *o, char *from)
{
	struct str s = {from, (size_t)(o->at - from)};

	if (o->at < o->end)
		*++o->at = 0; /* a NUL between two texts */
	return s;
}

static struct str join(struct gen_out *o, const char *a, const char *b, const char *c)
{
	char *from = o->at;

	gen_add(o, a);
	gen_add(o, b);
	gen_add(o, c);
	return done(o, from);
}

static struct str hex_key(struct gen_out *o, uint64_t key)
{
	char *from = o->at;

	gen_add_hex(o, key);
	gen_add_hex(o, gen_mix(key));
	return done(o, from);
}

static struct str with_number(struct gen_out *o, const char *text, int64_t n)
{
	char *from = o->at;

	gen_add(o, text);
	gen_add_int(o, n);
	return done(o, from);
}

static struct str phone(struct gen_out *o, const struct gen_place *place, int line)
{
	char *from = o->at;

	gen_add(o, place->county == COUNTY_DADE ? "305-555-0" : "954-555-0");
	gen_add_int(o, line);
	return done(o, from);
}

/* "1450 Brickell Ave #2304, Miami, FL 33131" */
static struct str address(struct gen_listing *l, struct gen_out *o)
{
	const char *parts[] = {l->number_text, " ", l->street.quadrant,
		l->street.quadrant ? " " : NULL, l->street.name, *l->street.suffix ? " " : NULL,
		l->street.suffix, l->unit.p ? " #" : NULL, l->unit.p, ", ", l->place->city, ", FL ",
		l->place->zip};
	char *from = o->at;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		gen_add(o, parts[i]);
	return done(o, from);
}

static void write_names(struct gen_listing *l, struct gen_out *o, struct gen_rand *r)
{
	char *from = o->at;

	gen_key_format(from, l->world->seed, l->slot, l->life.turn);
	o->at = from + GEN_KEY_SIZE - 1;
	l->key = done(o, from);
	l->listing_id = with_number(o, l->place->county == COUNTY_DADE ? "A" : "F", l->key_numeric);
	l->address = address(l, o);
	from = o->at;
	gen_add(o, l->place->county == COUNTY_DADE ? "30-" : "50-");
	gen_add_int(o, gen_between(r, 10, 69));
	gen_add(o, "-");
	gen_add_int(o, gen_between(r, 10, 42));
	gen_add(o, "-");
	gen_add_int(o, gen_between(r, 100, 999));
	gen_add(o, "-");
	gen_add_int(o, gen_between(r, 1000, 9999));
	l->parcel = done(o, from);
	l->elementary = join(o, l->place->name, " Elementary", NULL);
	l->middle = join(o, l->place->city, " Middle", NULL);
	l->high = join(o, l->place->city, " Senior High", NULL);
	if (l->is_association)
		l->association = join(o, l->building.p ? l->building.p : l->subdivision.p,
			l->building.p ? " Condominium Association" : " HOA", NULL);
}

static void write_sizes(struct gen_listing *l, struct gen_out *o, struct gen_rand *r)
{
	if (l->lot_sqft_e2 != GEN_NONE) {
		int64_t width = gen_between(r, 40, 110);
		char *from = o->at;
		gen_add_int(o, width);
		gen_add(o, " x ");
		gen_add_int(o, l->lot_sqft_e2 / 100 / width);
		l->lot_size = done(o, from);
		l->lot_units = STR("Square Feet");
	}
	if (l->area_sqft != GEN_NONE) {
		l->area_units = STR("Square Feet");
		l->area_source = STR("Public Records");
	}
}

static void write_list_agent(struct gen_listing *l, struct gen_out *o)
{
	struct gen_person agent = gen_person_at(l->world, l->agent);
	struct gen_office office = gen_office_at(l->world, agent.office);

	l->agent_key = hex_key(o, agent.key);
	l->agent_id = with_number(o, "3", 100000 + l->agent);
	l->agent_name = join(o, agent.first, " ", agent.last);
	l->agent_phone = phone(o, l->place, agent.line);
	char *from = o->at;
	gen_add(o, agent.first);
	gen_add(o, ".");
	gen_add(o, agent.last);
	gen_add(o, "@");
	gen_add(o, office.domain);
	for (char *p = from; p < o->at; p++)
		*p |= *p >= 'A' && *p <= 'Z' ? 0x20 : 0;
	l->agent_mail = done(o, from);
	l->contact = l->agent_phone;
	l->office_key = hex_key(o, office.key);
	l->office_id = with_number(o, "OF", 1000 + agent.office);
	l->office_name = join(o, office.name, NULL, NULL);
	l->office_phone = phone(o, l->place, office.line);
}

static void write_other_agents(struct gen_listing *l, struct gen_out *o)
{
	if (l->co_agent != GEN_NOBODY) {
		struct gen_person p = gen_person_at(l->world, l->co_agent);
		l->co_agent_key = hex_key(o, p.key);
		l->co_agent_name = join(o, p.first, " ", p.last);
	}
	if (l->buyer_agent != GEN_NOBODY) {
		struct gen_person p = gen_person_at(l->world, l->buyer_agent);
		struct gen_office office = gen_office_at(l->world, p.office);
		l->buyer_key = hex_key(o, p.key);
		l->buyer_name = join(o, p.first, " ", p.last);
		l->buyer_office_key = hex_key(o, office.key);
		l->buyer_office_name = join(o, office.name, NULL, NULL);
	}
}

void gen_listing_write(struct gen_listing *l)
{
	if (l->written)
		return;
	struct gen_rand r = gen_rand_of(l->life.key, TOPIC_TEXTS);
	struct gen_out o = gen_out_of(l->text, sizeof(l->text));
	char *from;

	l->written = true;
	write_names(l, &o, &r);
	write_sizes(l, &o, &r);
	write_list_agent(l, &o);
	write_other_agents(l, &o);
	if (gen_chance(&r, 30))
		l->tour = join(&o, l->world->media_base, "/tour/", l->key.p);
	l->copyright =
		STR("Generated listings of a demonstration feed; no such property is for sale.");
	from = o.at;
	gen_remarks_directions(l, &o);
	l->directions = done(&o, from);
	from = o.at;
	gen_remarks_private(l, &o);
	l->private_remarks = done(&o, from);
	from = o.at;
	gen_remarks(l, &o);
	l->remarks = done(&o, from);
}
