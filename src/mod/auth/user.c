#include "mod/auth/user.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/call.h"

#define TIME(of) "to_char(" of " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/* In the order of enum column. */
#define COLUMNS                                                                                                                                                                                                                                                                                                                                                     \
	"select u.id, u.aud, u.role, u.email, u.phone, u.encrypted_password, u.email_change, " TIME("u.email_confirmed_at") ", " TIME("u.phone_confirmed_at") ", " TIME("u.confirmed_at") ", " TIME("u.invited_at") ", " TIME("u.last_sign_in_at") ", " TIME("u.created_at") ", " TIME("u.updated_at") ", " TIME("u.confirmation_sent_at") ", " TIME(               \
		"u.recovery_sent_at") ", " TIME("u.email_change_sent_at") ", " TIME("u.reauthentication_sent_at") ", " TIME("u.banned_until") ", " TIME("u.deleted_at") ", coalesce(u.raw_app_meta_data, '{}'), coalesce(u.raw_user_meta_data, '{}'), "                                                                                                             \
																					"coalesce((select json_agg(json_build_object('identity_id', i.id, 'id', i.provider_id, 'user_id', i.user_id, 'identity_data', "                                                             \
																					"i.identity_data, 'provider', i.provider, 'last_sign_in_at', " TIME("i.last_sign_in_at") ", 'created_at', " TIME(                                                                           \
																						"i.created_at") ", 'updated_at', " TIME("i.updated_at") ", 'email', i.email) order by i.created_at, i.id) "                                                                         \
																													"from auth.identities i where i.user_id = u.id), '[]'), "                                                                   \
																													"(select json_agg(json_build_object('id', f.id, 'friendly_name', f.friendly_name, 'factor_type', f.factor_type, 'status', " \
																													"f.status, 'created_at', " TIME("f.created_at") ", 'updated_at', " TIME(                                                    \
																														"f.updated_at") ") order by f.created_at, f.id) "                                                                   \
																																"from auth.mfa_factors f where f.user_id = u.id), "                                                 \
																																"u.is_anonymous, coalesce(u.banned_until > now(), false), u.is_sso_user, "                          \
																																"exists (select from auth.mfa_factors f where f.user_id = u.id and f.status = 'verified') from auth.users u "

enum column {
	ID,
	AUD,
	ROLE,
	EMAIL,
	PHONE,
	PASSWORD,
	EMAIL_CHANGE,
	EMAIL_CONFIRMED_AT,
	PHONE_CONFIRMED_AT,
	CONFIRMED_AT,
	INVITED_AT,
	LAST_SIGN_IN_AT,
	CREATED_AT,
	UPDATED_AT,
	CONFIRMATION_SENT_AT,
	RECOVERY_SENT_AT,
	EMAIL_CHANGE_SENT_AT,
	REAUTHENTICATION_SENT_AT,
	BANNED_UNTIL,
	DELETED_AT,
	APP_METADATA,
	USER_METADATA,
	IDENTITIES,
	FACTORS,
	IS_ANONYMOUS,
	IS_BANNED,
	IS_SSO_USER,
	HAS_VERIFIED_FACTOR,
	COLUMN_COUNT
};

static const struct stmt by_id = {"auth_user_by_id",
	COLUMNS "where u.id = $1 and u.deleted_at is null"};
static const struct stmt by_email = {"auth_user_by_email",
	COLUMNS "where lower(u.email) = lower($1) and u.deleted_at is null"};

static struct auth_user *from_row(struct arena *a, const struct result *r, int row)
{
	struct auth_user *u = ARENA_NEW(a, struct auth_user);
	struct str t[COLUMN_COUNT];

	for (int i = 0; i < COLUMN_COUNT; i++)
		t[i] = result_text(r, row, i);

	*u = (struct auth_user){
		.id = t[ID],
		.aud = t[AUD].len ? t[AUD] : STR("authenticated"),
		.role = t[ROLE].len ? t[ROLE] : STR("authenticated"),
		.email = t[EMAIL],
		.phone = t[PHONE],
		.password = t[PASSWORD],
		.email_change = t[EMAIL_CHANGE],
		.email_confirmed_at = t[EMAIL_CONFIRMED_AT],
		.phone_confirmed_at = t[PHONE_CONFIRMED_AT],
		.confirmed_at = t[CONFIRMED_AT],
		.invited_at = t[INVITED_AT],
		.last_sign_in_at = t[LAST_SIGN_IN_AT],
		.created_at = t[CREATED_AT],
		.updated_at = t[UPDATED_AT],
		.confirmation_sent_at = t[CONFIRMATION_SENT_AT],
		.recovery_sent_at = t[RECOVERY_SENT_AT],
		.email_change_sent_at = t[EMAIL_CHANGE_SENT_AT],
		.reauthentication_sent_at = t[REAUTHENTICATION_SENT_AT],
		.banned_until = t[BANNED_UNTIL],
		.deleted_at = t[DELETED_AT],
		.app_metadata = t[APP_METADATA],
		.user_metadata = t[USER_METADATA],
		.identities = t[IDENTITIES],
		.factors = t[FACTORS],
		.is_anonymous = result_bool(r, row, IS_ANONYMOUS),
		.is_banned = result_bool(r, row, IS_BANNED),
		.is_sso_user = result_bool(r, row, IS_SSO_USER),
		.has_verified_factor = result_bool(r, row, HAS_VERIFIED_FACTOR),
	};
	return u;
}

static int find(struct auth_call *c, const struct stmt *by, struct str key,
	struct auth_user **ret_user)
{
	struct batch *b = auth_call_batch(c);

	batch_read_only(b);
	batch_add_prepared(b, by, 1, (struct db_param[]){db_str(key)});
	if (auth_call_run(c, b))
		return -1;
	struct result *r = batch_result(b, 0);
	*ret_user = result_rows(r) ? from_row(c->arena, r, 0) : NULL;
	return 0;
}

int auth_user_by_id(struct auth_call *c, struct str id, struct auth_user **ret_user)
{
	return find(c, &by_id, id, ret_user);
}

int auth_user_by_email(struct auth_call *c, struct str email, struct auth_user **ret_user)
{
	return find(c, &by_email, email, ret_user);
}

int auth_user_page(struct auth_call *c, int64_t limit, int64_t offset,
	struct auth_user_list *ret_page)
{
	static const struct stmt page = {"auth_user_page",
		COLUMNS
		"where u.deleted_at is null order by u.created_at desc, u.id limit $1 offset $2"};
	struct batch *b = auth_call_batch(c);

	batch_read_only(b);
	batch_add(b, "select count(*) from auth.users u where u.deleted_at is null", 0, NULL);
	batch_add_prepared(b, &page, 2,
		(struct db_param[]){db_i64(c->arena, limit), db_i64(c->arena, offset)});
	if (auth_call_run(c, b))
		return -1;
	struct result *r = batch_result(b, 1);
	ret_page->total = result_i64(batch_result(b, 0), 0, 0);
	ret_page->n = result_rows(r);
	ret_page->users =
		arena_array(c->arena, (size_t)ret_page->n + 1, sizeof(struct auth_user *));
	for (int i = 0; i < ret_page->n; i++)
		ret_page->users[i] = from_row(c->arena, r, i);
	return 0;
}

static void some(struct jsonw *w, const char *key, struct str value)
{
	if (value.len)
		jsonw_key(w, key), jsonw_str(w, value);
}

static void write_times(struct jsonw *w, const struct auth_user *u)
{
	some(w, "email_confirmed_at", u->email_confirmed_at);
	some(w, "invited_at", u->invited_at);
	some(w, "phone_confirmed_at", u->phone_confirmed_at);
	some(w, "confirmation_sent_at", u->confirmation_sent_at);
	some(w, "confirmed_at", u->confirmed_at);
	some(w, "recovery_sent_at", u->recovery_sent_at);
	some(w, "new_email", u->email_change);
	some(w, "email_change_sent_at", u->email_change_sent_at);
	some(w, "reauthentication_sent_at", u->reauthentication_sent_at);
	some(w, "last_sign_in_at", u->last_sign_in_at);
	some(w, "banned_until", u->banned_until);
	some(w, "deleted_at", u->deleted_at);
}

void auth_user_write(struct jsonw *w, const struct auth_user *u)
{
	jsonw_obj(w);
	jsonw_key(w, "id"), jsonw_str(w, u->id);
	jsonw_key(w, "aud"), jsonw_str(w, u->aud);
	jsonw_key(w, "role"), jsonw_str(w, u->role);
	jsonw_key(w, "email"), jsonw_str(w, u->email.p ? u->email : STR(""));
	jsonw_key(w, "phone"), jsonw_str(w, u->phone.p ? u->phone : STR(""));
	write_times(w, u);
	jsonw_key(w, "app_metadata"), jsonw_raw(w, u->app_metadata);
	jsonw_key(w, "user_metadata"), jsonw_raw(w, u->user_metadata);
	jsonw_key(w, "identities"), jsonw_raw(w, u->identities);
	if (u->factors.p)
		jsonw_key(w, "factors"), jsonw_raw(w, u->factors);
	jsonw_key(w, "created_at"), jsonw_str(w, u->created_at);
	jsonw_key(w, "updated_at"), jsonw_str(w, u->updated_at);
	jsonw_key(w, "is_anonymous"), jsonw_bool(w, u->is_anonymous);
	jsonw_end(w);
}

int auth_user_reply(struct auth_call *c, struct str id)
{
	struct auth_user *u;
	struct buf b;

	if (auth_user_by_id(c, id, &u))
		return -1;
	if (!u)
		return auth_fault(c, 404, "user_not_found", "User not found");
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	auth_user_write(&w, u);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}
