/* Create, read, update, delete on the key tables of document 001: agents, users, listings, content pieces. */
#include "support_model.h"

#include "base/clock.h"
#include "model/array.h"
#include "model/marketing/agent.h"
#include "model/marketing/content_piece.h"
#include "model/marketing/listing.h"
#include "model/marketing/user.h"

static struct marketing_listing new_listing(struct mt *t, struct session *s, struct person p)
{
	struct marketing_listing l = {.workspace_id = p.workspace_id,
		.source_id = fresh_name(t, "source"),
		.address = STR("1 Main St"),
		.city = STR("Miami"),
		.state = STR("FL"),
		.zip_code = STR("33101"),
		.price = STR("499000.50"),
		.beds = model_int(3),
		.key_features = STR("{Pool,\"Sea view\"}")};

	ok(t, marketing_listing_insert(s, t->arena, &l, &t->err));
	return l;
}

static struct marketing_content_piece new_piece(struct mt *t, struct session *s, struct person p,
	const struct marketing_listing *l)
{
	struct marketing_content_piece c = {.workspace_id = p.workspace_id,
		.listing_id = l->id,
		.agent_id = p.agent_id,
		.content_type = STR("flyer_text"),
		.generated_text = STR("{\"headline\": \"Sun\"}")};

	ok(t, marketing_content_piece_insert(s, t->arena, &c, &t->err));
	return c;
}

static void makes_finds_changes_and_deletes_an_agent(struct mt *t)
{
	struct person p = new_person(t);
	struct session *s = t->worker;
	struct marketing_agent agent = {.workspace_id = p.workspace_id,
		.name = STR("Grace"),
		.email = STR("grace@example.org"),
		.phone = STR("305")};
	struct marketing_agent *found;

	ok(t, marketing_agent_insert(s, t->arena, &agent, &t->err));
	assert_int_equal(agent.id.len, 36);
	assert_str(agent.notification_preferences, "{}");
	assert_true(agent.created_at.set);

	ok(t, marketing_agent_find(s, t->arena, p.workspace_id, agent.id, &found, &t->err));
	assert_str(found->name, "Grace");
	assert_str(found->phone, "305");
	assert_str(found->company, NULL);

	found->company = STR("OAK");
	found->phone = STR_NULL;
	ok(t,
		marketing_agent_update(s, t->arena, found,
			MODEL_COLUMNS(MARKETING_AGENT_COMPANY, MARKETING_AGENT_PHONE), &t->err));
	ok(t, marketing_agent_find(s, t->arena, p.workspace_id, agent.id, &found, &t->err));
	assert_str(found->company, "OAK");
	assert_str(found->phone, NULL);

	ok(t, marketing_agent_delete(s, t->arena, p.workspace_id, agent.id, &t->err));
	expect_code(t, marketing_agent_find(s, t->arena, p.workspace_id, agent.id, &found, &t->err),
		E_ABSENT);
	assert_string_equal(t->err.msg,
		str_printf(t->arena, "there is no agent " STR_FMT, STR_ARG(agent.id)).p);
	expect_code(t, marketing_agent_delete(s, t->arena, p.workspace_id, agent.id, &t->err),
		E_ABSENT);
	expect_code(t, marketing_agent_update(s, t->arena, &agent, MODEL_USUAL, &t->err), E_ABSENT);
}

static void keeps_what_is_not_named_in_an_update(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = new_listing(t, t->worker, p);
	struct marketing_listing part = {.workspace_id = l.workspace_id,
		.id = l.id,
		.price = STR("1")};

	ok(t, marketing_listing_update(t->worker, t->arena, &part, MODEL_USUAL, &t->err));
	assert_str(part.price, "1");
	assert_str(part.city, "Miami");
	assert_int_equal(part.beds.v, 3);
}

static void changes_a_user_but_never_reads_the_hash_by_itself(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_user *u, *whole;

	ok(t, marketing_user_find(t->worker, t->arena, p.workspace_id, p.user_id, &u, &t->err));
	assert_str(u->password_hash, NULL);
	assert_true(u->is_active.set && u->is_active.v);
	ok(t,
		marketing_user_find_columns(t->worker, t->arena, p.workspace_id, p.user_id,
			MODEL_EVERY, &whole, &t->err));
	assert_str(whole->password_hash, "");

	u->is_active = model_bool(false);
	ok(t,
		marketing_user_update(t->worker, t->arena, u,
			MODEL_COLUMNS(MARKETING_USER_IS_ACTIVE), &t->err));
	ok(t, marketing_user_delete(t->worker, t->arena, p.workspace_id, p.user_id, &t->err));
}

static void walks_from_content_to_its_agent_and_listing_and_back(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = new_listing(t, t->worker, p), *listing;
	struct marketing_content_piece c = new_piece(t, t->worker, p, &l);
	struct marketing_agent *agent;
	struct marketing_content_piece_list pieces;

	assert_str(c.status, "draft");
	ok(t, marketing_content_piece_find_agent(t->worker, t->arena, &c, &agent, &t->err));
	assert_str(agent->id, p.agent_id.p);
	ok(t, marketing_content_piece_find_listing(t->worker, t->arena, &c, &listing, &t->err));
	assert_str(listing->id, l.id.p);

	new_piece(t, t->worker, p, &l);
	ok(t,
		marketing_content_piece_list_of_listing(t->worker, t->arena, &l, NULL, &pieces,
			&t->err));
	assert_int_equal(pieces.n, 2);
	struct model_query newest = {.where = {{MARKETING_CONTENT_PIECE_STATUS, MODEL_EQ,
					     MODEL_V("draft")}},
		.order = {{MARKETING_CONTENT_PIECE_CREATED_AT, MODEL_DESC}},
		.limit = 1};
	ok(t,
		marketing_content_piece_list_of_agent(t->worker, t->arena, agent, &newest, &pieces,
			&t->err));
	assert_int_equal(pieces.n, 1);
}

static void a_missing_parent_is_absent(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_user u = {.workspace_id = p.workspace_id, .id = p.user_id};
	struct marketing_agent *agent;

	expect_code(t, marketing_user_find_agent(t->worker, t->arena, &u, &agent, &t->err),
		E_ABSENT);
	assert_string_equal(t->err.msg, "this user has no agent");
}

static void what_is_taken_conflicts(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = new_listing(t, t->worker, p);
	struct marketing_listing again = l;

	again.id = STR_NULL;
	expect_code(t, marketing_listing_insert(t->worker, t->arena, &again, &t->err), E_CONFLICT);
	assert_str(again.id, NULL);
	new_piece(t, t->worker, p, &l);
	expect_code(t, marketing_listing_delete(t->worker, t->arena, p.workspace_id, l.id, &t->err),
		E_CONFLICT);
}

static void upsert_inserts_then_updates(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = new_listing(t, t->worker, p);
	struct marketing_listing fresh = {.workspace_id = p.workspace_id,
		.source_id = l.source_id,
		.address = STR("2 Main St"),
		.city = STR("Miami Beach"),
		.state = STR("FL"),
		.zip_code = STR("33139")};
	struct marketing_listing only_price = fresh;

	ok(t,
		marketing_listing_upsert(t->worker, t->arena, &fresh,
			MARKETING_LISTING_BY_SOURCE_ID, MODEL_USUAL, &t->err));
	assert_str(fresh.id, l.id.p);
	assert_str(fresh.city, "Miami Beach");
	assert_int_equal(fresh.beds.v, 3);

	only_price.price = STR("7");
	only_price.address = STR("nowhere");
	ok(t,
		marketing_listing_upsert(t->worker, t->arena, &only_price,
			MARKETING_LISTING_BY_SOURCE_ID, MODEL_COLUMNS(MARKETING_LISTING_PRICE),
			&t->err));
	assert_str(only_price.price, "7");
	assert_str(only_price.address, "2 Main St");

	only_price = (struct marketing_listing){.workspace_id = p.workspace_id,
		.source_id = fresh_name(t, "other"),
		.address = STR("3 Main St"),
		.city = STR("Miami"),
		.state = STR("FL"),
		.zip_code = STR("33139")};
	ok(t,
		marketing_listing_upsert(t->worker, t->arena, &only_price,
			MARKETING_LISTING_BY_SOURCE_ID, MODEL_USUAL, &t->err));
	assert_true(only_price.id.p && !str_eq(only_price.id, l.id));
}

static void an_upsert_of_the_key_alone_gives_the_row(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_agent mine = {.workspace_id = p.workspace_id,
		.id = p.agent_id,
		.name = STR("x"),
		.email = STR("x@y")};

	mine.name = STR("Ada");
	ok(t,
		marketing_agent_upsert(t->worker, t->arena, &mine, MARKETING_AGENT_BY_PRIMARY,
			MODEL_COLUMNS(MARKETING_AGENT_NAME), &t->err));
	assert_true(str_ends(mine.email, STR("@example.org")));
}

static void two_changes_of_the_same_column_collide_others_do_not(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = new_listing(t, t->worker, p);
	struct marketing_listing mine = l, theirs = l, late = l;

	theirs.price = STR("100");
	ok(t, marketing_listing_update_from(t->worker, t->arena, &l, &theirs, &t->err));
	mine.beds = model_int(4);
	ok(t, marketing_listing_update_from(t->worker, t->arena, &l, &mine, &t->err));
	assert_str(mine.price, "100");
	late.price = STR("200");
	expect_code(t, marketing_listing_update_from(t->worker, t->arena, &l, &late, &t->err),
		E_CONFLICT);
	assert_str(late.price, "200");

	/* Nothing differs, nothing is asked. */
	late = l;
	ok(t, marketing_listing_update_from(t->worker, t->arena, &l, &late, &t->err));
}

static void what_was_rolled_back_never_was(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing *found;

	ok(t, session_begin(t->worker, &t->err));
	struct marketing_listing l = new_listing(t, t->worker, p);
	ok(t, session_rollback(t->worker, &t->err));
	expect_code(t,
		marketing_listing_find(t->worker, t->arena, p.workspace_id, l.id, &found, &t->err),
		E_ABSENT);

	ok(t, session_begin(t->worker, &t->err));
	l = new_listing(t, t->worker, p);
	ok(t, session_commit(t->worker, &t->err));
	ok(t, marketing_listing_find(t->worker, t->arena, p.workspace_id, l.id, &found, &t->err));
}

static int sum(const struct marketing_listing *row, void *arg, struct err *e)
{
	int64_t *total = arg;

	if (*total > 100)
		return err_set(e, E_LIMIT, "enough");
	assert_str(row->city, "Miami");
	*total += row->beds.v;
	return 0;
}

static void counts_and_goes_through_rows_one_by_one(struct mt *t)
{
	struct person p = new_person(t);
	struct model_query q = {.workspace_id = p.workspace_id};
	int64_t n, total = 0;

	for (int i = 0; i < 5; i++)
		new_listing(t, t->worker, p);
	ok(t, marketing_listing_count(t->worker, t->arena, &q, &n, &t->err));
	assert_int_equal(n, 5);
	ok(t, marketing_listing_each(t->worker, &q, sum, &total, &t->err));
	assert_int_equal(total, 15);
	total = 101;
	expect_code(t, marketing_listing_each(t->worker, &q, sum, &total, &t->err), E_LIMIT);
}

static void takes_lists_apart(struct mt *t)
{
	struct marketing_listing l = new_listing(t, t->worker, new_person(t));
	struct str *features;
	size_t n;

	ok(t, model_array_split(t->arena, l.key_features, &features, &n, &t->err));
	assert_int_equal(n, 2);
	assert_str(features[1], "Sea view");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(makes_finds_changes_and_deletes_an_agent),
		MODEL_TEST(keeps_what_is_not_named_in_an_update),
		MODEL_TEST(changes_a_user_but_never_reads_the_hash_by_itself),
		MODEL_TEST(walks_from_content_to_its_agent_and_listing_and_back),
		MODEL_TEST(a_missing_parent_is_absent),
		MODEL_TEST(what_is_taken_conflicts),
		MODEL_TEST(upsert_inserts_then_updates),
		MODEL_TEST(an_upsert_of_the_key_alone_gives_the_row),
		MODEL_TEST(two_changes_of_the_same_column_collide_others_do_not),
		MODEL_TEST(what_was_rolled_back_never_was),
		MODEL_TEST(counts_and_goes_through_rows_one_by_one),
		MODEL_TEST(takes_lists_apart),
	};
	return model_run_tests(tests, "model/crud");
}
