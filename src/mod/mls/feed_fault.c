#include "mod/mls/feed_fault.h"

#include <stdint.h>

static const char *const names[FEED_FAULTS] = {
	[FAULT_UNAUTHORIZED] = "unauthorized",
	[FAULT_429] = "429",
	[FAULT_500] = "500",
	[FAULT_TRUNCATED] = "truncated",
	[FAULT_EMPTY_PAGE] = "empty_page",
	[FAULT_REPEATED_PAGE] = "repeated_page",
	[FAULT_WRONG_TYPES] = "wrong_types",
	[FAULT_UNKNOWN_FIELDS] = "unknown_fields",
	[FAULT_SLOW] = "slow",
	[FAULT_SLOW_START] = "slow_start",
	[FAULT_DISCONNECT] = "disconnect",
	[FAULT_TOKEN_EXPIRED] = "token_expired",
	[FAULT_REFUSED_FILTER] = "refused_filter",
	[FAULT_FORGOTTEN_LINK] = "forgotten_link",
	[FAULT_HALF_SWEEP] = "half_sweep",
	[FAULT_NEXT_LOOP] = "next_loop",
	[FAULT_OTHER_HOST] = "other_host",
	[FAULT_DUPLICATES] = "duplicates",
	[FAULT_HUGE_ROW] = "huge_row",
	[FAULT_NO_RETRY_AFTER] = "no_retry_after",
	[FAULT_RESET_EPOCH] = "reset_epoch",
	[FAULT_SKEW] = "skew",
	[FAULT_BAD_METADATA] = "bad_metadata",
	[FAULT_HTML_METADATA] = "html_metadata",
	[FAULT_FUTURE] = "future",
	[FAULT_STORM] = "storm",
	[FAULT_BACKWARDS] = "backwards",
	[FAULT_VANISH] = "vanish",
};

static int take(struct str item, struct feed_faults *f, struct err *e)
{
	struct str every = item, name = str_cut(&every, ':');
	int64_t n = 1;

	if (every.p && (!str_to_i64(every, &n) || n < 1 || n > 1000000))
		return err_set(e, E_INPUT,
			"the fault " STR_FMT " takes a number from 1, not '" STR_FMT "'",
			STR_ARG(name), STR_ARG(every));
	for (int i = 0; i < FEED_FAULTS; i++) {
		if (str_eq(name, str_of(names[i]))) {
			f->of[i].every = (unsigned)n;
			return 0;
		}
	}
	return err_set(e, E_INPUT, "there is no fault '" STR_FMT "'", STR_ARG(name));
}

int feed_faults_parse(struct str list, struct feed_faults *ret_faults, struct err *e)
{
	struct feed_faults f = {0};

	list = str_trim(list);
	for (struct str rest = list; list.len && rest.p;)
		if (take(str_trim(str_cut(&rest, ',')), &f, e))
			return e->code;
	*ret_faults = f;
	return 0;
}

unsigned feed_faults_on(const struct feed_faults *f, enum feed_fault fault)
{
	return f->of[fault].every;
}

struct feed_due feed_faults_due(struct feed_faults *f)
{
	struct feed_due due = {0};

	for (int i = 0; i < FEED_FAULTS; i++)
		due.is[i] = f->of[i].every && ++f->of[i].seen % f->of[i].every == 0;
	due.is[FAULT_TOKEN_EXPIRED] &=
		f->of[FAULT_TOKEN_EXPIRED].seen == f->of[FAULT_TOKEN_EXPIRED].every;
	return due;
}
