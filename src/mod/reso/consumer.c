#include "mod/reso/consumer.h"

#include <string.h>

#include "app/bearer.h"
#include "app/module.h"
#include "app/service.h"
#include "app/token_keys.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jwt.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/reso/call.h"
#include "mod/reso/usage.h"

#define PREFIX "plat_reso_"
#define PART 43 /* 32 bytes in base64url */

static const struct {
	const char *name;
	unsigned scope;
} names[] = {{"idx", RESO_IDX}, {"vow", RESO_VOW}, {"full", RESO_FULL}, {"media", RESO_MEDIA},
	{"member", RESO_MEMBER}, {"office", RESO_OFFICE}};

/* --- the row -------------------------------------------------------------------------------------- */

enum column {
	SCOPES,
	TOKEN_HASH,
	SECRET_HASH,
	GENERATION,
	IS_OPEN,
	PER_MINUTE,
	PER_HOUR,
	MINUTE_AT,
	MINUTE_USED,
	HOUR_AT,
	HOUR_USED,
};

static const struct stmt find = {"reso_consumer",
	"select array_to_string(c.scopes, ' '), c.token_hash, c.client_secret_hash, c.generation,"
	" c.revoked_at is null and w.status <> 'archived', c.per_minute, c.per_hour,"
	" coalesce(extract(epoch from u.minute_at)::bigint / 60, 0), coalesce(u.minute_used, 0),"
	" coalesce(extract(epoch from u.hour_at)::bigint / 3600, 0), coalesce(u.hour_used, 0)"
	" from mls.reso_consumers c join mls.workspaces w on w.id = c.workspace_id"
	" left join mls.reso_usage u on u.workspace_id = c.workspace_id and u.reso_consumer_id = c.id"
	" where c.workspace_id = $1 and c.id = $2"};

static unsigned scopes_of(struct str text)
{
	unsigned scopes = 0;

	while (text.p) {
		struct str name = str_cut(&text, ' ');
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (str_eq(name, str_of(names[i].name)))
				scopes |= names[i].scope;
	}
	return scopes;
}

static void read_row(struct reso_consumer *who, const struct result *r)
{
	who->scopes = scopes_of(result_text(r, 0, SCOPES));
	who->is_full = (who->scopes & RESO_FULL) != 0;
	who->generation = result_i64(r, 0, GENERATION);
	who->per_minute = result_i64(r, 0, PER_MINUTE);
	who->per_hour = result_i64(r, 0, PER_HOUR);
	who->minute_at = result_i64(r, 0, MINUTE_AT);
	who->minute_used = result_i64(r, 0, MINUTE_USED);
	who->hour_at = result_i64(r, 0, HOUR_AT);
	who->hour_used = result_i64(r, 0, HOUR_USED);
}

/* client_id: the row's key. *ret_row NULL: there is none, or it is revoked. */
static int find_row(struct reso_call *c, struct str client_id, const struct result **ret_row)
{
	char text[UUID_SIZE];
	struct uuid ids[2];
	struct str bytes;

	*ret_row = NULL;
	if (client_id.len != PART || !enc_base64url_decode(c->arena, client_id, &bytes) ||
		bytes.len != sizeof ids)
		return 0;
	memcpy(ids, bytes.p, sizeof ids);
	c->who.workspace_id = str_copy(c->arena, str_of(uuid_format(text, ids[0])));
	c->who.id = str_copy(c->arena, str_of(uuid_format(text, ids[1])));
	struct batch *b = reso_batch(c);
	batch_read_only(b);
	batch_add_prepared(b, &find, 2,
		(struct db_param[]){db_str(c->who.workspace_id), db_str(c->who.id)});
	if (reso_run(c, b))
		return -1;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r) || !result_bool(r, 0, IS_OPEN))
		return 0;
	read_row(&c->who, r);
	*ret_row = r;
	return 0;
}

/* The same work whether there is such a row or not. */
static bool has_secret(struct reso_call *c, const struct result *row, enum column hash,
	struct str secret)
{
	unsigned char seen[CRYPTO_SHA256_LEN];
	struct str kept = row ? result_bytes(row, 0, (int)hash, c->arena) : STR("");

	crypto_sha256(secret, seen);
	return crypto_eq(kept.len ? kept : STR("0123456789abcdef0123456789abcdef"),
		       str_from(seen, sizeof seen)) &&
		row;
}

/* --- tokens --------------------------------------------------------------------------------------- */

static int refuse(struct reso_call *c, const char *words)
{
	http_reply_header(c->http, "WWW-Authenticate",
		words ? str_printf(c->arena,
				"Bearer realm=\"reso\", error=\"invalid_token\", error_description=\"%s\"",
				words)
		      : STR("Bearer realm=\"reso\""));
	return reso_fault(c, 401, "%s",
		words ? words : "a token is needed: Authorization: Bearer plat_reso_...");
}

static int by_opaque(struct reso_call *c, struct str token)
{
	const struct result *row;

	if (token.len != 2 * PART)
		return refuse(c, "the token is not one of ours");
	if (find_row(c, str_sub(token, 0, PART), &row))
		return -1;
	if (!has_secret(c, row, TOKEN_HASH, str_sub(token, PART, token.len)))
		return refuse(c, "the token is unknown or revoked");
	return 0;
}

static enum jwt_reason check_jwt(struct reso_call *c, struct str token, struct jwt *ret_jwt)
{
	struct str audience;
	int64_t off;
	enum jwt_reason reason = jwt_verify(c->arena,
		token_keys_set(service_token_keys(c->site->service)), token, ret_jwt);

	if (reason != JWT_OK)
		return reason;
	/* A token for nobody in particular counts for everybody elsewhere, but not here. */
	if (!json_to_str(json_get(ret_jwt->claims, "aud"), &audience) ||
		!str_eq(audience, STR(RESO_AUDIENCE)))
		return JWT_AUDIENCE;
	struct jwt_terms terms = jwt_terms(ret_jwt->claims, STR(RESO_AUDIENCE));
	return jwt_terms_check(&terms, c->now_us / US_PER_SECOND, &off);
}

static int by_access_token(struct reso_call *c, struct str token)
{
	const struct result *row;
	struct str client_id;
	struct jwt jwt;
	int64_t generation;
	enum jwt_reason reason = check_jwt(c, token, &jwt);

	if (reason != JWT_OK)
		return refuse(c, bearer_words(reason));
	if (!json_to_str(json_get(jwt.claims, "sub"), &client_id) ||
		!json_to_i64(json_get(jwt.claims, "gen"), &generation))
		return refuse(c, "the token is not one of ours");
	if (find_row(c, client_id, &row))
		return -1;
	if (!row || generation != c->who.generation)
		return refuse(c, "the token is unknown or revoked");
	return 0;
}

int reso_consumer_login(struct reso_call *c)
{
	struct str text = http_header(c->http, "Authorization"), scheme = str_cut(&text, ' ');
	struct str token = str_trim(text);

	if (!str_eq_nocase(scheme, STR("Bearer")) || !token.len)
		return refuse(c, NULL);
	if (str_starts(token, STR(PREFIX))
			? by_opaque(c, str_sub(token, sizeof PREFIX - 1, token.len))
			: by_access_token(c, token))
		return -1;
	return reso_usage_take(c);
}

int reso_consumer_client(struct reso_call *c, struct str client_id, struct str secret,
	bool *ret_is_right)
{
	const struct result *row;

	if (find_row(c, client_id, &row))
		return -1;
	*ret_is_right = has_secret(c, row, SECRET_HASH, secret);
	return *ret_is_right ? reso_usage_take(c) : 0;
}

/* --- scopes --------------------------------------------------------------------------------------- */

int reso_consumer_require(struct reso_call *c, unsigned scopes, const char *what)
{
	if (c->who.scopes & scopes)
		return 0;
	http_reply_header(c->http, "WWW-Authenticate",
		STR("Bearer realm=\"reso\", error=\"insufficient_scope\""));
	return reso_fault(c, 403, "this token is not for %s: its scopes are " STR_FMT, what,
		STR_ARG(reso_consumer_scopes(c)));
}

struct str reso_consumer_scopes(const struct reso_call *c)
{
	struct str text = STR("");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (c->who.scopes & names[i].scope)
			text = STR_JOIN(c->arena, text, text.len ? STR(" ") : STR(""),
				str_of(names[i].name));
	return text;
}
