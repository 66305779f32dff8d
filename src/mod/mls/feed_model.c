#include "mod/mls/feed_model.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/gen.h"
#include "mod/mls/gen_list.h"
#include "mod/mls/gen_listing.h"

/* --- the model ------------------------------------------------------------------------------------------ */

static enum odata_type type_of(const struct gen_field *f)
{
	switch (f->kind) {
	case GEN_INT: return ODATA_INT64;
	case GEN_DEC: return ODATA_DOUBLE; /* as Bridge types prices and places */
	case GEN_BOOL: return ODATA_BOOLEAN;
	case GEN_DATE: return ODATA_DATE;
	case GEN_TIME: return ODATA_TIMESTAMP;
	case GEN_MEDIA: return ODATA_COMPLEX;
	case GEN_LIST:
	case GEN_TEXT: break;
	}
	return ODATA_STRING;
}

/* What a plain server says in other words: photos are rows of their own, and one timestamp is enough. */
static bool is_bridges_own(const struct gen_field *f)
{
	return f->kind == GEN_MEDIA || !strcmp(f->name, "BridgeModificationTimestamp");
}

static struct odata_resource *add_media(struct odata_model *m, bool is_reso)
{
	static const char *const names[] = {"Order", "MediaKey", "MediaURL", "ResourceRecordKey",
		"ResourceName", "ClassName", "MediaCategory", "MimeType", "MediaObjectID",
		"ShortDescription"};
	struct odata_resource *media = odata_model_add(m, STR("Media"));

	media->is_complex = !is_reso;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		odata_model_add_field(media,
			&(struct odata_field){
				.name = str_of(names[i]),
				.type = is_reso && i == 0 ? ODATA_INT64 : ODATA_STRING,
				.is_key = is_reso && i == 1,
			});
	return media;
}

struct odata_model *feed_model_new(struct arena *a, bool is_reso)
{
	struct odata_model *m = odata_model_new(a, STR("org.reso.metadata"));
	struct odata_resource *property = odata_model_add(m, STR("Property"));
	struct odata_resource *media = add_media(m, is_reso);

	for (unsigned i = 0; i < gen_fields_n; i++) {
		const struct gen_field *f = &gen_fields[i];
		if (is_reso && is_bridges_own(f))
			continue;
		odata_model_add_field(property,
			&(struct odata_field){
				.name = str_of(f->name),
				.type = type_of(f),
				.is_list = f->kind == GEN_LIST || f->kind == GEN_MEDIA,
				.is_key = !strcmp(f->name, "ListingKey"),
				.lookup = str_of(f->lookup),
				.target = media,
				.of = f,
			});
	}
	odata_model_add_field(property,
		&(struct odata_field){
			.name = STR("Coordinates"),
			.type = ODATA_POINT,
			.is_hidden = true,
		});
	if (is_reso)
		odata_model_add_navigation(property,
			&(struct odata_navigation){
				.name = STR("Media"),
				.target = media,
				.is_collection = true,
				.is_closed = true,
			});
	return m;
}

/* --- listings as rows ------------------------------------------------------------------------------------ */

static struct odata_value text(struct str s)
{
	return (struct odata_value){.type = s.p ? ODATA_STRING : ODATA_NULL, .text = s};
}

static struct odata_value place(const struct gen_listing *l)
{
	return (struct odata_value){.type = ODATA_POINT,
		.point = {(double)l->lon_e6 / 1e6, (double)l->lat_e6 / 1e6}};
}

static struct odata_value listing_value(const struct odata_row *row,
	const struct odata_field *field)
{
	static const double powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
	const struct gen_field *f = field->of;
	struct odata_value v = {.type = field->type};

	if (!f)
		return place(row->of);
	if (f->kind == GEN_TEXT)
		return text(gen_field_text(row->of, f));
	v.n = gen_field_number(row->of, f);
	if (v.n == GEN_NONE)
		return (struct odata_value){0};
	v.x = (double)v.n / powers[f->scale];
	return v;
}

/* The chosen values in their order; where none is, one row in three says "None" (gen_write.c). */
static bool listing_element(const struct odata_row *row, const struct odata_field *field, size_t i,
	struct odata_value *ret_value)
{
	struct gen_listing *l = row->of;
	const struct gen_field *f = field->of;
	uint64_t chosen = (uint64_t)gen_field_number(l, f);

	if (!chosen) {
		*ret_value = text(STR("None"));
		return i == 0 && gen_field_says_none(l, f);
	}
	for (; i > 0 && chosen; i--)
		chosen &= chosen - 1;
	if (!chosen)
		return false;
	struct str quoted = str_of(gen_lists[f->list].values[__builtin_ctzll(chosen)].quoted);
	*ret_value = text(str_sub(quoted, 1, quoted.len - 1));
	return true;
}

const struct odata_row_kind feed_model_listing = {.value = listing_value,
	.element = listing_element};

/* --- photos as rows --------------------------------------------------------------------------------------- */

static struct odata_value photo_value(const struct odata_row *row, const struct odata_field *field)
{
	static const struct gen_view view = {.numbers = true};
	const struct feed_photo *p = row->of;
	struct str s = STR_NULL;
	struct buf b;

	if (str_eq(field->name,
		    STR("ResourceRecordKey"))) { /* nearly every filter: no need to write it all */
		gen_listing_write(p->l);
		return text(p->l->key);
	}
	if (field->type == ODATA_INT64)
		return (struct odata_value){.type = ODATA_INT64, .n = p->n, .x = p->n};
	buf_init(&b, 0);
	gen_photo_of(p->l, p->n, &view, &b);
	const struct json *photo = json_parse(p->a, buf_view(&b), NULL);
	json_to_str(json_get_str(photo, field->name), &s);
	buf_done(&b);
	return text(s);
}

static bool photo_element(const struct odata_row *row, const struct odata_field *field, size_t i,
	struct odata_value *ret_value)
{
	(void)row, (void)field, (void)i, (void)ret_value;
	return false; /* Media has no lists */
}

const struct odata_row_kind feed_model_photo = {.value = photo_value, .element = photo_element};
