/* GitHub: no OpenID, so its API says who has signed in, and which addresses are theirs. */
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "mod/auth/more.h"
#include "mod/auth/oauth.h"

/* Without U+0000, which jsonb cannot hold. */
static void copy_member(struct auth_call *c, struct jsonw *w, const struct json *user,
	const char *from, const char *to)
{
	struct str text;

	if (json_to_str(json_get(user, from), &text))
		jsonw_key(w, to), jsonw_str(w, str_without_nul(c->arena, text));
}

static void write_data(struct auth_call *c, const struct auth_provider *p, const struct json *user,
	struct auth_person *person)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "iss"), jsonw_str(&w, p->api_url);
	jsonw_key(&w, "sub"), jsonw_str(&w, person->subject);
	jsonw_key(&w, "provider_id"), jsonw_str(&w, person->subject);
	if (person->email.p)
		jsonw_key(&w, "email"), jsonw_str(&w, person->email);
	jsonw_key(&w, "email_verified"), jsonw_bool(&w, person->email_verified);
	jsonw_key(&w, "phone_verified"), jsonw_bool(&w, false);
	copy_member(c, &w, user, "name", "name");
	copy_member(c, &w, user, "name", "full_name");
	copy_member(c, &w, user, "login", "user_name");
	copy_member(c, &w, user, "login", "preferred_username");
	copy_member(c, &w, user, "avatar_url", "avatar_url");
	jsonw_obj_end(&w);
	person->data = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
}

/* The primary one, if it is verified. */
static void choose_email(const struct json *emails, struct auth_person *person)
{
	for (struct json_iter it = json_each(emails); json_next(&it);) {
		bool primary = false;
		json_to_bool(json_get(it.value, "primary"), &primary);
		if (!primary)
			continue;
		json_to_str(json_get(it.value, "email"), &person->email);
		json_to_bool(json_get(it.value, "verified"), &person->email_verified);
	}
}

int auth_github_person(struct auth_call *c, const struct auth_provider *p, struct str access,
	struct auth_person *ret_person)
{
	struct auth_person person = {0};
	const struct json *user, *emails;
	int64_t id;

	if (auth_oauth_get(c, p, STR_JOIN(c->arena, p->api_url, STR("/user")), access, &user))
		return -1;
	if (!json_to_i64(json_get(user, "id"), &id))
		return auth_fault(c, 502, "unexpected_failure",
			"The provider " STR_FMT " does not say who has signed in",
			STR_ARG(p->name));
	if (auth_oauth_get(c, p, STR_JOIN(c->arena, p->api_url, STR("/user/emails")), access,
		    &emails))
		return -1;
	char digits[STR_DECIMAL_SIZE];
	person.subject = str_copy(c->arena, str_decimal(digits, id));
	choose_email(emails, &person);
	write_data(c, p, user, &person);
	*ret_person = person;
	return 0;
}
