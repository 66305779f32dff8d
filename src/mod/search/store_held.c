/* One index of the store: its life, its loads, who waits for it. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "mod/search/store_local.h"

#define LOADS_MOST 2
#define PATIENCE_MS 5000
#define AGAIN_US US_PER_SECOND            /* after a failure */
#define TOO_LARGE_US (60 * US_PER_SECOND) /* after a load that memory did not suffice for */

/* Where id is, or belongs. */
static size_t place_of(const struct search_store *st, struct uuid id)
{
	size_t low = 0, high = st->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(st->held[middle]->id.b, id.b, sizeof id.b) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct search_held *search_held_find(struct search_store *st, struct uuid id)
{
	size_t i = place_of(st, id);

	return i < st->n && uuid_eq(st->held[i]->id, id) ? st->held[i] : NULL;
}

struct search_held *search_held_new(struct search_store *st, struct uuid id)
{
	struct search_held *h = calloc(1, sizeof *h);
	size_t i = place_of(st, id);

	if (st->n == st->cap) {
		st->cap = st->cap ? 2 * st->cap : 16;
		st->held = realloc(st->held, st->cap * sizeof(struct search_held *));
	}
	if (!h || !st->held)
		abort();
	h->st = st;
	h->id = id;
	uuid_format(h->text, id);
	h->used_us = mono_us();
	memmove(st->held + i + 1, st->held + i, (st->n - i) * sizeof(struct search_held *));
	st->held[i] = h;
	st->n++;
	return h;
}

struct freeing {
	struct search_store *st;
	struct search_index *ix;
};

static void run_freeing(void *arg)
{
	struct freeing *f = arg;

	search_index_free(f->ix);
}

static void on_freed(void *arg)
{
	struct freeing *f = arg;

	f->st->freeing--;
	free(f);
}

/* A large one takes a while. */
void search_store_free_index(struct search_store *st, struct search_index *ix)
{
	if (!ix)
		return;
	struct freeing *f = malloc(sizeof *f);
	if (!f)
		abort();
	*f = (struct freeing){st, ix};
	st->freeing++;
	loop_work(st->loop, run_freeing, on_freed, f);
}

void search_held_use(struct search_held *h)
{
	h->users++;
}

void search_held_release(struct search_held *h)
{
	assert(h->users > 0);
	if (--h->users || !h->is_gone)
		return;
	search_store_free_index(h->st, h->ix);
	search_store_free_index(h->st, h->next);
	free(h->next_since);
	free(h);
}

void search_held_drop(struct search_held *h)
{
	struct search_store *st = h->st;
	size_t i = place_of(st, h->id);

	assert(i < st->n && st->held[i] == h);
	search_held_use(h);
	memmove(st->held + i, st->held + i + 1, (st->n - i - 1) * sizeof(struct search_held *));
	st->n--;
	h->is_gone = true;
	if (h->loader)
		fiber_cancel(h->loader);
	search_held_wake(h);
	search_held_release(h);
}

/* On the stack of the fiber that waits for an index. */
struct search_patience {
	struct search_patience *next;
	struct fiber *fiber;
	bool is_over;
};

void search_held_wake(struct search_held *h)
{
	for (struct search_patience *w = h->waiting; w; w = w->next)
		fiber_wake(w->fiber);
}

static void on_patience_over(void *arg)
{
	struct search_patience *w = arg;

	w->is_over = true;
	fiber_wake(w->fiber);
}

#define GROUPED_SIZE 32

/* 1234567 is 1,234,567. */
static const char *grouped(char out[GROUPED_SIZE], size_t n)
{
	char *p = out + GROUPED_SIZE - 1;

	*p = 0;
	for (int i = 0; n || !i; i++, n /= 10) {
		if (i && i % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + n % 10);
	}
	return p;
}

void search_held_tell(const struct search_held *h, char out[SEARCH_WORDS_OF_FAILURE])
{
	const char *first = "the listings are being made searchable";
	const char *last = "please try again in a few seconds";
	char so_far[GROUPED_SIZE], all[GROUPED_SIZE];

	if (h->load != SEARCH_LOAD_RUNNING || !h->next_len)
		snprintf(out, SEARCH_WORDS_OF_FAILURE, "%s; %s", first, last);
	else if (h->next_len >= h->next_expected)
		snprintf(out, SEARCH_WORDS_OF_FAILURE, "%s, %s so far; %s", first,
			grouped(so_far, h->next_len), last);
	else
		snprintf(out, SEARCH_WORDS_OF_FAILURE, "%s, %s of about %s so far; %s", first,
			grouped(so_far, h->next_len), grouped(all, h->next_expected), last);
}

static int still_loading(const struct search_held *h, struct err *e)
{
	char words[SEARCH_WORDS_OF_FAILURE];

	search_held_tell(h, words);
	return err_set(e, E_BUSY, "%s", words);
}

static int wait_for_index(struct search_held *h, const struct search_patience *w, struct err *e)
{
	while (!h->ix) {
		if (h->failed)
			return err_set(e, (enum err_code)h->failed, "%s", h->words);
		if (w->is_over || h->is_gone)
			return still_loading(h, e);
		if (fiber_park())
			return err_set(e, E_CANCEL, "stopping");
	}
	return 0;
}

int search_held_wait(struct search_held *h, struct err *e)
{
	struct search_patience w = {.next = h->waiting, .fiber = fiber_current()};

	if (h->ix)
		return 0;
	assert(w.fiber);
	h->waiting = &w;
	struct timer *t = timer_new(h->st->loop, on_patience_over, &w);
	timer_start(t, PATIENCE_MS, 0);
	int code = wait_for_index(h, &w, e);
	timer_free(t);
	struct search_patience **at = &h->waiting;
	while (*at != &w)
		at = &(*at)->next;
	*at = w.next;
	return code;
}

void search_held_want(struct search_held *h)
{
	if (h->load == SEARCH_LOAD_NONE) {
		h->load = SEARCH_LOAD_WANTED;
		h->failed = 0;
	}
	search_held_start_loads(h->st);
}

void search_held_outdated(struct search_held *h)
{
	if (h->load == SEARCH_LOAD_RUNNING || h->load == SEARCH_LOAD_FRESH)
		h->is_outdated = true;
	else if (h->ix)
		search_held_want(h);
}

void search_held_failed(struct search_held *h, int code, const char *words)
{
	search_store_free_index(h->st, h->next);
	free(h->next_since);
	h->next = NULL;
	h->next_since = NULL;
	h->next_bytes = 0;
	/* What serves already is still to be replaced. */
	h->load = h->ix ? SEARCH_LOAD_WANTED : SEARCH_LOAD_NONE;
	h->failed = code;
	snprintf(h->words, sizeof h->words, "%s", words ? words : err_name(code));
	h->not_before_us = mono_us() + (code == E_LIMIT ? TOO_LARGE_US : AGAIN_US);
	if (code == E_LIMIT)
		h->failed = E_BUSY;
	if (code != E_CANCEL) {
		h->st->stats.loads_failed++;
		log_warn("search.load.failed", LOG_CSTR("workspace", h->text),
			LOG_CSTR("error", h->words));
	}
	search_held_wake(h);
}

/* Those that somebody waits for come first. */
static struct search_held *next_wanted(const struct search_store *st)
{
	struct search_held *found = NULL;
	int64_t now = mono_us();

	for (size_t i = 0; i < st->n; i++) {
		struct search_held *h = st->held[i];
		if (h->load != SEARCH_LOAD_WANTED || h->not_before_us > now)
			continue;
		if (!h->ix)
			return h;
		found = found ? found : h;
	}
	return found;
}

void search_held_start_loads(struct search_store *st)
{
	while (st->loading < LOADS_MOST && !st->is_stopping) {
		struct search_held *h = next_wanted(st);
		if (!h)
			return;
		h->load = SEARCH_LOAD_RUNNING;
		h->is_outdated = false;
		search_held_use(h);
		st->loading++;
		h->loader = fiber_start(st->loop, search_load_run, h);
	}
}

void search_held_take_next(struct search_held *h)
{
	struct search_index *was = h->ix;

	search_lock_write(&h->lock);
	h->ix = h->next;
	h->bytes = h->next_bytes;
	h->len = search_index_len(h->ix);
	h->next = NULL;
	search_lock_write_end(&h->lock);
	search_store_free_index(h->st, was);
	free(h->next_since);
	h->next_since = NULL;
	h->next_bytes = 0;
	h->profile = h->next_profile;
	h->failed = 0;
	h->load = h->is_outdated ? SEARCH_LOAD_WANTED : SEARCH_LOAD_NONE;
	search_held_wake(h);
}

void search_held_give_old(struct search_held *h)
{
	search_lock_write(&h->lock);
	search_store_free_index(h->st, h->ix);
	h->ix = NULL;
	h->bytes = h->len = 0;
	search_lock_write_end(&h->lock);
}
