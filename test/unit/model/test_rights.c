/* Whose rights an operation has: those of the session's or batch's caller, held by row level security. */
#include "support_model.h"

#include "db/batch.h"
#include "model/marketing/agent.h"
#include "model/marketing/content_piece.h"
#include "model/marketing/listing.h"
#include "model/marketing/user.h"
#include "model/mls/connection.h"

static struct marketing_content_piece piece_of(struct mt *t, struct person p)
{
	struct marketing_listing l = {.workspace_id = p.workspace_id,
		.source_id = fresh_name(t, "source"),
		.address = STR("1 Main St"),
		.city = STR("Miami"),
		.state = STR("FL"),
		.zip_code = STR("33101")};
	ok(t, marketing_listing_insert(t->worker, t->arena, &l, &t->err));
	struct marketing_content_piece c = {.workspace_id = p.workspace_id,
		.listing_id = l.id,
		.agent_id = p.agent_id,
		.content_type = STR("flyer_text"),
		.generated_text = STR("{}")};
	ok(t, marketing_content_piece_insert(t->worker, t->arena, &c, &t->err));
	return c;
}

static void one_finds_the_own_row_and_no_other_tenants(struct mt *t)
{
	struct person ada = new_person(t), eve = new_person(t);
	struct marketing_content_piece mine = piece_of(t, ada), hers = piece_of(t, eve), *found;
	struct session *s = as(t, caller_of(ada));

	ok(t,
		marketing_content_piece_find(s, t->arena, ada.workspace_id, mine.id, &found,
			&t->err));
	assert_str(found->status, "draft");
	expect_code(t,
		marketing_content_piece_find(s, t->arena, eve.workspace_id, hers.id, &found,
			&t->err),
		E_ABSENT);
}

static void one_changes_and_deletes_nothing_of_another_tenant(struct mt *t)
{
	struct person ada = new_person(t), eve = new_person(t);
	struct marketing_content_piece hers = piece_of(t, eve), *found;
	struct session *s = as(t, caller_of(ada));

	hers.generated_text = STR("{\"mine\": true}");
	expect_code(t,
		marketing_content_piece_update(s, t->arena, &hers,
			MODEL_COLUMNS(MARKETING_CONTENT_PIECE_GENERATED_TEXT), &t->err),
		E_ABSENT);
	expect_code(t,
		marketing_content_piece_delete(s, t->arena, eve.workspace_id, hers.id, &t->err),
		E_ABSENT);
	ok(t,
		marketing_content_piece_find(t->worker, t->arena, eve.workspace_id, hers.id, &found,
			&t->err));
	assert_str(found->generated_text, "{}");
}

static void nothing_is_planted_in_another_workspace(struct mt *t)
{
	struct person ada = new_person(t), eve = new_person(t);
	struct marketing_content_piece hers = piece_of(t, eve), planted;
	struct session *s = as(t, caller_of(ada));

	planted = (struct marketing_content_piece){.workspace_id = eve.workspace_id,
		.listing_id = hers.listing_id,
		.agent_id = eve.agent_id,
		.content_type = STR("flyer_text"),
		.generated_text = STR("{}")};
	expect_code(t, marketing_content_piece_insert(s, t->arena, &planted, &t->err), E_RIGHT);
	assert_str(planted.id, NULL);
}

static void a_workspace_left_out_is_the_callers(struct mt *t)
{
	struct person ada = new_person(t);
	struct marketing_content_piece mine = piece_of(t, ada);
	struct marketing_content_piece made = {.listing_id = mine.listing_id,
		.content_type = STR("flyer_text"),
		.generated_text = STR("{}")};

	ok(t, marketing_content_piece_insert(as(t, caller_of(ada)), t->arena, &made, &t->err));
	assert_true(str_eq(made.workspace_id, ada.workspace_id));
	assert_true(str_eq(made.agent_id, ada.agent_id));
}

static void asking_for_every_workspace_shows_the_own_one(struct mt *t)
{
	struct person ada = new_person(t), eve = new_person(t);
	struct model_query q = {.every_workspace = true};
	struct marketing_content_piece_list list;
	struct session *s = as(t, caller_of(ada));

	piece_of(t, ada), piece_of(t, ada), piece_of(t, eve);
	ok(t, marketing_content_piece_list(s, t->arena, &q, &list, &t->err));
	assert_int_equal(list.n, 2);
	for (size_t i = 0; i < list.n; i++)
		assert_true(str_eq(list.row[i].workspace_id, ada.workspace_id));
	q = (struct model_query){.workspace_id = eve.workspace_id};
	ok(t, marketing_content_piece_list(s, t->arena, &q, &list, &t->err));
	assert_int_equal(list.n, 0);
	ok(t, marketing_content_piece_list(t->worker, t->arena, &q, &list, &t->err));
	assert_int_equal(list.n, 1);
}

static void a_secret_is_refused_to_a_login_and_read_by_a_worker(struct mt *t)
{
	struct person ada = new_person(t);
	struct mls_connection c = {.workspace_id = ada.workspace_id,
		.provider = STR("bridge"),
		.dataset_id = STR("demo"),
		.token_ciphertext = STR("sealed")};
	struct mls_connection *found;
	struct session *s = as(t, caller_of(ada));

	ok(t, mls_connection_insert(t->worker, t->arena, &c, &t->err));
	assert_str(c.token_ciphertext, "sealed"); /* as given, it was not read back */
	expect_code(t,
		mls_connection_find_columns(s, t->arena, c.workspace_id, c.id,
			MODEL_COLUMNS(MLS_CONNECTION_TOKEN_CIPHERTEXT), &found, &t->err),
		E_RIGHT);
	ok(t, mls_connection_find(t->worker, t->arena, c.workspace_id, c.id, &found, &t->err));
	assert_str(found->token_ciphertext, NULL);
	ok(t,
		mls_connection_find_columns(t->worker, t->arena, c.workspace_id, c.id,
			MODEL_COLUMNS(MLS_CONNECTION_TOKEN_CIPHERTEXT), &found, &t->err));
	assert_str(found->token_ciphertext, "sealed");
	assert_str(found->provider, NULL); /* not asked for */
}

static void strangers_are_refused(struct mt *t)
{
	struct person ada = new_person(t);
	struct marketing_content_piece mine = piece_of(t, ada), *found;

	expect_code(t,
		marketing_content_piece_find(as(t, anon()), t->arena, ada.workspace_id, mine.id,
			&found, &t->err),
		E_RIGHT);
}

static void a_batch_has_the_rights_of_its_caller(struct mt *t)
{
	struct person ada = new_person(t), eve = new_person(t);
	struct marketing_content_piece mine = piece_of(t, ada), hers = piece_of(t, eve), *found;
	struct db_caller caller = caller_of(ada);
	struct batch *b = batch_new(t->arena);

	batch_as(b, &caller);
	int first = marketing_content_piece_add_find(b, t->arena, ada.workspace_id, mine.id);
	int second = marketing_content_piece_add_find(b, t->arena, eve.workspace_id, hers.id);
	ok(t, db_run(t->db, b, &t->err));
	ok(t, marketing_content_piece_one(b, first, t->arena, &found, &t->err));
	expect_code(t, marketing_content_piece_one(b, second, t->arena, &found, &t->err), E_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(one_finds_the_own_row_and_no_other_tenants),
		MODEL_TEST(one_changes_and_deletes_nothing_of_another_tenant),
		MODEL_TEST(nothing_is_planted_in_another_workspace),
		MODEL_TEST(a_workspace_left_out_is_the_callers),
		MODEL_TEST(asking_for_every_workspace_shows_the_own_one),
		MODEL_TEST(a_secret_is_refused_to_a_login_and_read_by_a_worker),
		MODEL_TEST(strangers_are_refused),
		MODEL_TEST(a_batch_has_the_rights_of_its_caller),
	};
	return model_run_tests(tests, "model/rights");
}
