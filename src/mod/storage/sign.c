/* Signed links: for downloads, one or many, and for uploads. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/storage/name.h"
#include "mod/storage/object.h"
#include "mod/storage/storage_local.h"
#include "mod/storage/token.h"

#define UPLOAD_LINK_S 7200
#define PATHS_MAX 1000

/* Not escaped: clients do that. */
static struct str link_of(struct arena *a, const char *path, struct str bucket, struct str name,
	struct str token)
{
	return STR_JOIN(a, str_of(path), bucket, STR("/"), name, STR("?token="), token);
}

/* --- one ------------------------------------------------------------------------------------------ */

/* What an image is to look like goes into the token, so that nobody asks for more. */
static int transform_claim(struct storage_call *c, const char **ret_path, struct str *ret_claim)
{
	const struct json *transform = json_get(c->body, "transform");

	*ret_path = "/object/sign/";
	*ret_claim = STR_NULL;
	if (json_type(transform) == JSON_ABSENT || json_type(transform) == JSON_NULL)
		return 0;
	if (json_type(transform) != JSON_OBJECT)
		return storage_fault(c, "InvalidRequest", "body/transform must be object");
	if (!json_len(transform))
		return 0;
	*ret_path = "/render/image/sign/";
	*ret_claim = STR_JOIN(c->arena, STR("\"transform\":"), json_text_dup(c->arena, transform));
	return 0;
}

int storage_sign_one(struct storage_call *c)
{
	struct storage_object o;
	struct str claim, token;
	const char *path;
	int64_t expires_in;
	struct buf b;
	struct jsonw w;

	if (storage_body_int(c, "expiresIn", 0, &expires_in) || transform_claim(c, &path, &claim) ||
		storage_object_find(c, STORAGE_AS_CALLER, c->bucket, c->name, &o) ||
		storage_token_sign(c, "download", c->bucket, c->name, expires_in, claim, &token))
		return -1;
	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "signedURL");
	jsonw_str(&w, link_of(c->arena, path, c->bucket, c->name, token));
	jsonw_end(&w);
	storage_reply(c, 200, &b);
	buf_done(&b);
	return 0;
}

/* --- many ----------------------------------------------------------------------------------------- */

static int write_link(struct storage_call *c, struct jsonw *w, struct str path, int64_t expires_in,
	bool is_there)
{
	struct str token = STR_NULL;

	if (is_there &&
		storage_token_sign(c, "download", c->bucket, path, expires_in, STR_NULL, &token))
		return -1;
	jsonw_obj(w);
	jsonw_key(w, "error");
	jsonw_cstr(w,
		is_there ? NULL
			 : "Either the object does not exist or you do not have access to it");
	jsonw_key(w, "path"), jsonw_str(w, path);
	jsonw_key(w, "signedURL");
	jsonw_str(w,
		is_there ? link_of(c->arena, "/object/sign/", c->bucket, path, token) : STR_NULL);
	jsonw_end(w);
	return 0;
}

static int check_paths(struct storage_call *c, const struct json *paths)
{
	struct str path;

	if (json_type(paths) != JSON_ARRAY || json_len(paths) > PATHS_MAX)
		return storage_fault(c, "InvalidRequest", "body/paths must be array of at most %d",
			PATHS_MAX);
	for (struct json_iter it = json_each(paths); json_next(&it);)
		if (!json_to_str(it.value, &path) || memchr(path.p, 0, path.len))
			return storage_fault(c, "InvalidRequest", "body/paths must be of strings");
	return 0;
}

int storage_sign_many(struct storage_call *c)
{
	const struct json *paths = json_get(c->body, "paths");
	struct batch *q = storage_batch(c, false);
	int64_t expires_in;
	struct buf b;
	struct jsonw w;
	int rc = 0, row = 0;

	if (storage_body_int(c, "expiresIn", 0, &expires_in) || check_paths(c, paths))
		return -1;
	batch_read_only(q);
	batch_add(q,
		"select p.path, o.id is not null"
		" from jsonb_array_elements_text($2::jsonb) with ordinality p (path, n)"
		" left join storage.objects o on o.bucket_id = $1 and o.name = p.path order by p.n",
		2, (struct db_param[]){db_str(c->bucket), db_str(json_text_dup(c->arena, paths))});
	if (storage_run(c, q))
		return -1;
	const struct result *r = batch_result(q, 0);
	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_arr(&w);
	for (; row < result_rows(r) && !rc; row++)
		rc = write_link(c, &w, result_text(r, row, 0), expires_in, result_bool(r, row, 1));
	if (!rc) {
		jsonw_end(&w);
		storage_reply(c, 200, &b);
	}
	buf_done(&b);
	return rc;
}

/* --- for an upload -------------------------------------------------------------------------------- */

/* The rest of the claims, braces off. */
static struct str upload_claims(struct storage_call *c, const struct storage_right *right)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "owner"), jsonw_str(&w, c->caller.user_id);
	jsonw_key(&w, "workspace_id"), jsonw_str(&w, right->workspace_id);
	jsonw_key(&w, "upsert"), jsonw_bool(&w, right->mode == STORAGE_UPSERT);
	jsonw_end(&w);
	struct str text = str_copy(c->arena, str_sub(buf_view(&b), 1, b.len - 1));
	buf_done(&b);
	return text;
}

int storage_sign_upload(struct storage_call *c)
{
	struct storage_right right = {.caller = &c->caller,
		.bucket = c->bucket,
		.name = c->name,
		.mode = storage_header_is_true(c, "x-upsert") ? STORAGE_UPSERT : STORAGE_INSERT};
	struct str token;
	struct buf b;
	struct jsonw w;

	if (storage_right_check(c, &right) ||
		storage_token_sign(c, "upload", c->bucket, c->name, UPLOAD_LINK_S,
			upload_claims(c, &right), &token))
		return -1;
	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "url");
	jsonw_str(&w, link_of(c->arena, "/object/upload/sign/", c->bucket, c->name, token));
	jsonw_key(&w, "token"), jsonw_str(&w, token);
	jsonw_end(&w);
	storage_reply(c, 200, &b);
	buf_done(&b);
	return 0;
}
