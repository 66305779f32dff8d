/* The steps that find out how a feed is to be read: replication, filters, media, sizes, limits. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/enc.h"
#include "base/json.h"
#include "http/client.h"
#include "mod/mls/connection_probe.h"
#include "mod/mls/source.h"

#define LONG_AGO "2000-01-01T00:00:00Z"

/* --- replication -------------------------------------------------------------------------------- */

/* Where the next link is: next, link, body, or several of them. */
static const char *links_of(struct probe *p, const struct probe_answer *answer)
{
	const struct http_result *r = answer->result;
	bool in_next = http_result_header(r, "next").len;
	bool in_link = str_find(http_result_header(r, "link"), STR("next")) >= 0;
	bool in_body = json_get(answer->body, "@odata.nextLink") != NULL;

	if (!in_next && !in_link && !in_body)
		return NULL;
	return arena_printf(p->a, "%s%s%s%s%s", in_next ? "next" : "",
		in_next && in_link ? "," : "", in_link ? "link" : "",
		(in_next || in_link) && in_body ? "," : "", in_body ? "body" : "");
}

void probe_replication(struct probe *p)
{
	if (p->source->settings.replication == SOURCE_NO) {
		probe_say(p, PROBE_REPLICATION, PROBE_SKIPPED,
			"the settings say that there is none");
		return;
	}
	struct probe_answer answer = probe_ask(p, "Property/replication", "$top=1");
	int status = answer.result->status;
	if (answer.rows) {
		const char *links = links_of(p, &answer);
		p->next_link = links ? links : p->next_link;
		p->replication = "yes";
		probe_say(p, PROBE_REPLICATION, PROBE_OK, "Property/replication may be read");
		return;
	}
	if (status >= 400 && status < 500 && status != 408 && status != 429)
		p->replication = "no";
	probe_say(p, PROBE_REPLICATION, PROBE_FAILED,
		status == 403
			? "this token may not replicate: listings are read page by page (" STR_FMT
			  ")"
			: STR_FMT,
		STR_ARG(answer.words));
}

static const char *since(struct probe *p, const char *operator, const char * more)
{
	struct str filter =
		str_printf(p->a, STR_FMT " %s " LONG_AGO, STR_ARG(p->cursor_field), operator);

	return arena_printf(p->a, "$filter=" STR_FMT "%s", STR_ARG(enc_percent(p->a, filter)),
		more);
}

void probe_replication_filter(struct probe *p)
{
	if (p->steps[PROBE_REPLICATION].state != PROBE_OK) {
		probe_say(p, PROBE_REPLICATION_FILTER, PROBE_SKIPPED, "there is no replication");
		return;
	}
	struct probe_answer answer =
		probe_ask_page(p, "Property/replication", 1, since(p, "gt", ""));
	if (answer.rows) {
		p->timestamp_filter = "yes";
		probe_say(p, PROBE_REPLICATION_FILTER, PROBE_OK,
			"a replication can begin at a " STR_FMT, STR_ARG(p->cursor_field));
		return;
	}
	if (answer.result->status == 400 || answer.result->status == 501)
		p->timestamp_filter = "no";
	probe_say(p, PROBE_REPLICATION_FILTER, PROBE_FAILED,
		"changes are read from Property instead: " STR_FMT, STR_ARG(answer.words));
}

void probe_filter_order(struct probe *p)
{
	const char *order =
		arena_printf(p->a, "&$orderby=" STR_FMT "%%20asc", STR_ARG(p->cursor_field));
	struct probe_answer answer = probe_ask_page(p, "Property", 1, since(p, "ge", order));

	if (answer.rows)
		probe_say(p, PROBE_FILTER_ORDER, PROBE_OK,
			"listings can be filtered and ordered by " STR_FMT,
			STR_ARG(p->cursor_field));
	else
		probe_say(p, PROBE_FILTER_ORDER, PROBE_FAILED, STR_FMT, STR_ARG(answer.words));
	const char *links = answer.rows ? links_of(p, &answer) : NULL;
	p->next_link = p->next_link ? p->next_link : links;
	if (p->next_link)
		probe_say(p, PROBE_NEXT_LINK, PROBE_OK, "the next page's link is in: %s",
			p->next_link);
	else
		probe_say(p, PROBE_NEXT_LINK, PROBE_FAILED,
			"no page named a next one; with one listing or none there is none");
}

/* --- media -------------------------------------------------------------------------------------- */

void probe_media(struct probe *p)
{
	if (!p->row) {
		probe_say(p, PROBE_MEDIA, PROBE_SKIPPED, "there is no listing to look at");
		return;
	}
	if (json_type(json_get(p->row, "Media")) == JSON_ARRAY) {
		p->media = "embedded";
		probe_say(p, PROBE_MEDIA, PROBE_OK, "each listing brings its media along");
		return;
	}
	struct probe_answer answer = probe_ask(p, "Property", "$top=1&$expand=Media");
	if (answer.rows && json_type(json_get(json_at(answer.rows, 0), "Media")) == JSON_ARRAY) {
		p->media = "expand";
		probe_say(p, PROBE_MEDIA, PROBE_OK, "media come with $expand=Media");
		return;
	}
	answer = probe_ask(p, "Media", "$top=1");
	p->media = answer.rows ? "resource" : NULL;
	if (answer.rows)
		probe_say(p, PROBE_MEDIA, PROBE_OK, "media are a resource of their own");
	else
		probe_say(p, PROBE_MEDIA, PROBE_FAILED,
			"no media were found, neither in listings nor as a resource: " STR_FMT,
			STR_ARG(answer.words));
}

/* --- sizes and limits --------------------------------------------------------------------------- */

/* Keys alone, so that it costs little. */
static const char keys[] = "$select=ListingKey";

void probe_page_size(struct probe *p)
{
	static const int sizes[] = {2000, 1000, 500, 200, 100};
	bool is_replication = p->steps[PROBE_REPLICATION].state == PROBE_OK;
	const char *resource = is_replication ? "Property/replication" : "Property";
	int usual = is_replication ? 2000 : 200;
	struct str words = STR("");

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes && !p->stop; i++) {
		struct probe_answer answer = probe_ask_page(p, resource, sizes[i], keys);
		words = answer.words;
		if (!answer.rows)
			continue;
		/* Fewer than asked for, and more to come: that is what the feed gives at most. */
		int n = (int)json_len(answer.rows);
		int most = n && n < sizes[i] && links_of(p, &answer) ? n : sizes[i];
		p->page_size = most != usual ? most : 0;
		probe_say(p, PROBE_PAGE_SIZE, PROBE_OK, "a page has up to %d rows; %d came", most,
			n);
		return;
	}
	probe_say(p, PROBE_PAGE_SIZE, PROBE_FAILED, STR_FMT, STR_ARG(words));
}

void probe_rate_limit(struct probe *p)
{
	static const char *const kinds[] = {"Application-RateLimit", "Burst-RateLimit",
		"Hour-Quota", "Minute-Quota", "X-RateLimit", "RateLimit"};
	struct str all = STR("");

	for (size_t i = 0; p->last && i < sizeof kinds / sizeof *kinds; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s-Limit", kinds[i]);
		struct str most = http_result_header(p->last, name);
		snprintf(name, sizeof name, "%s-Remaining", kinds[i]);
		struct str left = http_result_header(p->last, name);
		if (!most.len && !left.len)
			continue;
		all = str_printf(p->a, STR_FMT "%s" STR_FMT " of " STR_FMT " left (%s)",
			STR_ARG(all), all.len ? ", " : "", STR_ARG(left.len ? left : STR("?")),
			STR_ARG(most.len ? most : STR("?")), kinds[i]);
	}
	if (all.len)
		probe_say(p, PROBE_RATE_LIMIT, PROBE_OK, STR_FMT, STR_ARG(all));
	else
		probe_say(p, PROBE_RATE_LIMIT, PROBE_SKIPPED,
			"the feed says nothing of its limits; settings may");
}
