#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "mod/search/params.h"
#include "mod/search/words.h"
#include "support_search.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define DOCS 120
#define NOT_THERE 100

/* An index, a query, and what it found. */
struct sample {
	struct arena *arena;
	struct search_index *ix;
	struct search_query *q;
	struct search_result found;
	struct search_doc docs[DOCS];
	uint32_t docs_n;
	int remarks, address, city;
};

static void sample_start(struct sample *s)
{
	*s = (struct sample){.arena = arena_new(), .ix = search_index_new()};
	s->remarks = search_support_field("public_remarks");
	s->address = search_support_field("address_full");
	s->city = search_support_field("city");
}

static void sample_end(struct sample *s)
{
	search_index_free(s->ix);
	arena_free(s->arena);
}

static struct search_doc *add(struct sample *s, const char *remarks, const char *address,
	const char *city)
{
	struct search_doc *d = &s->docs[s->docs_n];

	*d = search_support_doc(s->docs_n++);
	d->values[s->remarks] = str_of(remarks);
	d->values[s->address] = str_of(address);
	d->values[s->city] = str_of(city);
	search_index_put(s->ix, d);
	return d;
}

static void query_by(struct search_query *q, int field, int weight)
{
	q->by[q->by_n++] = (struct search_by){.field = field,
		.weight = weight,
		.num_typos = 2,
		.prefix = true};
}

/* As a client that says q and the three fields alone would have it. */
static struct search_query *ask(struct sample *s, const char *text)
{
	s->q = ARENA_NEW(s->arena, struct search_query);
	s->q->who = SEARCH_AGENTS;
	s->q->limit = 250;
	s->q->min_len_1typo = 4;
	s->q->min_len_2typo = 7;
	s->q->typo_tokens_threshold = s->q->drop_tokens_threshold = 1;
	s->q->max_candidates = 10000;
	s->q->prioritize_exact_match = s->q->prioritize_num_matching_fields = true;
	s->q->split_join = true;
	s->q->facet_query_field = -1;
	query_by(s->q, s->city, 3);
	query_by(s->q, s->address, 2);
	query_by(s->q, s->remarks, 1);
	assert_int_equal(search_params_terms(s->arena, str_of(text), s->q), 0);
	return s->q;
}

static void run(struct sample *s)
{
	s->found = (struct search_result){0};
	assert_int_equal(search_index_run(s->ix, s->q, s->arena, &s->found, NULL), 0);
}

/* The documents found, best first, are these. */
static void assert_found(struct sample *s, size_t n, const int *wanted)
{
	run(s);
	assert_int_equal(s->found.found, n);
	for (size_t i = 0; i < n; i++)
		assert_memory_equal(s->found.hits[i].id, s->docs[wanted[i]].id, 16);
}

#define ASSERT_FOUND(s, ...) \
	assert_found((s), N(((const int[]){__VA_ARGS__})), (const int[]){__VA_ARGS__})
#define ASSERT_NOTHING(s) assert_found((s), 0, NULL)

/* --- sentences --------------------------------------------------------------------------------------- */

static void wants_every_word_in_whatever_field(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "A sunny pool", "12 Ocean Drive", "Miami");
	add(&s, "No water at all", "14 Ocean Drive", "Hialeah");
	ask(&s, "pool miami");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.hits[0].words_matched, 2);
	assert_int_equal(s.found.hits[0].fields_matched, 2);
	ask(&s, "OCEAN  drive");
	run(&s);
	assert_int_equal(s.found.found, 2);
	sample_end(&s);
}

static void takes_the_last_word_for_a_beginning(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "a pool", "1 First Street", "Miami");
	add(&s, "a poolside bar", "2 First Street", "Miami");
	ask(&s, "poo");
	run(&s);
	assert_int_equal(s.found.found, 2);
	ask(&s, "poo miami")->drop_tokens_threshold = 0;
	ASSERT_NOTHING(&s);
	ask(&s, "poo")->by[2].prefix = false;
	ASSERT_NOTHING(&s);
	sample_end(&s);
}

static void allows_typos_by_the_length_of_the_word(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "a new renovation with view", "", "");
	ask(&s, "renovatoin");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.hits[0].typos, 1);
	ask(&s, "rneovatoin");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.hits[0].typos, 2);
	ask(&s, "reovatoinx");
	ASSERT_NOTHING(&s);
	ask(&s, "veiw");
	ASSERT_FOUND(&s, 0);
	ask(&s, "nwe");
	ASSERT_NOTHING(&s);
	ask(&s, "renovatoin")->by[2].num_typos = 0;
	ASSERT_NOTHING(&s);
	sample_end(&s);
}

static void looks_for_typos_only_when_little_was_found(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "pool", "", "");
	add(&s, "poll", "", "");
	ask(&s, "pool");
	ASSERT_FOUND(&s, 0);
	ask(&s, "pool")->typo_tokens_threshold = 2;
	ASSERT_FOUND(&s, 0, 1);
	ask(&s, "pool")->is_exhaustive = true;
	ASSERT_FOUND(&s, 0, 1);
	sample_end(&s);
}

static void leaves_out_what_is_excluded(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "pool and garage", "", "Miami");
	add(&s, "pool and garden", "", "Miami");
	add(&s, "pool garden", "", "Miami");
	ask(&s, "pool -garage -\"pool garden\"");
	ASSERT_FOUND(&s, 1);
	ask(&s, "-garage -\"pool garden\"");
	ASSERT_FOUND(&s, 1);
	assert_int_equal(s.found.hits[0].text_match, 0);
	ask(&s, "pool -gar");
	run(&s);
	assert_int_equal(s.found.found, 3);
	sample_end(&s);
}

static void finds_phrases_as_they_stand(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "ocean view from the house", "", "Fort Lauderdale");
	add(&s, "view of the ocean", "", "Lauderdale Fort");
	ask(&s, "\"ocean view\"");
	ASSERT_FOUND(&s, 0);
	ask(&s, "\"fort lauderdale\" house");
	ASSERT_FOUND(&s, 0);
	ask(&s, "\"ocean vie\"");
	ASSERT_NOTHING(&s);
	ask(&s, "\"house fort\"");
	ASSERT_NOTHING(&s);
	sample_end(&s);
}

static void drops_words_when_nothing_has_them_all(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "pool", "", "");
	add(&s, "garage", "", "");
	ask(&s, "pool garage");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.hits[0].words_matched, 1);
	ask(&s, "pool garage")->drop_mode = SEARCH_DROP_LEFT;
	ASSERT_FOUND(&s, 1);
	ask(&s, "pool garage")->drop_tokens_threshold = 0;
	ASSERT_NOTHING(&s);
	add(&s, "pool garage", "", "");
	ask(&s, "pool garage")->drop_tokens_threshold = 2;
	ASSERT_FOUND(&s, 2, 0);
	sample_end(&s);
}

static void splits_and_joins_words_when_nothing_was_found(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "water front house", "", "");
	add(&s, "oceanfront house", "", "");
	ask(&s, "waterfront house");
	ASSERT_FOUND(&s, 0);
	assert_int_equal(s.found.matched[0].n, 2);
	ask(&s, "ocean front");
	ASSERT_FOUND(&s, 1);
	assert_int_equal(s.found.matched[1].n, 1);
	assert_true(str_eq(s.found.matched[1].words[0], STR("oceanfront")));
	ask(&s, "ocean front")->split_join = false;
	ASSERT_NOTHING(
		&s); /* front is dropped, but ocean is not the last word of q: no beginning */
	sample_end(&s);
}

static void finds_the_middle_of_words_when_asked_to(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "longbeach", "", "");
	add(&s, "beach", "", "");
	ask(&s, "beach");
	ASSERT_FOUND(&s, 1);
	ask(&s, "beach")->by[2].infix = SEARCH_INFIX_ALWAYS;
	ASSERT_FOUND(&s, 1, 0);
	ask(&s, "beach")->by[2].infix = SEARCH_INFIX_FALLBACK;
	ASSERT_FOUND(&s, 1);
	ask(&s, "ongbeac")->by[2].infix = SEARCH_INFIX_FALLBACK;
	s.q->by[2].num_typos = 0;
	ASSERT_FOUND(&s, 0);
	sample_end(&s);
}

static void hides_addresses_that_are_opted_out_from_the_public(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	struct search_doc *d = add(&s, "pool", "77 Secret Street", "");
	d->is_address_public = false;
	search_index_put(s.ix, d);
	add(&s, "pool", "78 Known Street", "");
	ask(&s, "secret");
	ASSERT_FOUND(&s, 0);
	s.q->who = SEARCH_PUBLIC;
	ASSERT_NOTHING(&s);
	ask(&s, "pool -street")->who = SEARCH_PUBLIC;
	ASSERT_FOUND(&s, 0);
	ask(&s, "street")->who = SEARCH_PUBLIC;
	ASSERT_FOUND(&s, 1);
	d->is_public = false;
	search_index_put(s.ix, d);
	ask(&s, "pool")->who = SEARCH_PUBLIC;
	ASSERT_FOUND(&s, 1);
	sample_end(&s);
}

static void puts_the_better_ones_first(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "the ocean has a view", "", "");
	add(&s, "ocean view here", "", "");
	add(&s, "x", "", "Ocean View");
	add(&s, "ocean view", "", "");
	ask(&s, "ocean view");
	ASSERT_FOUND(&s, 2, 3, 1, 0);
	ask(&s, "ocean view")->prioritize_exact_match = false;
	run(&s);
	assert_memory_equal(s.found.hits[0].id, s.docs[2].id, 16);
	assert_int_equal(s.found.hits[1].text_match, s.found.hits[2].text_match);
	ask(&s, "view")->prioritize_token_position = true;
	ASSERT_FOUND(&s, 2, 1, 3, 0);
	sample_end(&s);
}

static void weighs_fields_as_it_is_told(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "ocean view", "", "");
	add(&s, "", "", "ocean view x");
	ask(&s, "ocean view");
	ASSERT_FOUND(&s, 0, 1); /* the whole field */
	ask(&s, "ocean view")->score = SEARCH_MAX_WEIGHT;
	ASSERT_FOUND(&s, 1, 0);
	ask(&s, "ocean view")->score = SEARCH_SUM_SCORE;
	ASSERT_FOUND(&s, 1, 0);
	assert_int_equal(s.found.hits[0].best_field_weight, 3);
	sample_end(&s);
}

static void ends_when_its_time_is_over(void **state)
{
	struct sample s;

	(void)state;
	sample_start(&s);
	add(&s, "pool", "", "");
	ask(&s, "pool")->cutoff_us = 1;
	for (int64_t end = mono_us() + 10; mono_us() < end;)
		;
	run(&s);
	assert_true(s.found.found <= 1);
	sample_end(&s);
}

/* --- against a simple evaluation ---------------------------------------------------------------------- */

/* What a document has of q, by looking at each of its words. */
struct naive {
	struct sample *s;
	struct search_word *words[DOCS][SEARCH_BY_MAX];
	size_t words_n[DOCS][SEARCH_BY_MAX];
	uint64_t score[DOCS]; /* 0: not found */
	size_t found;
	bool is_dropped[SEARCH_WORDS_MAX]; /* terms */
};

static bool is_left_out(const struct naive *n, size_t term)
{
	return n->s->q->terms[term].is_excluded || n->is_dropped[term];
}

static struct str folded_of(const struct naive *n, uint32_t doc, size_t by, size_t word)
{
	return n->words[doc][by][word].text;
}

static bool is_visible(const struct naive *n, uint32_t doc, size_t by)
{
	const struct search_query *q = n->s->q;

	return q->who == SEARCH_AGENTS ||
		!(search_fields[q->by[by].field].flags & SEARCH_ADDRESS) ||
		n->s->docs[doc].is_address_public;
}

static bool is_phrase_at(const struct naive *n, uint32_t doc, size_t by, size_t at,
	const struct search_term *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (at + i >= n->words_n[doc][by] ||
			!str_eq(folded_of(n, doc, by, at + i), t->words[i].text))
			return false;
	return true;
}

static int letters(struct str s)
{
	int n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* How many typos lie between the term and this word; NOT_THERE: too many. */
static int word_typos(const struct naive *n, const struct search_term *t, size_t by,
	struct str word, int level)
{
	const struct search_query *q = n->s->q;
	struct str text = t->words[0].text;
	int len = letters(text), most = len < q->min_len_1typo ? 0 : len < q->min_len_2typo ? 1 : 2;
	bool is_prefix = t == &q->terms[q->terms_n - 1] && q->by[by].prefix;
	int least = search_support_distance(text, word);

	most = q->by[by].num_typos < most ? q->by[by].num_typos : most;
	most = level < most ? level : most;
	for (size_t i = 0; is_prefix && i < word.len; i++) {
		int d = ((uint8_t)word.p[i] & 0xc0) == 0x80
			? NOT_THERE
			: search_support_distance(text, str_sub(word, 0, i));
		least = d < least ? d : least;
	}
	return least <= most ? least : NOT_THERE;
}

/* Fewest typos of a term in a field; *places: a bit for each of the first 64 words that it stands for. */
static int field_typos(const struct naive *n, uint32_t doc, size_t by, const struct search_term *t,
	int level, uint64_t *places)
{
	int least = NOT_THERE;

	*places = 0;
	for (size_t i = 0; is_visible(n, doc, by) && i < n->words_n[doc][by]; i++) {
		int typos = NOT_THERE;
		if (t->is_phrase || t->is_excluded)
			typos = is_phrase_at(n, doc, by, i, t) ? 0 : NOT_THERE;
		else
			typos = word_typos(n, t, by, folded_of(n, doc, by, i), level);
		least = typos < least ? typos : least;
		*places |= typos != NOT_THERE && !t->is_phrase ? UINT64_C(1) << i : 0;
	}
	return least;
}

/* The length of the shortest stretch with a word of each. */
static unsigned stretch(const uint64_t *places, size_t n)
{
	for (unsigned len = 1; len <= 64; len++)
		for (unsigned from = 0; from + len <= 64; from++) {
			uint64_t window = (len == 64 ? UINT64_MAX : (UINT64_C(1) << len) - 1)
				<< from;
			size_t has = 0;
			for (size_t i = 0; i < n; i++)
				has += (places[i] & window) != 0;
			if (has == n)
				return len;
		}
	return 64;
}

static uint64_t field_score(const struct naive *n, uint32_t doc, size_t by, int level, int *fewest)
{
	const struct search_query *q = n->s->q;
	uint64_t places[SEARCH_WORDS_MAX], first = 255;
	size_t plain = 0, words = 0, whole = 0, typos = 0;

	for (size_t i = 0; i < q->terms_n; i++) {
		const struct search_term *t = &q->terms[i];
		if (is_left_out(n, i))
			continue;
		int d = field_typos(n, doc, by, t, level, &places[plain]);
		bool is_next = is_phrase_at(n, doc, by, whole, t);
		whole = is_next ? whole + t->n : NOT_THERE;
		if (d == NOT_THERE)
			continue;
		fewest[i] = d < fewest[i] ? d : fewest[i];
		words += t->n;
		typos += (size_t)d;
		if (places[plain]) {
			uint64_t at = (uint64_t)__builtin_ctzll(places[plain++]);
			first = at < first ? at : first;
		}
	}
	if (!words)
		return 0;
	unsigned gap = plain > 1 ? stretch(places, plain) : 0;
	gap = gap > plain ? gap - (unsigned)plain : 0;
	bool is_whole = whole == n->words_n[doc][by] && q->prioritize_exact_match;
	return (((words * 64 + 63 - typos) * 2 + is_whole) * 128 + 127 - gap) * 256 +
		(q->prioritize_token_position ? 255 - first : 0);
}

static uint64_t document_score(const struct naive *n, uint32_t doc, int level)
{
	const struct search_query *q = n->s->q;
	uint64_t best = 0, sum = 0, fields = 0, weight = 0, words = 0, typos = 0;
	int fewest[SEARCH_WORDS_MAX];

	for (size_t i = 0; i < q->terms_n; i++)
		fewest[i] = NOT_THERE;
	for (size_t by = 0; by < q->by_n; by++) {
		uint64_t f = field_score(n, doc, by, level, fewest), w = (uint64_t)q->by[by].weight;
		if (!f)
			continue;
		fields++;
		sum += f * w;
		bool is_better = q->score == SEARCH_MAX_WEIGHT
			? w > weight || (w == weight && f > best)
			: f > best || (f == best && w > weight);
		best = is_better ? f : best;
		weight = is_better ? w : weight;
	}
	for (size_t i = 0; i < q->terms_n; i++) {
		if (is_left_out(n, i))
			continue;
		if (fewest[i] == NOT_THERE)
			return 0;
		words += q->terms[i].n;
		typos += (uint64_t)fewest[i];
	}
	uint64_t score = words * 64 + 63 - typos;
	if (q->score == SEARCH_MAX_SCORE)
		score = (score << 27) * 128 + best * 128 + weight;
	else if (q->score == SEARCH_MAX_WEIGHT)
		score = ((score * 128 + weight) << 27) + best;
	else
		score = (score << 38) + sum;
	return score * 16 + (q->prioritize_num_matching_fields ? fields : 0);
}

static bool is_excluded(const struct naive *n, uint32_t doc)
{
	const struct search_query *q = n->s->q;
	uint64_t places;

	for (size_t i = 0; i < q->terms_n; i++)
		for (size_t by = 0; q->terms[i].is_excluded && by < q->by_n; by++)
			if (field_typos(n, doc, by, &q->terms[i], 0, &places) != NOT_THERE)
				return true;
	return !n->s->docs[doc].is_public && q->who == SEARCH_PUBLIC;
}

static void evaluate_levels(struct naive *n)
{
	const struct search_query *q = n->s->q;

	for (int level = 0; level < 3; level++) {
		if (level && n->found >= q->typo_tokens_threshold && !q->is_exhaustive)
			break;
		for (uint32_t i = 0; i < n->s->docs_n; i++) {
			if (n->score[i] || is_excluded(n, i))
				continue;
			n->score[i] = document_score(n, i, level);
			n->found += n->score[i] != 0;
		}
	}
}

/* Plain terms that are left; *ret: the one at the side to drop from. */
static size_t plain_left(const struct naive *n, bool from_left, size_t *ret)
{
	const struct search_query *q = n->s->q;
	size_t left = 0;

	for (size_t i = 0; i < q->terms_n; i++) {
		if (is_left_out(n, i) || q->terms[i].is_phrase)
			continue;
		if (!left++ || !from_left)
			*ret = i;
	}
	return left;
}

static void evaluate(struct naive *n)
{
	const struct search_query *q = n->s->q;
	size_t term = 0;

	memset(n->score, 0, sizeof n->score);
	memset(n->is_dropped, 0, sizeof n->is_dropped);
	n->found = 0;
	evaluate_levels(n);
	for (int turn = 0; n->found < q->drop_tokens_threshold || q->is_exhaustive; turn++) {
		bool from_left = q->drop_mode == SEARCH_DROP_LEFT ||
			(q->drop_mode == SEARCH_DROP_BOTH && turn % 2);
		if (plain_left(n, from_left, &term) < 2)
			break;
		n->is_dropped[term] = true;
		evaluate_levels(n);
	}
}

static void read_words(struct naive *n)
{
	for (uint32_t i = 0; i < n->s->docs_n; i++)
		for (size_t by = 0; by < n->s->q->by_n; by++)
			n->words_n[i][by] = search_words(n->s->arena,
				n->s->docs[i].values[n->s->q->by[by].field], 64, &n->words[i][by]);
}

static const char *random_q(struct arena *a, struct search_dice *dice)
{
	struct str text = STR("");
	uint32_t words = 1 + search_dice_roll(dice, 3);

	for (uint32_t i = 0; i < words; i++) {
		struct str word = search_support_word(dice), before = STR(""), after = STR("");
		switch (search_dice_roll(dice, 8)) {
		case 0:
			before = STR("\"");
			after = STR_JOIN(a, STR(" "), search_support_word(dice), STR("\""));
			break;
		case 1: before = i ? STR("-") : STR(""); break;
		case 2: word = str_sub(word, 0, word.len > 3 ? 3 : word.len); break;
		default: break;
		}
		text = STR_JOIN(a, text, i ? STR(" ") : STR(""), before, word, after);
	}
	return str_cstr(a, text);
}

static void vary(struct search_query *q, struct search_dice *dice)
{
	q->who = search_dice_roll(dice, 2) ? SEARCH_PUBLIC : SEARCH_AGENTS;
	q->score = (enum search_score)search_dice_roll(dice, 3);
	q->typo_tokens_threshold = search_dice_roll(dice, 2) ? 1 : 20;
	q->is_exhaustive = !search_dice_roll(dice, 5);
	q->prioritize_token_position = search_dice_roll(dice, 2);
	q->prioritize_exact_match = search_dice_roll(dice, 4);
	q->prioritize_num_matching_fields = search_dice_roll(dice, 4);
	q->drop_tokens_threshold = search_dice_roll(dice, 2) ? 1 : 30;
	q->drop_mode = (enum search_drop)search_dice_roll(dice, 3);
	q->split_join = false;
	for (size_t i = 0; i < q->by_n; i++) {
		q->by[i].num_typos = (int)search_dice_roll(dice, 3);
		q->by[i].prefix = search_dice_roll(dice, 2);
	}
}

static void check(struct naive *n, const char *text)
{
	struct sample *s = n->s;

	run(s);
	if (s->found.found != n->found)
		print_message("%s: %zu found, %zu wanted\n", text, s->found.found, n->found);
	assert_int_equal(s->found.found, n->found);
	for (size_t i = 0; i < s->found.hits_n; i++) {
		uint32_t doc = (uint32_t)s->found.hits[i].id[3];
		if (s->found.hits[i].text_match != n->score[doc])
			print_message("%s: document %u\n", text, doc);
		assert_int_equal(s->found.hits[i].text_match, n->score[doc]);
	}
}

static void finds_and_scores_as_a_simple_evaluation_does(void **state)
{
	static struct naive n;
	struct search_dice dice = {5};
	struct sample s;

	(void)state;
	sample_start(&s);
	n.s = &s;
	for (uint32_t i = 0; i < DOCS; i++) {
		struct search_doc *d = add(&s, NULL, NULL, NULL);
		if (search_dice_roll(&dice, 8))
			d->values[s.remarks] = search_support_text(s.arena, &dice, 20);
		if (search_dice_roll(&dice, 8))
			d->values[s.address] = search_support_text(s.arena, &dice, 4);
		d->values[s.city] = search_support_text(s.arena, &dice, 2);
		d->is_public = search_dice_roll(&dice, 5);
		d->is_address_public = search_dice_roll(&dice, 2);
		search_index_put(s.ix, d);
	}
	ask(&s, "");
	read_words(&n);
	for (int turn = 0; turn < 250; turn++) {
		const char *text = random_q(s.arena, &dice);
		vary(ask(&s, text), &dice);
		bool is_wanted = false;
		for (size_t i = 0; i < s.q->terms_n; i++)
			is_wanted |= !s.q->terms[i].is_excluded;
		if (!is_wanted || s.q->terms[s.q->terms_n - 1].is_excluded)
			continue;
		evaluate(&n);
		check(&n, text);
	}
	sample_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wants_every_word_in_whatever_field),
		cmocka_unit_test(takes_the_last_word_for_a_beginning),
		cmocka_unit_test(allows_typos_by_the_length_of_the_word),
		cmocka_unit_test(looks_for_typos_only_when_little_was_found),
		cmocka_unit_test(leaves_out_what_is_excluded),
		cmocka_unit_test(finds_phrases_as_they_stand),
		cmocka_unit_test(drops_words_when_nothing_has_them_all),
		cmocka_unit_test(splits_and_joins_words_when_nothing_was_found),
		cmocka_unit_test(finds_the_middle_of_words_when_asked_to),
		cmocka_unit_test(hides_addresses_that_are_opted_out_from_the_public),
		cmocka_unit_test(puts_the_better_ones_first),
		cmocka_unit_test(weighs_fields_as_it_is_told),
		cmocka_unit_test(ends_when_its_time_is_over),
		cmocka_unit_test(finds_and_scores_as_a_simple_evaluation_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
