#include "mod/mls/connection_test.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/connection_probe.h"
#include "mod/mls/source.h"

static const char *const states[] =
	{[PROBE_SKIPPED] = "skipped", [PROBE_OK] = "ok", [PROBE_FAILED] = "failed"};

static void run(struct probe *p)
{
	static void (*const steps[])(struct probe *) = {probe_metadata, probe_property,
		probe_replication, probe_replication_filter, probe_filter_order, probe_media,
		probe_page_size, probe_rate_limit};

	for (size_t i = 0; i < sizeof steps / sizeof *steps && !p->stop; i++)
		steps[i](p);
	for (int i = 0; i < PROBE_STEPS; i++)
		if (!p->steps[i].words.p)
			p->steps[i].words = STR("not tried: a step before it failed");
}

/* --- what was found ----------------------------------------------------------------------------- */

static enum source_answer answer_of(const char *word)
{
	return !word ? SOURCE_AUTO : !strcmp(word, "yes") ? SOURCE_YES : SOURCE_NO;
}

static enum source_media media_of(const char *word)
{
	return !strcmp(word, "embedded")  ? SOURCE_MEDIA_EMBEDDED
		: !strcmp(word, "expand") ? SOURCE_MEDIA_EXPAND
					  : SOURCE_MEDIA_RESOURCE;
}

/* Settings that are not in force yet. next_link is not among them: looking everywhere is the default and costs nothing. */
static struct str suggest(struct probe *p)
{
	const struct source_settings *now = &p->source->settings;
	struct buf b;

	buf_init(&b, 4096);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	if (p->cursor_field.p && !str_eq(p->cursor_field, now->cursor_field))
		jsonw_key(&w, "cursor_field"), jsonw_str(&w, p->cursor_field);
	if (p->replication && answer_of(p->replication) != now->replication)
		jsonw_key(&w, "replication"), jsonw_cstr(&w, p->replication);
	if (p->timestamp_filter && answer_of(p->timestamp_filter) != now->timestamp_filter)
		jsonw_key(&w, "timestamp_filter"), jsonw_cstr(&w, p->timestamp_filter);
	if (p->media && media_of(p->media) != now->media)
		jsonw_key(&w, "media"), jsonw_cstr(&w, p->media);
	if (p->page_size && p->page_size != now->page_size)
		jsonw_key(&w, "page_size"), jsonw_i64(&w, p->page_size);
	jsonw_end(&w);
	struct str text = str_copy(p->a, buf_view(&b));
	buf_done(&b);
	return text;
}

static struct str report(struct probe *p, const struct connection_report *ret, int64_t began_us)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "ok"), jsonw_bool(&w, ret->is_ok);
	jsonw_key(&w, "took_ms"), jsonw_i64(&w, (mono_us() - began_us) / US_PER_MS);
	jsonw_key(&w, "steps");
	jsonw_arr(&w);
	for (int i = 0; i < PROBE_STEPS; i++) {
		jsonw_obj(&w);
		jsonw_key(&w, "step"), jsonw_cstr(&w, probe_names[i]);
		jsonw_key(&w, "state"), jsonw_cstr(&w, states[p->steps[i].state]);
		jsonw_key(&w, "words"), jsonw_str(&w, str_without_nul(p->a, p->steps[i].words));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_key(&w, "suggested"), jsonw_raw(&w, ret->suggested);
	jsonw_end(&w);
	struct str text = str_copy(p->a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* --- what is stored ----------------------------------------------------------------------------- */

/* A test by a person does not end a pause; a feed that was out of reach for a moment is no reason to change the status. */
static int keep(struct probe *p, const struct connection_report *ret, bool apply, struct err *e)
{
	const char *status = ret->is_ok ? "active" : p->is_token_refused ? "error" : NULL;
	struct db_param row[] = {db_str(p->source->workspace_id), db_str(p->source->connection_id),
		db_str(ret->json), db_text(status),
		status && !ret->is_ok ? db_str(p->steps[PROBE_TOKEN].words) : db_null(),
		apply ? db_str(ret->suggested) : db_text("{}")};

	return session_exec(p->s, p->a,
		"update mls.mls_connections c set tested_at = now(), test_report = $3::jsonb, settings = c.settings || $6::jsonb, "
		"status = case when $4::text is null or c.status = 'paused' then c.status else $4 end, "
		"status_reason = case when $4::text is null or c.status = 'paused' then c.status_reason else $5 end, "
		"failures = case when $4 = 'active' then 0 else c.failures end, "
		"held_until = case when $4 = 'active' then null else c.held_until end "
		"where c.workspace_id = $1 and c.id = $2",
		6, row, NULL, e);
}

int connection_test(struct arena *a, const struct source_from *from, bool apply,
	struct connection_report *ret, struct err *e)
{
	struct source_from by_person = *from;
	struct probe p = {.a = a, .s = from->s};
	int64_t began_us = mono_us();

	by_person.even_if_held = true;
	if (source_open(a, &by_person, &p.source, e))
		return e->code;
	run(&p);
	source_save(p.source);
	*ret = (struct connection_report){.connection_id = p.source->connection_id,
		.is_ok = p.steps[PROBE_PROPERTY].state == PROBE_OK,
		.suggested = suggest(&p)};
	ret->json = report(&p, ret, began_us);
	return keep(&p, ret, apply, e);
}
