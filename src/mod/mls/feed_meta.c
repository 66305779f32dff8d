#include "mod/mls/feed_local.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"

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
