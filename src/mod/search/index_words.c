#include "mod/search/index_words.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

/* What malloc adds to an allocation, what a posting costs, and how long a word of a short text is, on average. */
#define MALLOC_EXTRA 16
#define POSTING_BYTES 3
#define WORD_BYTES 6

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

struct search_postings *search_postings_new(const struct search_column *c)
{
	struct search_postings *p = must(calloc(1, sizeof(*p)));

	p->column = c;
	return p;
}

void search_postings_free(struct search_postings *p)
{
	if (!p)
		return;
	for (uint32_t i = 0; i < p->n; i++) {
		if (p->entries[i].len > SEARCH_INLINE)
			free(p->entries[i].far);
		search_docs_done(&p->entries[i].docs);
	}
	for (uint32_t i = 0; i < p->blocks_n; i++)
		free(p->blocks[i]);
	for (uint32_t i = 0; p->texts && i < p->docs_cap; i++)
		free(p->texts[i]);
	free(p->entries);
	free(p->unused);
	free(p->blocks);
	free(p->docs_most);
	free(p->order);
	free(p->first);
	free(p->texts);
	search_table_done(&p->table);
	free(p);
}

void search_postings_grow(struct search_postings *p, uint32_t from, uint32_t to)
{
	p->docs_cap = to;
	if (!(p->column->flags & SEARCH_TEXT))
		return;
	p->texts = must(realloc(p->texts, to * sizeof(*p->texts)));
	memset(p->texts + from, 0, (to - from) * sizeof(*p->texts));
}

/* --- entries ----------------------------------------------------------------------------------------- */

static uint32_t hash_of(struct str text)
{
	return (uint32_t)hash_64(hash_key_process(), text);
}

/* The texts of entries that are not far have zeros behind them: two numbers are compared. */
static bool is_text(const struct search_entry *e, struct str text)
{
	char padded[SEARCH_INLINE] = {0};

	if (e->len != text.len)
		return false;
	if (text.len > SEARCH_INLINE)
		return !memcmp(e->far, text.p, text.len);
	memcpy(padded, text.p, text.len);
	return !memcmp(e->near, padded, sizeof(padded));
}

static uint32_t find(const struct search_postings *p, struct str text, uint32_t hash)
{
	uint32_t at = 0, word;

	while ((word = search_table_next(&p->table, hash, &at)) != SEARCH_NONE) {
		if (is_text(&p->entries[word], text))
			return word;
	}
	return SEARCH_NONE;
}

static uint32_t number_new(struct search_postings *p)
{
	if (p->unused_n)
		return p->unused[--p->unused_n];
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap + p->cap / 2 : 16;
		p->entries = must(realloc(p->entries, p->cap * sizeof(*p->entries)));
	}
	return p->n++;
}

static uint32_t entry_new(struct search_postings *p, struct str text, uint32_t hash)
{
	uint32_t word = number_new(p);
	struct search_entry *e = &p->entries[word];

	assert(text.len && text.len <= SEARCH_WORD_MAX);
	*e = (struct search_entry){.len = (uint8_t)text.len};
	if (text.len > SEARCH_INLINE) {
		e->far = must(malloc(text.len));
		p->far_bytes += text.len;
	}
	memcpy(text.len > SEARCH_INLINE ? e->far : e->near, text.p, text.len);
	e->signature = search_entry_signature(text);
	search_table_add(&p->table, hash, word);
	if (!p->is_building)
		search_words_order_add(p, word);
	return word;
}

/* It is not in the order any more. */
static void entry_free(struct search_postings *p, uint32_t word)
{
	struct search_entry *e = &p->entries[word];

	search_table_remove(&p->table, hash_of(search_entry_text(e)), word);
	search_docs_done(&e->docs);
	if (e->len > SEARCH_INLINE) {
		p->far_bytes -= e->len;
		free(e->far);
	}
	e->len = 0;
	if (p->unused_n == p->unused_cap) {
		p->unused_cap = p->unused_cap ? p->unused_cap + p->unused_cap / 2 : 16;
		p->unused = must(realloc(p->unused, p->unused_cap * sizeof(*p->unused)));
	}
	p->unused[p->unused_n++] = word;
}

static void add(struct search_postings *p, uint32_t word, uint32_t doc)
{
	struct search_entry *e = &p->entries[word];

	p->postings_n += search_docs_add(&e->docs, doc);
	if (p->docs_most[e->block] < e->docs.n)
		p->docs_most[e->block] = e->docs.n;
}

static void drop(struct search_postings *p, uint32_t word, uint32_t doc)
{
	p->postings_n -= search_docs_remove(&p->entries[word].docs, doc);
	if (p->entries[word].docs.n)
		return;
	search_words_order_remove(p, word);
	entry_free(p, word);
}

uint32_t search_postings_number(struct search_postings *p, struct str word)
{
	uint32_t hash = hash_of(word), found = find(p, word, hash);

	return found != SEARCH_NONE ? found : entry_new(p, word, hash);
}

void search_postings_forget(struct search_postings *p)
{
	for (uint32_t word = 0; word < p->n; word++)
		if (p->entries[word].len && !p->entries[word].docs.n)
			entry_free(p, word);
}

/* --- documents in and out ---------------------------------------------------------------------------- */

/* Numbers of words, in an arena. */
struct list {
	uint32_t *words;
	size_t n;
};

/* A word on its way to its number. */
struct seeking {
	struct str text;
	uint32_t hash;
};

/* Memory that is needed soon is asked for before: most of the time of a new document is waiting for it. */
static size_t seek(const struct search_postings *p, struct str folded, struct seeking *to)
{
	size_t n = 0;

	for (struct str rest = folded.len ? folded : STR_NULL; rest.p; n++) {
		to[n].text = str_cut(&rest, ' ');
		to[n].hash = hash_of(to[n].text);
		search_table_prefetch(&p->table, to[n].hash);
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t word = search_table_home(&p->table, to[i].hash);
		if (word != SEARCH_NONE)
			__builtin_prefetch(&p->entries[word]);
	}
	return n;
}

/* The words of a folded text; those that the dictionary lacks are added to it (is_new), or left out. */
static struct list split(struct search_postings *p, struct arena *a, struct str folded, bool is_new)
{
	size_t most = folded.len / 2 + 1;
	struct list l = {.words = arena_alloc(a, most * sizeof(*l.words))};
	struct seeking *words = arena_alloc(a, most * sizeof(*words));
	size_t n = seek(p, folded, words);

	for (size_t i = 0; i < n; i++) {
		uint32_t word = find(p, words[i].text, words[i].hash);
		if (word == SEARCH_NONE && is_new)
			word = entry_new(p, words[i].text, words[i].hash);
		if (word == SEARCH_NONE)
			continue;
		search_docs_prefetch(&p->entries[word].docs);
		l.words[l.n++] = word;
	}
	return l;
}

static struct list list_of_text(const struct search_postings *p, struct arena *a, uint32_t doc)
{
	struct search_forward f = search_forward_read(p->texts[doc]);
	struct list l = {.words = arena_alloc(a, ((size_t)(f.end - f.p) + 1) * sizeof(*l.words))};

	while (search_forward_next(&f, &l.words[l.n]))
		l.n++;
	return l;
}

static struct list list_of(struct search_postings *p, struct arena *a, uint32_t doc,
	struct str folded)
{
	return p->texts ? list_of_text(p, a, doc) : split(p, a, folded, false);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Drops the document from the words that only the first list has. */
static void drop_missing(struct search_postings *p, uint32_t doc, struct list was, struct list now)
{
	qsort(was.words, was.n, sizeof(*was.words), by_number);
	if (now.n)
		qsort(now.words, now.n, sizeof(*now.words), by_number);
	for (size_t i = 0, j = 0; i < was.n; i++) {
		if (i && was.words[i] == was.words[i - 1])
			continue;
		while (j < now.n && now.words[j] < was.words[i])
			j++;
		if (j == now.n || now.words[j] != was.words[i])
			drop(p, was.words[i], doc);
	}
}

static void keep_text(struct search_postings *p, uint32_t doc, struct list now)
{
	size_t bytes = 0;

	p->text_bytes -= search_forward_bytes(p->texts[doc]);
	free(p->texts[doc]);
	p->texts[doc] = now.n ? search_forward_new(now.words, now.n, &bytes) : NULL;
	p->text_bytes += bytes;
}

/* What a value will cost is guessed until then. */
static void put_building(struct search_postings *p, struct arena *a, uint32_t doc, struct str now)
{
	struct list after = {0};

	if (p->texts && now.p)
		after = split(p, a, now, true);
	if (p->texts)
		keep_text(p, doc, after);
	p->postings_n += p->texts ? after.n : now.len / WORD_BYTES;
}

void search_postings_put(struct search_postings *p, struct arena *a, uint32_t doc, struct str was,
	struct str now)
{
	struct list before = {0}, after = {0};

	if (p->is_building) {
		put_building(p, a, doc, now);
		return;
	}
	if (was.p)
		before = list_of(p, a, doc, was);
	if (now.p)
		after = split(p, a, now, true);
	for (size_t i = 0; i < after.n; i++)
		search_docs_prefetch_end(&p->entries[after.words[i]].docs);
	for (size_t i = 0; i < after.n; i++)
		add(p, after.words[i], doc);
	if (p->texts)
		keep_text(p, doc, after);
	if (before.n)
		drop_missing(p, doc, before, after);
}

size_t search_postings_bytes(const struct search_postings *p, uint32_t docs_cap)
{
	size_t n = sizeof(*p) + p->cap * sizeof(*p->entries) + p->unused_cap * sizeof(*p->unused) +
		p->table.cap * sizeof(struct search_slot) +
		p->order_n * (sizeof(struct search_block) + MALLOC_EXTRA) +
		p->postings_n * POSTING_BYTES + p->text_bytes + p->far_bytes;

	return p->texts ? n + docs_cap * (sizeof(*p->texts) + MALLOC_EXTRA) : n;
}

/* --- for searches ------------------------------------------------------------------------------------ */

struct str search_postings_word(const struct search_postings *p, uint32_t word)
{
	return search_entry_text(&p->entries[word]);
}

uint32_t search_postings_word_of(const struct search_postings *p, struct str text)
{
	return text.len && text.len <= SEARCH_WORD_MAX ? find(p, text, hash_of(text)) : SEARCH_NONE;
}

const struct search_docs *search_postings_docs(const struct search_postings *p, uint32_t word)
{
	return &p->entries[word].docs;
}

size_t search_postings_of(const struct search_postings *p, struct arena *a, uint32_t doc,
	uint32_t **ret)
{
	uint32_t value = p->column->ids[doc];
	struct list l = {0};

	if (value == SEARCH_NONE) {
		*ret = NULL;
		return 0;
	}
	if (p->texts) {
		l = list_of_text(p, a, doc);
	} else {
		struct str rest = search_column_text(p->column, value);
		l.words = arena_alloc(a, (rest.len / 2 + 1) * sizeof(*l.words));
		while (rest.len)
			l.words[l.n++] = search_postings_word_of(p, str_cut(&rest, ' '));
	}
	*ret = l.words;
	return l.n;
}
