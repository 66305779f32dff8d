#include "mod/search/document_select.h"

#include <assert.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"

#define COUNT_USUAL 4      /* of choices that never come again none comes so far */
#define COUNT_MOST 1000000 /* what was usual once makes room some time */

/* What each extra is, and which part it is of. photo_url is the first of the photos, whether the others are there or not. */
static const struct {
	const char *sql, *part;
} extras[SEARCH_EXTRAS] = {
	[SEARCH_PHOTOS] = {"d.photos", "photos"},
	[SEARCH_PHOTO_URL] = {"d.photos -> 0 ->> 'url'", "photo"},
	[SEARCH_OFFICE_CONTACT] = {"d.office_contact", "sources"},
	[SEARCH_SOURCE_NAME] = {"d.source_name", "sources"},
	[SEARCH_AS_OF] = {"extract(epoch from d.as_of)::bigint", "as_of"},
};

/* --- the statement -------------------------------------------------------------------------------- */

static bool is_asked_for(const struct search_look *look, int i)
{
	if (look->is_shown[i])
		return true;
	for (size_t m = 0; m < look->marked_n; m++)
		if (look->marked[m] == i)
			return true;
	return false;
}

static void add_field(struct buf *sql, const struct search_field *f)
{
	buf_char(sql, ',');
	if (f->type == SEARCH_INT64) {
		buf_cstr(sql, "extract(epoch from d.");
		buf_cstr(sql, f->name);
		buf_cstr(sql, ")::bigint");
	} else if (f->type == SEARCH_GEOPOINT) {
		buf_cstr(sql, "d.latitude || ',' || d.longitude");
	} else {
		buf_cstr(sql, "d.");
		buf_cstr(sql, f->name);
	}
}

static void add_part(struct buf *parts, const char *name)
{
	buf_char(parts, parts->len ? ',' : '{');
	buf_cstr(parts, name);
}

struct writing {
	struct buf sql, parts;
	int columns_n;
	bool with_texts;
	struct search_select *ret;
};

static void add(struct writing *w, int i)
{
	if (i < SEARCH_FIELDS_MAX) {
		w->ret->fields |= UINT64_C(1) << i;
		w->with_texts |= (search_fields[i].flags & SEARCH_TEXT) != 0;
		add_field(&w->sql, &search_fields[i]);
		return;
	}
	i -= SEARCH_FIELDS_MAX;
	w->ret->fields |= UINT64_C(1) << (search_fields_n + i);
	buf_char(&w->sql, ',');
	buf_cstr(&w->sql, extras[i].sql);
	add_part(&w->parts, extras[i].part);
}

static struct str taken(struct arena *a, struct buf *b)
{
	char *text = str_cstr(a, buf_view(b));

	buf_done(b);
	return str_of(text);
}

void search_document_select(struct arena *a, const struct search_look *look, int columns[LOOK_ALL],
	struct search_select *ret)
{
	struct writing w = {.columns_n = 1, .ret = ret};

	assert(search_fields_n + SEARCH_EXTRAS <= 64);
	*ret = (struct search_select){0};
	buf_init(&w.sql, 0);
	buf_init(&w.parts, 0);
	buf_cstr(&w.sql, "select d.id");
	for (int i = 0; i < LOOK_ALL; i++) {
		columns[i] = -1;
		if (!is_asked_for(look, i))
			continue;
		columns[i] = w.columns_n++;
		add(&w, i);
	}
	buf_cstr(&w.sql, " from mls.displayed_parts($1::uuid, $2::uuid[], $3, $4::text[]) d");
	if (w.with_texts)
		add_part(&w.parts, "texts");
	buf_cstr(&w.parts, w.parts.len ? "}" : "{}");
	ret->stmt.sql = taken(a, &w.sql).p;
	ret->stmt.name = arena_printf(a, "search_document_%llx", (unsigned long long)ret->fields);
	ret->parts = taken(a, &w.parts);
}

/* --- which ones are usual ------------------------------------------------------------------------- */

static int place_of(const struct search_usual *u, uint64_t fields)
{
	int free_place = -1;

	for (int i = 0; i < USUAL_MOST; i++) {
		if (u->counts[i] && u->fields[i] == fields)
			return i;
		if (!u->counts[i])
			free_place = i;
	}
	return free_place;
}

bool search_document_is_usual(struct search_usual *u, uint64_t fields)
{
	int i = place_of(u, fields);

	if (i < 0) {
		for (i = 0; i < USUAL_MOST; i++)
			u->counts[i]--;
		return false;
	}
	u->fields[i] = fields;
	if (u->counts[i] < COUNT_MOST)
		u->counts[i]++;
	return u->counts[i] >= COUNT_USUAL;
}
