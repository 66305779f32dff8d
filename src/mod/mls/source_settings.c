#include "mod/mls/source_settings.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/nearest.h"
#include "http/url.h"

enum kind { ANSWER, NUMBER, NAME, PATH, MEDIA, LINKS };

/* Reads as "<key> has to be <kind's words>". */
static const struct setting {
	const char *key;
	enum kind kind;
	size_t at; /* in struct source_settings */
	int least, most;
} table[] = {
	{"feed", PATH, offsetof(struct source_settings, feed), 0, 0},
	{"cursor_field", NAME, offsetof(struct source_settings, cursor_field), 0, 0},
	{"replication", ANSWER, offsetof(struct source_settings, replication), 0, 0},
	{"timestamp_filter", ANSWER, offsetof(struct source_settings, timestamp_filter), 0, 0},
	{"tolower", ANSWER, offsetof(struct source_settings, tolower), 0, 0},
	{"in", ANSWER, offsetof(struct source_settings, in), 0, 0},
	{"media", MEDIA, offsetof(struct source_settings, media), 0, 0},
	{"next_link", LINKS, offsetof(struct source_settings, next_links), 0, 0},
	{"page_size", NUMBER, offsetof(struct source_settings, page_size), 1, 10000},
	{"overlap_minutes", NUMBER, offsetof(struct source_settings, overlap_minutes), 0, 1440},
	{"url_max", NUMBER, offsetof(struct source_settings, url_max), 500, 32000},
	{"purge_guard_percent", NUMBER, offsetof(struct source_settings, purge_percent), 0, 100},
	{"requests_per_minute", NUMBER, offsetof(struct source_settings, requests_per_minute), 1,
		100000},
	{"requests_per_hour", NUMBER, offsetof(struct source_settings, requests_per_hour), 1,
		10000000},
	{"requests_per_day", NUMBER, offsetof(struct source_settings, requests_per_day), 1,
		100000000},
};

static const struct word {
	enum kind kind;
	const char *word;
	unsigned value;
} words[] = {
	{ANSWER, "auto", SOURCE_AUTO},
	{ANSWER, "yes", SOURCE_YES},
	{ANSWER, "no", SOURCE_NO},
	{ANSWER, "true", SOURCE_YES},
	{ANSWER, "false", SOURCE_NO},
	{MEDIA, "auto", SOURCE_MEDIA_AUTO},
	{MEDIA, "embedded", SOURCE_MEDIA_EMBEDDED},
	{MEDIA, "expand", SOURCE_MEDIA_EXPAND},
	{MEDIA, "resource", SOURCE_MEDIA_RESOURCE},
	{MEDIA, "none", SOURCE_MEDIA_NONE},
	{LINKS, "auto", 0},
	{LINKS, "next", SOURCE_LINK_NEXT},
	{LINKS, "link", SOURCE_LINK_LINK},
	{LINKS, "body", SOURCE_LINK_BODY},
};

static int refuse(const struct setting *s, struct err *e)
{
	switch (s->kind) {
	case ANSWER: return err_set(e, E_INPUT, "the setting %s has to be yes, no or auto", s->key);
	case NUMBER:
		return err_set(e, E_INPUT, "the setting %s has to be a whole number from %d to %d",
			s->key, s->least, s->most);
	case NAME:
		return err_set(e, E_INPUT,
			"the setting %s has to be the name of a field: letters, digits and _",
			s->key);
	case PATH:
		return err_set(e, E_INPUT,
			"the setting %s has to be one segment of a path: letters, digits, _ - and .",
			s->key);
	case MEDIA:
		return err_set(e, E_INPUT,
			"the setting %s has to be embedded, expand, resource, none or auto",
			s->key);
	case LINKS:
		return err_set(e, E_INPUT,
			"the setting %s has to be next, link, body, several of them with commas, or auto",
			s->key);
	}
	return E_BUG;
}

static bool find_word(enum kind kind, struct str text, unsigned *ret_value)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].kind == kind && str_eq(str_of(words[i].word), text)) {
			*ret_value = words[i].value;
			return true;
		}
	return false;
}

static bool find_words(struct str text, unsigned *ret_value)
{
	unsigned all = 0, one;

	for (struct str rest = text; rest.p;) {
		if (!find_word(LINKS, str_trim(str_cut(&rest, ',')), &one))
			return false;
		all |= one;
	}
	*ret_value = all;
	return true;
}

static bool is_made_of(struct str text, const char *more)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_';
		if (!is_plain && (!c || !strchr(more, c)))
			return false;
	}
	return text.len > 0 && text.len <= 100;
}

static bool take_number(const struct setting *s, struct str text, const struct json *v, int *to)
{
	int64_t n;

	if (!json_to_i64(v, &n) && !str_to_i64(text, &n))
		return false;
	if (n < s->least || n > s->most)
		return false;
	*to = (int)n;
	return true;
}

static bool take_text(struct str text, const char *more, struct str *to)
{
	if (!is_made_of(text, more) || str_starts(text, STR(".")))
		return false;
	*to = text;
	return true;
}

static bool take(const struct setting *s, const struct json *v, struct source_settings *ret)
{
	void *to = (char *)ret + s->at;
	struct str text = json_scalar(v);
	unsigned value = 0;

	switch (s->kind) {
	case NUMBER: return take_number(s, text, v, to);
	case NAME: return take_text(text, "", to);
	case PATH: return take_text(text, "-.", to);
	case ANSWER:
		if (!find_word(s->kind, text, &value))
			return false;
		*(enum source_answer *)to = (enum source_answer)value;
		return true;
	case MEDIA:
		if (!find_word(s->kind, text, &value))
			return false;
		*(enum source_media *)to = (enum source_media)value;
		return true;
	case LINKS: return find_words(text, to);
	}
	return false;
}

static int unknown(struct arena *a, struct str key, struct err *e)
{
	struct nearest near = nearest_to(str_cstr(a, key));

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		nearest_offer(&near, table[i].key);
	if (near.best)
		return err_set(e, E_INPUT, "there is no setting '" STR_FMT "'; did you mean %s?",
			STR_ARG(key), near.best);
	return err_set(e, E_INPUT,
		"there is no setting '" STR_FMT "'; docs/connections.md lists them", STR_ARG(key));
}

static int read_one(struct arena *a, struct str key, const struct json *v,
	struct source_settings *ret, struct err *e)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (!str_eq(str_of(table[i].key), key))
			continue;
		if (json_type(v) == JSON_NULL || take(&table[i], v, ret))
			return 0;
		return refuse(&table[i], e);
	}
	return unknown(a, key, e);
}

/* Bridge's limits are those of a fresh token; what its headers say counts for more (pace.h). */
static struct source_settings defaults(bool is_bridge, const struct source_known *known)
{
	bool has_bridge_time = known->has_metadata ? known->has_bridge_time : is_bridge;

	return (struct source_settings){
		.cursor_field = has_bridge_time ? STR("BridgeModificationTimestamp")
						: STR("ModificationTimestamp"),
		.replication = is_bridge ? SOURCE_AUTO : SOURCE_NO,
		/* Metadata that cannot be read are no reason to go without photos in silence. */
		.media = known->media != SOURCE_MEDIA_AUTO ? known->media
			: is_bridge                        ? SOURCE_MEDIA_EMBEDDED
			: known->has_metadata              ? SOURCE_MEDIA_AUTO
							   : SOURCE_MEDIA_EXPAND,
		.overlap_minutes = 10,
		.url_max = 5000,
		.purge_percent = 10,
		.requests_per_minute = is_bridge ? 334 : 0,
		.requests_per_hour = is_bridge ? 5000 : 0,
	};
}

int source_settings_read(struct arena *a, struct str provider, const struct json *settings,
	const struct source_known *known, struct source_settings *ret, struct err *e)
{
	struct source_settings s = defaults(str_eq(provider, STR("bridge")), known);
	enum source_media media = s.media;

	if (settings && json_type(settings) != JSON_OBJECT)
		return err_set(e, E_INPUT, "settings have to be an object");
	for (struct json_iter it = json_each(settings); json_next(&it);)
		if (read_one(a, it.key, it.value, &s, e))
			return e->code;
	if (s.media == SOURCE_MEDIA_AUTO)
		s.media = media;
	*ret = s;
	return 0;
}

/* This machine itself: nobody is on the way. */
static bool is_here(struct str host)
{
	bool is_number = str_starts(host, STR("127."));

	for (size_t i = 0; i < host.len; i++)
		is_number &= (host.p[i] >= '0' && host.p[i] <= '9') || host.p[i] == '.';
	return is_number || str_eq_nocase(host, STR("localhost")) || str_eq(host, STR("::1"));
}

int source_settings_check_url(struct arena *a, const char *what, struct str url, struct err *e)
{
	struct err why = {.arena = a};
	struct http_url u;

	if (http_url_parse(url, &u, &why))
		return err_set(e, E_INPUT, "%s: %s", what, why.msg);
	if (u.userinfo.p)
		return err_set(e, E_INPUT,
			"%s may not hold a user and password: the token is kept apart", what);
	if (u.query.p || u.fragment.p)
		return err_set(e, E_INPUT, "%s may not hold a query or fragment", what);
	if (str_eq(u.scheme, STR("http")) && !is_here(u.host))
		return err_set(e, E_INPUT,
			"%s has to begin with https:// so that nobody on the way reads the token",
			what);
	return 0;
}
