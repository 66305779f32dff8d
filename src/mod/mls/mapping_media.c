/* The media of a payload row: mapping_media(), declared in mapping_local.h. */
#include "mod/mls/mapping_local.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "mod/mls/normal.h"

#define URL_MAX 2048 /* mls.listing_media: a url is part of a key */
#define WORDS 255
#define CAPTION_MAX 2000

/* What an element may say, in the spellings that feeds use. */
enum part {
	PART_URL,
	PART_ORDER,
	PART_CAPTION,
	PART_LONG_CAPTION,
	PART_KEY,
	PART_CATEGORY,
	PART_PERMISSION,
	PARTS
};

static const struct {
	const char *name;
	size_t len;
} names[PARTS] = {
	[PART_URL] = {"MediaURL", 8},
	[PART_ORDER] = {"Order", 5},
	[PART_CAPTION] = {"ShortDescription", 16},
	[PART_LONG_CAPTION] = {"LongDescription", 15},
	[PART_KEY] = {"MediaKey", 8},
	[PART_CATEGORY] = {"MediaCategory", 13},
	[PART_PERMISSION] = {"Permission", 10},
};

static void collect(const struct json *element, const struct json *parts[PARTS])
{
	for (struct json_iter it = json_each(element); json_next(&it);)
		for (int p = 0; p < PARTS; p++)
			if (it.key.len == names[p].len &&
				!memcmp(it.key.p, names[p].name, it.key.len))
				parts[p] = it.value;
}

static const char *url_of(struct arena *a, const struct json *v, struct str *ret_url)
{
	const char *why = normal_text(a, v, URL_MAX, ret_url);

	if (why)
		return why;
	if (!ret_url->p)
		return "has no MediaURL";
	struct str scheme = str_sub(*ret_url, 0, 8);
	if (!str_eq_nocase(scheme, STR("https://")) &&
		!str_eq_nocase(str_sub(scheme, 0, 7), STR("http://")))
		return "is no http or https link";
	return NULL;
}

/* --- who may see it --------------------------------------------------------------------------------- */

enum { FOR_SOME = 1, FOR_REGISTERED = 2, FOR_ALL = 4 };

static const struct {
	const char *name;
	unsigned who;
} permissions[] = {
	{"private", FOR_SOME},
	{"agentonly", FOR_SOME},
	{"firmonly", FOR_SOME},
	{"officeonly", FOR_SOME},
	{"vow", FOR_REGISTERED},
	{"idx", FOR_ALL},
	{"public", FOR_ALL},
};

/* "Agent Only", "AgentOnly" and "AGENT_ONLY" are the same. */
static bool is_word(struct str said, const char *word)
{
	for (size_t i = 0; i < said.len; i++) {
		unsigned char c = (unsigned char)said.p[i];
		if (!isalnum(c))
			continue;
		if (tolower(c) != *word)
			return false;
		word++;
	}
	return !*word;
}

static unsigned permission_of(struct str said)
{
	unsigned who = 0;

	for (ptrdiff_t comma = 0; comma >= 0;) {
		comma = str_find_char(said, ',');
		struct str one = comma < 0 ? said : str_sub(said, 0, (size_t)comma);
		for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++)
			if (one.len && is_word(one, permissions[i].name))
				who |= permissions[i].who;
		said = str_sub(said, (size_t)comma + 1, said.len);
	}
	return who;
}

/* A text, or a list of them. Nothing said, or a word that nobody knows, keeps nobody away. */
static bool is_public(const struct json *v)
{
	unsigned who = permission_of(json_scalar(v));

	for (struct json_iter it = json_each(v); json_next(&it);)
		who |= permission_of(json_scalar(it.value));
	return !(who & FOR_SOME) && (!(who & FOR_REGISTERED) || who & FOR_ALL);
}

static const char *media_of(struct arena *a, const struct json *element, size_t position,
	struct listing_media *ret_media)
{
	const struct json *parts[PARTS] = {0};
	int64_t order;

	if (json_type(element) != JSON_OBJECT)
		return "is no object";
	collect(element, parts);
	const char *why = url_of(a, parts[PART_URL], &ret_media->url);
	if (why)
		return why;
	normal_text(a, parts[PART_CAPTION], CAPTION_MAX, &ret_media->caption);
	if (!ret_media->caption.p)
		normal_text(a, parts[PART_LONG_CAPTION], CAPTION_MAX, &ret_media->caption);
	normal_text(a, parts[PART_KEY], WORDS, &ret_media->key);
	normal_text(a, parts[PART_CATEGORY], WORDS, &ret_media->category);
	ret_media->is_public = is_public(parts[PART_PERMISSION]);
	normal_int(parts[PART_ORDER], 0, INT_MAX, &order);
	ret_media->order = order == LISTING_NULL ? (int32_t)position + 1 : (int32_t)order;
	return NULL;
}

static struct hash_128 hash_of(const struct listing_row *row)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < row->media_n; i++) {
		const struct listing_media *m = &row->media[i];
		const struct str texts[] = {m->url, m->caption, m->key, m->category};
		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
			buf_str(&b, texts[k]);
			buf_char(&b, texts[k].p ? 0 : 1); /* null is not "" */
		}
		buf_i64(&b, m->order);
		buf_char(&b, m->is_public ? '\n' : '\r'); /* public ones hash as they did before */
	}
	struct hash_128 h = hash_128(buf_view(&b));
	buf_done(&b);
	return h;
}

/* No list, or an empty one although there are photos (an expansion that failed), says nothing. */
static bool says_something(const struct listing_row *row, const struct json *media)
{
	if (json_type(media) != JSON_ARRAY)
		return false;
	return json_len(media) > 0 || row->values[LISTING_PHOTO_COUNT].n == 0;
}

static bool is_photo(const struct listing_media *m)
{
	return !m->category.p || str_eq_nocase(m->category, STR("Photo"));
}

void mapping_media(struct listing_row *row, struct arena *a, const struct json *media)
{
	int64_t photos = 0;

	if (json_type(media) > JSON_NULL && json_type(media) != JSON_ARRAY)
		mapping_note(row, a, STR("Media"), media, "is no list");
	row->has_media = says_something(row, media);
	if (!row->has_media)
		return;
	struct map *seen = map_new(a, json_len(media));
	row->media = arena_array(a, json_len(media), sizeof(*row->media));
	for (struct json_iter it = json_each(media); json_next(&it);) {
		struct listing_media *m = &row->media[row->media_n];
		const char *why = media_of(a, it.value, row->media_n, m);
		mapping_note(row, a, STR("Media"), it.value, why);
		if (why || map_has(seen, m->url))
			continue;
		map_put(seen, m->url, m);
		photos += is_photo(m);
		row->media_n++;
	}
	row->media_hash = hash_of(row);
	if (row->values[LISTING_PHOTO_COUNT].n == LISTING_NULL)
		row->values[LISTING_PHOTO_COUNT].n = photos;
}
