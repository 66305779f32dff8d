/* What is read of one object: its bytes, by four ways, and what is known about it. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "mod/storage/download.h"
#include "mod/storage/object.h"
#include "mod/storage/storage_local.h"
#include "mod/storage/token.h"

#define LOOKS 3

/* Bytes may be replaced and removed between the row and them; then there is another row. */
static int get(struct storage_call *c, enum storage_eyes eyes)
{
	struct storage_object o = {0};
	int rc = -1;

	for (int n = 0; n < LOOKS && rc; n++) {
		struct str before = o.version;
		if (storage_object_find(c, eyes, c->bucket, c->name, &o))
			return -1;
		if (n && str_eq(before, o.version))
			return storage_fault_absent(c);
		err_clear(&c->err);
		rc = storage_download(c, &o);
		if (rc && c->err.code != E_ABSENT)
			return rc;
	}
	return rc;
}

int storage_object_get(struct storage_call *c)
{
	return get(c, STORAGE_AS_EITHER);
}

int storage_object_get_authenticated(struct storage_call *c)
{
	return get(c, STORAGE_AS_CALLER);
}

int storage_object_get_public(struct storage_call *c)
{
	return get(c, STORAGE_AS_PUBLIC);
}

int storage_object_get_signed(struct storage_call *c)
{
	const struct json *claims;

	if (storage_token_check(c, "download", &claims))
		return -1;
	if (json_type(json_get(claims, "transform")) ==
		JSON_OBJECT) /* for the rendition, not for this */
		return storage_fault(c, "InvalidSignature", "Invalid signature");
	return get(c, STORAGE_AS_WORKER);
}

static void write_info(struct jsonw *w, const struct storage_object *o)
{
	jsonw_obj(w);
	jsonw_key(w, "id"), jsonw_str(w, o->id);
	jsonw_key(w, "name"), jsonw_str(w, o->name);
	jsonw_key(w, "version"), jsonw_str(w, o->version);
	jsonw_key(w, "bucket_id"), jsonw_str(w, o->bucket);
	jsonw_key(w, "size"), jsonw_i64(w, o->size);
	jsonw_key(w, "content_type"), jsonw_str(w, o->mimetype);
	jsonw_key(w, "cache_control"), jsonw_str(w, o->cache_control);
	jsonw_key(w, "content_encoding"), jsonw_str(w, o->content_encoding);
	jsonw_key(w, "etag"), jsonw_str(w, o->etag);
	jsonw_key(w, "metadata"), jsonw_raw(w, o->user_metadata.p ? o->user_metadata : STR("{}"));
	jsonw_key(w, "last_modified"), jsonw_time(w, o->changed_us);
	jsonw_key(w, "created_at"), jsonw_time(w, o->created_us);
	jsonw_end(w);
}

static int info(struct storage_call *c, enum storage_eyes eyes)
{
	struct storage_object o;
	struct buf b;
	struct jsonw w;

	if (storage_object_find(c, eyes, c->bucket, c->name, &o))
		return -1;
	buf_init(&b, 0);
	w = jsonw_to(&b);
	write_info(&w, &o);
	storage_reply(c, 200, &b);
	buf_done(&b);
	return 0;
}

int storage_object_info(struct storage_call *c)
{
	return info(c, STORAGE_AS_EITHER);
}

int storage_object_info_public(struct storage_call *c)
{
	return info(c, STORAGE_AS_PUBLIC);
}
