/* Logins in the hands of the service key: /admin/users. */
#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/duration.h"
#include "mod/auth/email.h"
#include "mod/auth/more.h"
#include "mod/auth/password.h"
#include "mod/auth/strength.h"
#include "mod/auth/user.h"

#define PHONE_MAX 20

int auth_admin_email(struct auth_call *c, struct str *email)
{
	struct str text = str_lower(c->arena, str_trim(*email));

	if (!email_is_valid(text))
		return auth_fault(c, 400, "validation_failed",
			"Unable to validate email address: invalid format");
	*email = text;
	return 0;
}

static int put_str(struct auth_call *c, struct jsonw *w, const char *name)
{
	struct str text;

	if (auth_body_str(c, name, &text))
		return -1;
	if (text.p)
		jsonw_key(w, name), jsonw_str(w, text);
	return 0;
}

static int put_email(struct auth_call *c, struct jsonw *w)
{
	struct str email;

	if (auth_body_str(c, "email", &email) || (email.len && auth_admin_email(c, &email)))
		return -1;
	if (email.len)
		jsonw_key(w, "email"), jsonw_str(w, email);
	return 0;
}

static int put_phone(struct auth_call *c, struct jsonw *w)
{
	struct str phone;

	if (auth_body_str(c, "phone", &phone))
		return -1;
	if (!phone.len)
		return 0;
	if (phone.p[0] == '+')
		phone = str_sub(phone, 1, phone.len);
	for (size_t i = 0; i < phone.len; i++)
		if (phone.p[i] < '0' || phone.p[i] > '9' || i > PHONE_MAX)
			return auth_fault(c, 400, "validation_failed",
				"Invalid phone number format (E.164 required)");
	jsonw_key(w, "phone"), jsonw_str(w, phone);
	return 0;
}

int auth_admin_password(struct auth_call *c, struct str *ret_hash)
{
	struct str password;

	if (auth_body_str(c, "password", &password))
		return -1;
	*ret_hash = STR_NULL;
	if (!password.len)
		return 0;
	if (strength_check(c, password))
		return -1;
	*ret_hash = password_hash(c->arena, password);
	return 0;
}

/* A password, or its bcrypt hash from elsewhere. */
static int put_password(struct auth_call *c, struct jsonw *w)
{
	struct str hash, given;

	if (auth_admin_password(c, &hash) || auth_body_str(c, "password_hash", &given))
		return -1;
	if (given.len && !(given.len == 60 && str_starts(given, STR("$2"))))
		return auth_fault(c, 400, "validation_failed", "password_hash must be of bcrypt");
	if (hash.p && given.len)
		return auth_fault(c, 400, "validation_failed",
			"Only a password or a password hash should be provided");
	if (hash.p || given.len)
		jsonw_key(w, "password"), jsonw_str(w, hash.p ? hash : given);
	return 0;
}

static int put_bool(struct auth_call *c, struct jsonw *w, const char *name)
{
	bool value = false;

	if (auth_body_bool(c, name, &value))
		return -1;
	if (json_type(json_get(c->body, name)) == JSON_BOOL)
		jsonw_key(w, name), jsonw_bool(w, value);
	return 0;
}

static int put_object(struct auth_call *c, struct jsonw *w, const char *name)
{
	const struct json *value;
	struct buf b;

	if (auth_body_object(c, name, &value))
		return -1;
	if (!value)
		return 0;
	buf_init(&b, 0);
	json_text_pg(&b, value);
	jsonw_key(w, name), jsonw_raw(w, str_copy(c->arena, buf_view(&b)));
	buf_done(&b);
	return 0;
}

static int put_ban(struct auth_call *c, struct jsonw *w)
{
	struct str text;
	int64_t s;

	if (auth_body_str(c, "ban_duration", &text))
		return -1;
	if (!text.len)
		return 0;
	jsonw_key(w, "ban_s");
	if (str_eq(text, STR("none"))) {
		jsonw_null(w);
		return 0;
	}
	if (!duration_parse(text, &s))
		return auth_fault(c, 400, "validation_failed",
			"invalid format for ban duration: a span as \"24h\" or \"1h30m\", or \"none\"");
	jsonw_i64(w, s);
	return 0;
}

static int put_role(struct auth_call *c, struct jsonw *w)
{
	struct str role;

	if (auth_body_str(c, "role", &role))
		return -1;
	if (!role.len)
		return 0;
	if (!str_eq(role, STR("authenticated")) && !str_eq(role, STR("anon")) &&
		!str_eq(role, STR("service_role")))
		return auth_fault(c, 400, "validation_failed",
			"role must be authenticated, anon or service_role");
	jsonw_key(w, "role"), jsonw_str(w, role);
	return 0;
}

static int put_attributes(struct auth_call *c, struct jsonw *w)
{
	return put_email(c, w) || put_phone(c, w) || put_password(c, w) ||
			put_bool(c, w, "email_confirm") || put_bool(c, w, "phone_confirm") ||
			put_object(c, w, "user_metadata") || put_object(c, w, "app_metadata") ||
			put_role(c, w) || put_ban(c, w)
		? -1
		: 0;
}

/* What auth.admin_make_login() and auth.admin_change_login() take. */
static int read_attributes(struct auth_call *c, bool is_new, struct str *ret_json)
{
	struct str id = STR_NULL;
	struct buf b;

	if (is_new && auth_body_str(c, "id", &id))
		return -1;
	if (id.p && !uuid_is_valid(id))
		return auth_fault(c, 400, "validation_failed",
			"ID must conform to the uuid v4 format");
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	int code = (is_new && put_str(c, &w, "id")) || put_attributes(c, &w);
	if (!code) {
		jsonw_obj_end(&w);
		*ret_json = str_copy(c->arena, buf_view(&b));
	}
	buf_done(&b);
	return code ? -1 : 0;
}

int auth_admin_create(struct auth_call *c)
{
	struct batch *b = auth_call_batch(c);
	struct str email, phone, attributes;

	if (auth_body_str(c, "email", &email) || auth_body_str(c, "phone", &phone))
		return -1;
	if (!email.len && !phone.len)
		return auth_fault(c, 400, "validation_failed",
			"Cannot create a user without either an email or phone");
	if (read_attributes(c, true, &attributes))
		return -1;
	batch_add(b, "select auth.admin_make_login($1)", 1,
		(struct db_param[]){db_str(attributes)});
	if (auth_call_run(c, b))
		return -1;
	return auth_user_reply(c, result_text(batch_result(b, 0), 0, 0));
}

int auth_admin_get(struct auth_call *c)
{
	struct auth_user *u;
	struct str id;

	if (auth_more_id(c, 0, "user_not_found", &id) || auth_user_by_id(c, id, &u))
		return -1;
	if (!u)
		return auth_fault(c, 404, "user_not_found", "User not found");
	return auth_user_reply(c, id);
}

int auth_admin_change(struct auth_call *c)
{
	struct batch *b = auth_call_batch(c);
	struct str id, attributes;

	if (auth_more_id(c, 0, "user_not_found", &id) || read_attributes(c, false, &attributes))
		return -1;
	batch_add(b, "select auth.admin_change_login($1, $2)", 2,
		(struct db_param[]){db_str(id), db_str(attributes)});
	if (auth_call_run(c, b))
		return -1;
	return auth_user_reply(c, id);
}

int auth_admin_delete(struct auth_call *c)
{
	struct batch *b = auth_call_batch(c);
	bool softly = false;
	struct str id;

	if (auth_more_id(c, 0, "user_not_found", &id) ||
		auth_body_bool(c, "should_soft_delete", &softly))
		return -1;
	batch_add(b, "select auth.admin_delete_login($1, $2)", 2,
		(struct db_param[]){db_str(id), db_bool(softly)});
	return auth_call_run(c, b) ? -1 : auth_reply_empty(c);
}
