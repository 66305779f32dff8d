#include "mod/mls/feed_local.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"

static const char *edm_type(const struct gen_field *f)
{
	switch (f->kind) {
	case GEN_INT: return "Edm.Int64";
	case GEN_DEC: return "Edm.Double";
	case GEN_BOOL: return "Edm.Boolean";
	case GEN_DATE: return "Edm.Date";
	case GEN_TIME: return "Edm.DateTimeOffset";
	case GEN_LIST: return "Collection(Edm.String)";
	case GEN_MEDIA: return "Collection(org.reso.metadata.Media)";
	case GEN_TEXT: break;
	}
	return "Edm.String";
}

static void add_field(struct buf *b, const struct gen_field *f)
{
	buf_printf(b, "<Property Name=\"%s\" Type=\"%s\"", f->name, edm_type(f));
	if (f->lookup)
		buf_printf(b,
			"><Annotation Term=\"RESO.OData.Metadata.LookupName\" String=\"%s\"/></Property>\n",
			f->lookup);
	else
		buf_cstr(b, "/>\n");
}

/* What a plain server says in other words: photos are rows of their own, and one timestamp is enough. */
static bool is_elsewhere(const struct gen_field *f)
{
	return f->kind == GEN_MEDIA || str_eq(str_of(f->name), STR("BridgeModificationTimestamp"));
}

static void add_media(struct buf *b, bool is_reso)
{
	static const char *const media[] = {"Order", "MediaKey", "MediaURL", "ResourceRecordKey",
		"ResourceName", "ClassName", "MediaCategory", "MimeType", "MediaObjectID",
		"ShortDescription"};

	buf_cstr(b,
		is_reso ? "<EntityType Name=\"Media\"><Key><PropertyRef Name=\"MediaKey\"/></Key>\n"
			: "<ComplexType Name=\"Media\">\n");
	for (size_t i = 0; i < sizeof(media) / sizeof(*media); i++)
		buf_printf(b, "<Property Name=\"%s\" Type=\"%s\"/>\n", media[i],
			is_reso && i == 0 ? "Edm.Int64" : "Edm.String");
	buf_cstr(b, is_reso ? "</EntityType>\n" : "</ComplexType>\n");
}

struct str feed_meta_xml(const struct feed *f, struct arena *a)
{
	bool is_reso = f->config.kind == FEED_RESO;
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">"
		"<edmx:DataServices>\n<Schema Namespace=\"org.reso.metadata\" "
		"xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\n"
		"<EntityType Name=\"Property\"><Key><PropertyRef Name=\"ListingKey\"/></Key>\n");
	for (unsigned i = 0; i < gen_fields_n; i++)
		if (!is_reso || !is_elsewhere(&gen_fields[i]))
			add_field(&b, &gen_fields[i]);
	if (is_reso)
		buf_cstr(&b,
			"<NavigationProperty Name=\"Media\" Type=\"Collection(org.reso.metadata.Media)\"/>\n");
	buf_cstr(&b, "</EntityType>\n");
	add_media(&b, is_reso);
	buf_cstr(&b,
		"<EntityContainer Name=\"RESO\">"
		"<EntitySet Name=\"Property\" EntityType=\"org.reso.metadata.Property\"/>");
	if (is_reso)
		buf_cstr(&b, "<EntitySet Name=\"Media\" EntityType=\"org.reso.metadata.Media\"/>");
	buf_cstr(&b, "</EntityContainer>\n</Schema></edmx:DataServices></edmx:Edmx>\n");
	struct str xml = str_copy(a, buf_view(&b));
	buf_done(&b);
	return xml;
}

struct str feed_meta_system(const struct feed *f, struct arena *a, struct str base)
{
	struct buf b;
	struct jsonw w = jsonw_to(&b);

	buf_init(&b, 0);
	jsonw_obj(&w);
	jsonw_key(&w, "@odata.context");
	jsonw_str(&w, str_printf(a, STR_FMT "/$metadata#DataSystem", STR_ARG(base)));
	jsonw_key(&w, "value");
	jsonw_arr(&w);
	jsonw_obj(&w);
	jsonw_key(&w, "Name");
	jsonw_cstr(&w, f->config.dataset);
	jsonw_key(&w, "ServiceURI");
	jsonw_str(&w, base);
	jsonw_key(&w, "DateTimeStamp");
	jsonw_time(&w, gen_as_of(f->gen));
	jsonw_key(&w, "Resources");
	jsonw_arr(&w);
	jsonw_obj(&w);
	jsonw_key(&w, "Name");
	jsonw_cstr(&w, "Property");
	jsonw_key(&w, "RecordCount");
	jsonw_i64(&w, gen_index_n(f->gen));
	jsonw_obj_end(&w);
	jsonw_arr_end(&w);
	jsonw_obj_end(&w);
	jsonw_arr_end(&w);
	jsonw_obj_end(&w);
	struct str body = str_copy(a, buf_view(&b));
	buf_done(&b);
	return body;
}

struct str feed_meta_service(struct arena *a, struct str base)
{
	return str_printf(a,
		"{\"@odata.context\":\"" STR_FMT
		"/$metadata\",\"value\":[{\"name\":\"Property\",\"kind\":\"EntitySet\",\"url\":\"Property\"},"
		"{\"name\":\"Media\",\"kind\":\"EntitySet\",\"url\":\"Media\"}]}\n",
		STR_ARG(base));
}
