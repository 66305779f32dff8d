/* What q finds, and its scores, against an evaluation that looks at each word of each document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "mod/search/words.h"
#include "support_search_sample.h"

#define NOT_THERE 100

/* What a document has of q, by looking at each of its words. */
struct naive {
	struct search_sample *s;
	struct search_word *words[SAMPLE_DOCS][SEARCH_BY_MAX];
	size_t words_n[SAMPLE_DOCS][SEARCH_BY_MAX];
	uint64_t score[SAMPLE_DOCS]; /* 0: not found */
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

/* What the fields give, 0 for none. */
struct total {
	uint64_t best, sum, fields, weight;
};

static struct total fields_score(const struct naive *n, uint32_t doc, int level, int *fewest)
{
	const struct search_query *q = n->s->q;
	struct total t = {0};

	for (size_t by = 0; by < q->by_n; by++) {
		uint64_t f = field_score(n, doc, by, level, fewest), w = (uint64_t)q->by[by].weight;
		if (!f)
			continue;
		t.fields++;
		t.sum += f * w;
		bool is_better = q->score == SEARCH_MAX_WEIGHT
			? w > t.weight || (w == t.weight && f > t.best)
			: f > t.best || (f == t.best && w > t.weight);
		t.best = is_better ? f : t.best;
		t.weight = is_better ? w : t.weight;
	}
	return t;
}

static uint64_t document_score(const struct naive *n, uint32_t doc, int level)
{
	const struct search_query *q = n->s->q;
	uint64_t words = 0, typos = 0;
	int fewest[SEARCH_WORDS_MAX];

	for (size_t i = 0; i < q->terms_n; i++)
		fewest[i] = NOT_THERE;
	struct total t = fields_score(n, doc, level, fewest);
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
		score = (score << 27) * 128 + t.best * 128 + t.weight;
	else if (q->score == SEARCH_MAX_WEIGHT)
		score = ((score * 128 + t.weight) << 27) + t.best;
	else
		score = (score << 38) + t.sum;
	return score * 16 + (q->prioritize_num_matching_fields ? t.fields : 0);
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
	struct search_sample *s = n->s;

	search_sample_run(s);
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
	struct search_sample s;

	(void)state;
	search_sample_start(&s);
	n.s = &s;
	for (uint32_t i = 0; i < SAMPLE_DOCS; i++) {
		struct search_doc *d = search_sample_add(&s, NULL, NULL, NULL);
		if (search_dice_roll(&dice, 8))
			d->values[s.remarks] = search_support_text(s.arena, &dice, 20);
		if (search_dice_roll(&dice, 8))
			d->values[s.address] = search_support_text(s.arena, &dice, 4);
		d->values[s.city] = search_support_text(s.arena, &dice, 2);
		d->is_public = search_dice_roll(&dice, 5);
		d->is_address_public = search_dice_roll(&dice, 2);
		search_index_put(s.ix, d);
	}
	search_sample_ask(&s, "");
	read_words(&n);
	for (int turn = 0; turn < 250; turn++) {
		const char *text = random_q(s.arena, &dice);
		vary(search_sample_ask(&s, text), &dice);
		bool is_wanted = false;
		for (size_t i = 0; i < s.q->terms_n; i++)
			is_wanted |= !s.q->terms[i].is_excluded;
		if (!is_wanted || s.q->terms[s.q->terms_n - 1].is_excluded)
			continue;
		evaluate(&n);
		check(&n, text);
	}
	search_sample_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_and_scores_as_a_simple_evaluation_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
