#include "mod/mls/connection_probe.h"

#include <string.h>

#include "base/arena.h"
#include "base/enc.h"
#include "base/json.h"
#include "http/client.h"
#include "mod/mls/metadata_fetch.h"
#include "mod/mls/source.h"

#define BODY_MAX (48u << 20)
#define TIMEOUT_MS 45000
#define WORDS_MAX 200

const char *const probe_names[PROBE_STEPS] = {
	[PROBE_REACH] = "reach",
	[PROBE_TOKEN] = "token",
	[PROBE_METADATA] = "metadata",
	[PROBE_PROPERTY] = "property",
	[PROBE_REPLICATION] = "replication",
	[PROBE_REPLICATION_FILTER] = "replication_filter",
	[PROBE_FILTER_ORDER] = "filter_order",
	[PROBE_NEXT_LINK] = "next_link",
	[PROBE_MEDIA] = "media",
	[PROBE_PAGE_SIZE] = "page_size",
	[PROBE_RATE_LIMIT] = "rate_limit",
};

void probe_say(struct probe *p, enum probe_step step, enum probe_state state, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	p->steps[step].words = str_of(arena_vprintf(p->a, fmt, ap));
	va_end(ap);
	p->steps[step].state = state;
}

/* What the feed says of its error, shortened. A feed that repeats our token is not quoted. */
static struct str words_of(const struct probe *p, const struct json *body)
{
	struct str words = STR_NULL, token = p->source->token;

	if (!json_to_str(json_get(json_get(body, "error"), "message"), &words) &&
		!json_to_str(json_get(body, "message"), &words))
		return STR("");
	if (token.len && str_find(words, token) >= 0)
		return STR("");
	words.len = str_utf8_prefix(str_sub(words, 0, WORDS_MAX));
	return str_printf(p->a, ": " STR_FMT, STR_ARG(words));
}

static struct probe_answer ask(struct probe *p, const char *resource, const char *options,
	struct str prefer)
{
	struct err why = {.arena = p->a};
	struct source_call call = {.url = source_url(p->source, p->a, resource, str_of(options)),
		.prefer = prefer,
		.max_bytes = BODY_MAX,
		.timeout_ms = TIMEOUT_MS};
	const struct http_result *r = source_get(p->source, p->a, &call);
	struct probe_answer answer = {.result = r};

	p->stop |= r->err.code == E_CANCEL;
	if (r->err.code) {
		answer.words = str_of(r->err.msg);
		return answer;
	}
	p->last = r;
	answer.body = json_parse(p->a, r->body, &why);
	if (r->status != 200) {
		answer.words = str_printf(p->a, "the feed answers %d" STR_FMT, r->status,
			STR_ARG(words_of(p, answer.body)));
		return answer;
	}
	answer.rows = json_get(answer.body, "value");
	if (json_type(answer.rows) != JSON_ARRAY)
		answer.rows = NULL;
	if (!answer.body)
		answer.words = str_printf(p->a, "the answer is no JSON: %s", why.msg);
	else if (!answer.rows)
		answer.words = STR("the answer has no list \"value\"");
	return answer;
}

struct probe_answer probe_ask(struct probe *p, const char *resource, const char *options)
{
	return ask(p, resource, options, STR_NULL);
}

struct probe_answer probe_ask_page(struct probe *p, const char *resource, int rows,
	const char *options)
{
	if (!str_eq(p->source->provider, STR("bridge")))
		return ask(p, resource, options, str_printf(p->a, "odata.maxpagesize=%d", rows));
	return ask(p, resource, arena_printf(p->a, "$top=%d&%s", rows, options), STR_NULL);
}

/* --- reach, token, metadata --------------------------------------------------------------------- */

static void refuse_token(struct probe *p, const char *words)
{
	p->stop = p->is_token_refused = true;
	probe_say(p, PROBE_TOKEN, PROBE_FAILED, "%s", words);
}

/* 0: there was an answer, whatever it was. */
static int say_reach(struct probe *p, int status, const struct err *why)
{
	if (status) {
		probe_say(p, PROBE_REACH, PROBE_OK, "the host answers");
		return 0;
	}
	p->stop = true;
	if (why->code == E_LOGIN) { /* the token endpoint's word, which is a host too */
		probe_say(p, PROBE_REACH, PROBE_OK, "the token endpoint answers");
		refuse_token(p, why->msg);
	} else {
		probe_say(p, PROBE_REACH, PROBE_FAILED, "%s", why->msg);
	}
	return -1;
}

void probe_metadata(struct probe *p)
{
	struct metadata_found found;
	struct err why = {.arena = p->a}, ignored = {.arena = p->a};
	int code = metadata_fetch(p->source, p->a, &found, &why);

	if (say_reach(p, found.status, &why))
		return;
	if (found.status == 401) {
		refuse_token(p, "the feed refuses the token (401)");
		return;
	}
	if (metadata_keep(p->s, p->a, p->source, &found, code ? &why : NULL, &ignored))
		probe_say(p, PROBE_METADATA, PROBE_FAILED, "it could not be stored: %s",
			ignored.msg);
	else if (code)
		probe_say(p, PROBE_METADATA, PROBE_FAILED, "%s", why.msg);
	else
		probe_say(p, PROBE_METADATA, PROBE_OK, "read; resources: %zu, their fields: %zu",
			found.resources, found.fields);
}

/* --- property ----------------------------------------------------------------------------------- */

static void look_at_row(struct probe *p, const struct json *row)
{
	struct str wanted = p->source->settings.cursor_field;

	p->row = row;
	if (!row || json_get_str(row, wanted))
		p->cursor_field = wanted;
	else if (json_get(row, "BridgeModificationTimestamp"))
		p->cursor_field = STR("BridgeModificationTimestamp");
	else if (json_get(row, "ModificationTimestamp"))
		p->cursor_field = STR("ModificationTimestamp");
	else
		p->cursor_field = wanted;
}

void probe_property(struct probe *p)
{
	struct probe_answer answer = probe_ask(p, "Property", "$top=1");
	int status = answer.result->status;

	if (status == 401) {
		refuse_token(p, "the feed refuses the token (401)");
		return;
	}
	if (status && status != 403)
		probe_say(p, PROBE_TOKEN, PROBE_OK, "the token is accepted");
	if (status == 403)
		probe_say(p, PROBE_TOKEN, PROBE_OK,
			"the token is known, but may not read listings");
	if (!answer.rows) {
		p->stop = true;
		probe_say(p, PROBE_PROPERTY, PROBE_FAILED, STR_FMT, STR_ARG(answer.words));
		return;
	}
	look_at_row(p, json_at(answer.rows, 0));
	if (p->row)
		probe_say(p, PROBE_PROPERTY, PROBE_OK, "listings can be read; a row has %zu fields",
			json_len(p->row));
	else
		probe_say(p, PROBE_PROPERTY, PROBE_OK,
			"listings can be read, but there are none for this token");
	if (json_get(answer.body, "@odata.nextLink"))
		p->next_link = "body";
}
