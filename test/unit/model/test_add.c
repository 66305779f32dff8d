/* The operations as statements of a batch. */
#include "support_model.h"

#include "db/batch.h"
#include "loop/fiber.h"
#include "model/marketing/agent.h"
#include "model/marketing/content_piece.h"
#include "model/marketing/listing.h"

static struct marketing_listing listing_in(struct mt *t, struct person p, const char *city)
{
	return (struct marketing_listing){.workspace_id = p.workspace_id,
		.id = fresh_uuid(t),
		.source_id = fresh_name(t, "source"),
		.address = STR("1 Main St"),
		.city = str_of(city),
		.state = STR("FL"),
		.zip_code = STR("33101")};
}

static struct batch *batch_by(struct mt *t, struct person p)
{
	struct db_caller caller = caller_of(p);
	struct batch *b = batch_new(t->arena);

	batch_as(b, &caller);
	return b;
}

static struct batch *worker_batch(struct mt *t)
{
	struct db_caller caller = {.role = STR("plat_worker")};
	struct batch *b = batch_new(t->arena);

	batch_as(b, &caller);
	return b;
}

static void one_batch_makes_reads_and_counts(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = listing_in(t, p, "Miami"), *made, *found;
	struct model_query q = {.workspace_id = p.workspace_id,
		.where = {{MARKETING_LISTING_CITY, MODEL_EQ, MODEL_V("Miami")}}};
	struct marketing_listing_list list;
	struct batch *b = batch_by(t, p);
	int64_t n;

	int insert = marketing_listing_add_insert(b, t->arena, &l);
	int find = marketing_listing_add_find(b, t->arena, p.workspace_id, l.id);
	int many = marketing_listing_add_list(b, t->arena, &q);
	int count = marketing_listing_add_count(b, t->arena, &q);
	ok(t, db_run(t->db, b, &t->err));
	ok(t, marketing_listing_one(b, insert, t->arena, &made, &t->err));
	assert_str(made->status, "active");
	ok(t, marketing_listing_one(b, find, t->arena, &found, &t->err));
	assert_true(str_eq(found->source_id, l.source_id));
	ok(t, marketing_listing_many(b, many, t->arena, &list, &t->err));
	assert_int_equal(list.n, 1);
	ok(t, model_number(b, count, &n, &t->err));
	assert_int_equal(n, 1);
}

static void one_batch_changes_and_deletes(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = listing_in(t, p, "Miami"), change = l, *row;
	struct batch *b = worker_batch(t);

	l.price = STR("5");
	change.city = STR("Doral");
	marketing_listing_add_insert(b, t->arena, &l);
	int update = marketing_listing_add_update(b, t->arena, &change,
		MODEL_COLUMNS(MARKETING_LISTING_CITY));
	change.zip_code = STR("33172");
	int upsert = marketing_listing_add_upsert(b, t->arena, &change,
		MARKETING_LISTING_BY_SOURCE_ID, MODEL_USUAL);
	int delete = marketing_listing_add_delete(b, t->arena, p.workspace_id, l.id);
	int again = marketing_listing_add_delete(b, t->arena, p.workspace_id, l.id);
	ok(t, db_run(t->db, b, &t->err));
	ok(t, marketing_listing_one(b, update, t->arena, &row, &t->err));
	assert_str(row->city, "Doral");
	ok(t, marketing_listing_one(b, upsert, t->arena, &row, &t->err));
	assert_str(row->zip_code, "33172");
	assert_str(row->price, "5");
	ok(t, marketing_listing_done(b, delete, &t->err));
	expect_code(t, marketing_listing_done(b, again, &t->err), E_ABSENT);
}

static void a_failure_undoes_the_whole_batch(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = listing_in(t, p, "Miami"), twin = listing_in(t, p, "Miami"),
				 *found;
	struct batch *b = batch_by(t, p);

	twin.source_id = l.source_id;
	int first = marketing_listing_add_insert(b, t->arena, &l);
	marketing_listing_add_insert(b, t->arena, &twin);
	expect_code(t, db_run(t->db, b, &t->err), E_CONFLICT);
	expect_code(t, marketing_listing_one(b, first, t->arena, &found, &t->err), E_CONFLICT);
	expect_code(t, marketing_listing_done(b, first, &t->err), E_CONFLICT);
	expect_code(t,
		marketing_listing_find(t->worker, t->arena, p.workspace_id, l.id, &found, &t->err),
		E_ABSENT);
}

static void an_update_of_nothing_leaves_the_rest_standing(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = listing_in(t, p, "Miami"), other = listing_in(t, p, "Miami"),
				 *found;
	struct batch *b = batch_by(t, p);

	marketing_listing_add_insert(b, t->arena, &l);
	int update = marketing_listing_add_update(b, t->arena, &other,
		MODEL_COLUMNS(MARKETING_LISTING_CITY));
	ok(t, db_run(t->db, b, &t->err));
	expect_code(t, marketing_listing_one(b, update, t->arena, &found, &t->err), E_ABSENT);
	ok(t, marketing_listing_find(t->worker, t->arena, p.workspace_id, l.id, &found, &t->err));
}

static void parents_and_children_come_in_the_same_batch(struct mt *t)
{
	struct person p = new_person(t);
	struct marketing_listing l = listing_in(t, p, "Miami"), *listing;
	struct marketing_content_piece c = {.workspace_id = p.workspace_id,
		.id = fresh_uuid(t),
		.listing_id = l.id,
		.agent_id = p.agent_id,
		.content_type = STR("flyer_text"),
		.generated_text = STR("{}")};
	struct marketing_content_piece_list list;
	struct marketing_content_piece orphan = {.workspace_id = p.workspace_id};
	struct batch *b = worker_batch(t);

	marketing_listing_add_insert(b, t->arena, &l);
	marketing_content_piece_add_insert(b, t->arena, &c);
	int parent = marketing_content_piece_add_find_listing(b, t->arena, &c);
	int none = marketing_content_piece_add_find_listing(b, t->arena, &orphan);
	int children = marketing_content_piece_add_list_of_listing(b, t->arena, &l, NULL);
	ok(t, db_run(t->db, b, &t->err));
	ok(t, marketing_listing_one(b, parent, t->arena, &listing, &t->err));
	assert_true(str_eq(listing->id, l.id));
	expect_code(t, marketing_listing_one(b, none, t->arena, &listing, &t->err), E_ABSENT);
	ok(t, marketing_content_piece_many(b, children, t->arena, &list, &t->err));
	assert_int_equal(list.n, 1);
}

struct answer {
	struct fiber *fiber;
	struct mt *t;
	struct marketing_agent *agent;
	int find, code;
};

static void on_found(struct batch *b, void *arg)
{
	struct answer *answer = arg;

	answer->code = marketing_agent_one(b, answer->find, answer->t->arena, &answer->agent, NULL);
	fiber_wake(answer->fiber);
}

static void a_request_reads_the_answer_in_on_done(struct mt *t)
{
	struct person p = new_person(t);
	struct answer answer = {fiber_current(), t, NULL, 0, 1};
	struct batch *b = batch_by(t, p);

	answer.find = marketing_agent_add_find(b, t->arena, p.workspace_id, p.agent_id);
	ok(t, db_submit(t->db, b, on_found, &answer));
	while (answer.code == 1)
		ok(t, fiber_park());
	assert_int_equal(answer.code, 0);
	assert_str(answer.agent->name, "Ada");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(one_batch_makes_reads_and_counts),
		MODEL_TEST(one_batch_changes_and_deletes),
		MODEL_TEST(a_failure_undoes_the_whole_batch),
		MODEL_TEST(an_update_of_nothing_leaves_the_rest_standing),
		MODEL_TEST(parents_and_children_come_in_the_same_batch),
		MODEL_TEST(a_request_reads_the_answer_in_on_done),
	};
	return model_run_tests(tests, "model/add");
}
