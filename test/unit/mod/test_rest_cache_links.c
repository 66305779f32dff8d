#include "support_rest_cache.h"

/* Films and people, and every way in which tables can hang together. */
static const char script[] =
	"drop schema if exists test, hidden cascade; create schema test; create schema hidden;"
	"create table test.directors (id int primary key, name text);"
	"create table test.films (id int primary key, director_id int constraint films_director references test.directors,"
	"  sequel_of int constraint films_sequel references test.films);"
	"create table test.actors (id int primary key);"
	"create table test.roles (film_id int constraint roles_film references test.films,"
	"  actor_id int constraint roles_actor references test.actors, as_whom text,"
	"  primary key (film_id, actor_id, as_whom));"
	"create table test.specs (film_id int primary key constraint specs_film references test.films, runtime int);"
	"create table test.posters (id int primary key, film_id int unique constraint posters_film references test.films);"
	/* not a junction: the keys are not part of its primary key */
	"create table test.awards (id int primary key, film_id int constraint awards_film references test.films,"
	"  actor_id int constraint awards_actor references test.actors);"
	/* composite keys; the unique key names its columns in another order */
	"create table test.boxes (shelf int, place int, primary key (shelf, place));"
	"create table test.things (id int primary key, shelf int, place int,"
	"  constraint things_box foreign key (shelf, place) references test.boxes);"
	"create table test.labels (id int primary key, shelf int, place int, unique (place, shelf),"
	"  constraint labels_box foreign key (shelf, place) references test.boxes);"
	/* two ways between two tables, and a junction of a table with itself */
	"create table test.people (id int primary key);"
	"create table test.orders (id int primary key, payer int constraint orders_payer references test.people,"
	"  receiver int constraint orders_receiver references test.people);"
	"create table test.follows (who int constraint follows_who references test.people,"
	"  whom int constraint follows_whom references test.people, primary key (who, whom));"
	/* partitions follow their table */
	"create table test.reservations (id int, city text, person int constraint reservations_person references test.people,"
	"  primary key (id, city)) partition by list (city);"
	"create table test.reservations_rome partition of test.reservations for values in ('Rome');"
	"create table test.notes (id int primary key, r_id int, r_city text,"
	"  constraint notes_reservation foreign key (r_id, r_city) references test.reservations);"
	/* what is not exposed is no way */
	"create table hidden.secrets (id int primary key, person int references test.people);"
	"create table hidden.pairs (a int references test.people, b int references test.actors, primary key (a, b));"
	"create table test.lonely (id int);";

static int setup(void **state)
{
	(void)state;
	rct_admin(script);
	return 0;
}

static const char *links(struct rct *t, const char *name)
{
	return rct_links(t, rct_table(t, "test", name));
}

static void foreign_keys_are_ways_in_both_directions(struct rct *t)
{
	assert_string_equal(links(t, "directors"), "o2m films films_director (id)=(director_id)\n");
	assert_string_equal(links(t, "awards"),
		"m2o actors awards_actor (actor_id)=(id)\n"
		"m2o films awards_film (film_id)=(id)\n");
}

static void every_kind_in_order(struct rct *t)
{
	assert_string_equal(links(t, "films"),
		"m2m actors roles roles_film (id)=(film_id) roles_actor (actor_id)=(id)\n"
		"o2m awards awards_film (id)=(film_id)\n"
		"m2o directors films_director (director_id)=(id)\n"
		"o2m self films films_sequel (id)=(sequel_of)\n"
		"m2o self films films_sequel (sequel_of)=(id)\n"
		"o2o posters posters_film (id)=(film_id)\n"
		"o2m roles roles_film (id)=(film_id)\n"
		"o2o specs specs_film (id)=(film_id)\n");
}

static void unique_keys_are_one_to_one(struct rct *t)
{
	assert_string_equal(links(t, "specs"), "o2o key films specs_film (film_id)=(id)\n");
	assert_string_equal(links(t, "posters"), "o2o key films posters_film (film_id)=(id)\n");
	assert_true(rct_table(t, "test", "posters")->links->is_to_one);
	assert_true(rct_table(t, "test", "films")->links->next->next->next->next->next->is_to_one);
}

static void composite_keys_whatever_their_order(struct rct *t)
{
	assert_string_equal(links(t, "things"),
		"m2o boxes things_box (shelf,place)=(shelf,place)\n");
	assert_string_equal(links(t, "labels"),
		"o2o key boxes labels_box (shelf,place)=(shelf,place)\n");
	assert_string_equal(links(t, "boxes"),
		"o2o labels labels_box (shelf,place)=(shelf,place)\n"
		"o2m things things_box (shelf,place)=(shelf,place)\n");
}

static void junctions_need_both_keys_in_their_primary_key(struct rct *t)
{
	assert_string_equal(links(t, "actors"),
		"o2m awards awards_actor (id)=(actor_id)\n"
		"m2m films roles roles_actor (id)=(actor_id) roles_film (film_id)=(id)\n"
		"o2m roles roles_actor (id)=(actor_id)\n");
	assert_false(rct_table(t, "test", "actors")->links->next->is_to_one);
}

static void two_ways_and_a_junction_with_itself(struct rct *t)
{
	assert_string_equal(links(t, "people"),
		"o2m follows follows_who (id)=(who)\n"
		"o2m follows follows_whom (id)=(whom)\n"
		"o2m orders orders_payer (id)=(payer)\n"
		"o2m orders orders_receiver (id)=(receiver)\n"
		"m2m self people follows follows_who (id)=(who) follows_whom (whom)=(id)\n"
		"m2m self people follows follows_whom (id)=(whom) follows_who (who)=(id)\n"
		"o2m reservations reservations_person (id)=(person)\n");
}

static void partitions_are_not_there_and_their_table_is(struct rct *t)
{
	assert_null(rest_cache_table(t->cache, STR("test"), STR("reservations_rome")));
	assert_int_equal(rct_table(t, "test", "reservations")->kind, REST_PARTITIONED);
	assert_string_equal(links(t, "reservations"),
		"o2m notes notes_reservation (id,city)=(r_id,r_city)\n"
		"m2o people reservations_person (person)=(id)\n");
}

static void what_is_not_exposed_is_no_way(struct rct *t)
{
	assert_null(rest_cache_table(t->cache, STR("hidden"), STR("secrets")));
	assert_string_equal(links(t, "lonely"), "");
	struct rest_cache *both = rct_load(t, "test,hidden", "");
	assert_non_null(both);
	struct rest_table *people = rest_cache_table(both, STR("test"), STR("people"));
	assert_non_null(strstr(rct_links(t, people), "m2m actors pairs"));
	assert_non_null(strstr(rct_links(t, people), "o2m secrets"));
	rest_cache_unref(both);
}

static void the_cache_is_the_same_each_time(struct rct *t)
{
	struct rest_cache *again = rct_load(t, "test", "");

	assert_int_equal(rest_cache_tables(again), rest_cache_tables(t->cache));
	for (size_t i = 0; i < rest_cache_tables(again); i++) {
		const struct rest_table *a = rest_cache_table_at(again, i);
		const struct rest_table *b = rest_cache_table_at(t->cache, i);
		assert_true(str_eq(a->name, b->name));
		assert_string_equal(rct_links(t, a), rct_links(t, b));
		if (i)
			assert_true(str_cmp(rest_cache_table_at(again, i - 1)->name, a->name) < 0);
	}
	rest_cache_unref(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(foreign_keys_are_ways_in_both_directions),
		RCT(every_kind_in_order),
		RCT(unique_keys_are_one_to_one),
		RCT(composite_keys_whatever_their_order),
		RCT(junctions_need_both_keys_in_their_primary_key),
		RCT(two_ways_and_a_junction_with_itself),
		RCT(partitions_are_not_there_and_their_table_is),
		RCT(what_is_not_exposed_is_no_way),
		RCT(the_cache_is_the_same_each_time),
	};
	return cmocka_run_group_tests_name("mod/rest_cache_links", tests, setup, NULL);
}
