/* What a pass asks for. Replication hands out links; the plain resource is read by filters of our own on timestamp and key, which no
 * limit of depth ends, and which a row that changes meanwhile does not shift. */
#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/enc.h"

static struct str join_filters(struct arena *a, struct str one, struct str other)
{
	if (!one.len || !other.len)
		return one.len ? one : other;
	return STR_JOIN(a, STR("("), one, STR(") and "), other);
}

static struct str scope_filter(const struct sync *y)
{
	return y->scope->filters[y->cursor.filter];
}

static struct str since(const struct sync *y, struct arena *a)
{
	if (!y->cursor.from.p)
		return STR_NULL;
	return STR_JOIN(a, y->source->settings.cursor_field, STR(" ge "), y->cursor.from);
}

static void add(struct arena *a, struct str *options, const char *name, struct str value)
{
	if (value.len)
		*options = STR_JOIN(a, *options, options->len ? STR("&") : STR_NULL, str_of(name),
			STR("="), enc_percent(a, value));
}

int sync_url_size(const struct sync *y)
{
	int asked = y->o->page_size ? y->o->page_size : y->source->settings.page_size;

	if (asked)
		return asked;
	return sync_url_by_keys(y) ? SYNC_KEYS_SIZE : SYNC_LINKS_SIZE;
}

bool sync_url_by_keys(const struct sync *y)
{
	const struct source_settings *s = &y->source->settings;
	bool may_filter = s->timestamp_filter != SOURCE_NO && !y->cursor.no_stamp_filter;

	if (s->replication == SOURCE_NO || y->cursor.no_replication)
		return true;
	return y->cursor.from.p && !may_filter;
}

/* Where neither settings nor metadata say it: expanded, until that is refused. */
enum source_media sync_url_media(const struct sync *y)
{
	enum source_media media = y->source->settings.media;

	if (media != SOURCE_MEDIA_AUTO)
		return media;
	return y->cursor.no_expand ? SOURCE_MEDIA_RESOURCE : SOURCE_MEDIA_EXPAND;
}

static void add_common(const struct sync *y, struct arena *a, struct str *options, bool by_keys)
{
	char digits[STR_DECIMAL_SIZE];
	bool is_bridge = str_eq(y->provider, STR("bridge"));

	/* At Bridge $top is the size of a page, elsewhere how many rows there are to be in all. */
	if (is_bridge || by_keys)
		add(a, options, "$top", str_decimal(digits, sync_url_size(y)));
	if (sync_url_media(y) == SOURCE_MEDIA_EXPAND)
		add(a, options, "$expand", STR("Media"));
}

static struct str key_field(void)
{
	return STR("ListingKey");
}

static struct str url_of(const struct sync *y, struct arena *a, bool by_keys, struct str filter)
{
	struct str options = STR(""), order;

	add_common(y, a, &options, by_keys);
	add(a, &options, "$filter", filter);
	if (by_keys) {
		order = STR_JOIN(a, y->source->settings.cursor_field, STR(","), key_field());
		add(a, &options, "$orderby", order);
	}
	return source_url(y->source, a, by_keys ? "Property" : "Property/replication", options);
}

struct str sync_url_first(const struct sync *y, struct arena *a)
{
	if (y->cursor.next.p)
		return str_copy(a, y->cursor.next);
	return url_of(y, a, sync_url_by_keys(y), join_filters(a, scope_filter(y), since(y, a)));
}

static struct str quoted(struct arena *a, struct str key)
{
	struct str text = STR("'");

	for (struct str rest = key; rest.p;) {
		struct str piece = str_cut(&rest, '\'');
		text = STR_JOIN(a, text, piece, rest.p ? STR("''") : STR("'"));
	}
	return text;
}

struct str sync_url_after(const struct sync *y, struct arena *a, const struct listing_head *last)
{
	char iso[CLOCK_ISO_SIZE];
	struct str field = y->source->settings.cursor_field, key = quoted(a, last->key);

	if (last->source_modified_at == LISTING_NULL)
		return STR_NULL;
	struct str stamp = str_of(clock_format_iso(iso, last->source_modified_at));
	struct str behind = STR_JOIN(a, STR("("), field, STR(" gt "), stamp, STR(" or ("), field,
		STR(" eq "), stamp, STR(" and "), key_field(), STR(" gt "), key, STR("))"));
	return url_of(y, a, true, join_filters(a, scope_filter(y), behind));
}

struct str sync_url_count(const struct sync *y, struct arena *a)
{
	struct str options = STR("$top=1&$count=true&$select=ListingKey");

	add(a, &options, "$filter", join_filters(a, scope_filter(y), since(y, a)));
	return source_url(y->source, a, "Property", options);
}

struct str sync_url_in(const struct sync *y, struct arena *a, struct str field,
	const struct str *keys, size_t n)
{
	struct str list = y->no_in ? STR_NULL : STR_JOIN(a, field, STR(" in ("));

	for (size_t i = 0; i < n; i++)
		list = y->no_in ? STR_JOIN(a, list, i ? STR(" or ") : STR_NULL, field, STR(" eq "),
					  quoted(a, keys[i]))
				: STR_JOIN(a, list, i ? STR(",") : STR_NULL, quoted(a, keys[i]));
	return y->no_in ? list : STR_JOIN(a, list, STR(")"));
}

bool sync_url_sweeps_by_keys(const struct sync *y)
{
	return y->source->settings.replication == SOURCE_NO || y->cursor.no_replication;
}

/* Key and timestamp alone: in the order of the keys, or of a replication. */
struct str sync_url_sweep(const struct sync *y, struct arena *a, int filter, struct str after)
{
	bool by_keys = sync_url_sweeps_by_keys(y);
	struct str options = STR(""), behind = STR_NULL;
	char digits[STR_DECIMAL_SIZE];

	if (after.p)
		behind = STR_JOIN(a, key_field(), STR(" gt "), quoted(a, after));
	if (by_keys || str_eq(y->provider, STR("bridge")))
		add(a, &options, "$top", str_decimal(digits, sync_url_size(y)));
	add(a, &options, "$select",
		STR_JOIN(a, key_field(), STR(","), y->source->settings.cursor_field));
	add(a, &options, "$filter", join_filters(a, y->scope->filters[filter], behind));
	if (by_keys)
		add(a, &options, "$orderby", key_field());
	return source_url(y->source, a, by_keys ? "Property" : "Property/replication", options);
}

struct str sync_url_keys(const struct sync *y, struct arena *a, const struct str *keys, size_t n)
{
	struct str options = STR(""), list = sync_url_in(y, a, key_field(), keys, n);
	char digits[STR_DECIMAL_SIZE];

	add(a, &options, "$top", str_decimal(digits, (int64_t)n));
	if (sync_url_media(y) == SOURCE_MEDIA_EXPAND)
		add(a, &options, "$expand", STR("Media"));
	add(a, &options, "$filter", list);
	return source_url(y->source, a, "Property", options);
}
