/* Where a browser goes after a sign-in: with tokens in the fragment, or with a code (PKCE, RFC 7636). */
#include "app/module.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/secret.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "http/url.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/session.h"
#include "mod/auth/session_flow.h"
#include "mod/auth/user.h"

#define CHALLENGE_MAX 128 /* RFC 7636: 43 to 128 */

int auth_session_challenge(struct auth_call *c, struct str *ret_challenge, struct str *ret_method)
{
	struct str challenge, method;

	if (auth_body_str(c, "code_challenge", &challenge) ||
		auth_body_str(c, "code_challenge_method", &method))
		return -1;
	*ret_challenge = *ret_method = STR_NULL;
	return session_flow_check(c, challenge, method, ret_challenge, ret_method);
}

int session_flow_check(struct auth_call *c, struct str challenge, struct str method,
	struct str *ret_challenge, struct str *ret_method)
{
	if (!challenge.len && !method.len)
		return 0;
	bool is_s256 = str_eq_nocase(method, STR("s256"));
	if (!challenge.len || !method.len)
		return auth_fault(c, 400, "validation_failed",
			"PKCE flow requires code_challenge_method and code_challenge");
	if (!is_s256 && !str_eq_nocase(method, STR("plain")))
		return auth_fault(c, 400, "validation_failed",
			"code_challenge_method must be s256 or plain");
	if (challenge.len < 43 || challenge.len > CHALLENGE_MAX)
		return auth_fault(c, 400, "validation_failed",
			"code challenge has to be between 43 and 128 characters");
	*ret_challenge = challenge;
	*ret_method = is_s256 ? STR("s256") : STR("plain");
	return 0;
}

struct secret_place session_flow_place(struct str id)
{
	return (struct secret_place){STR("auth.flow_codes"), id, STR("provider_tokens")};
}

int auth_session_code_with(struct auth_call *c, const struct auth_user *u, const char *method,
	struct str code_challenge, struct str code_challenge_method, struct str extra,
	struct str *ret_code)
{
	struct str id = str_of(uuid_format(arena_alloc(c->arena, UUID_SIZE), uuid_new()));
	struct str code = str_of(uuid_format(arena_alloc(c->arena, UUID_SIZE), uuid_new()));
	struct str sealed = extra.p
		? secret_seal(c->arena, service_keyring(c->service), session_flow_place(id), extra)
		: STR_NULL;
	struct batch *b = auth_call_batch(c);
	struct db_param params[] = {db_str(id), db_str(u->id),
		db_bytes(auth_sha256(c->arena, code)), db_str(code_challenge),
		db_str(code_challenge_method), db_text(method), db_str(sealed)};

	batch_add(b,
		"insert into auth.flow_codes (id, user_id, code_hash, code_challenge, code_challenge_method, method, provider_tokens) "
		"values ($1, $2, $3, $4, $5, $6, $7)",
		7, params);
	if (auth_call_run(c, b))
		return -1;
	*ret_code = code;
	return 0;
}

int auth_session_code(struct auth_call *c, const struct auth_user *u, const char *method,
	struct str code_challenge, struct str code_challenge_method, struct str *ret_code)
{
	return auth_session_code_with(c, u, method, code_challenge, code_challenge_method, STR_NULL,
		ret_code);
}

static int redirect_to_code(struct auth_call *c, const struct auth_user *u, const char *method,
	struct str redirect_to, struct str challenge, struct str challenge_method)
{
	struct str code;
	struct buf b;

	if (auth_session_code(c, u, method, challenge, challenge_method, &code))
		return -1;
	ptrdiff_t hash = str_find_char(redirect_to, '#');
	buf_init(&b, 0);
	buf_str(&b, hash < 0 ? redirect_to : str_sub(redirect_to, 0, (size_t)hash));
	http_url_add_query(&b, STR("code"), code);
	if (hash >= 0)
		buf_str(&b, str_sub(redirect_to, (size_t)hash, redirect_to.len));
	int answer = auth_reply_redirect(c, str_copy(c->arena, buf_view(&b)));
	buf_done(&b);
	return answer;
}

int auth_session_redirect(struct auth_call *c, const struct auth_user *u, const char *method,
	struct str redirect_to, struct str code_challenge, struct str code_challenge_method)
{
	struct auth_tokens t;

	if (code_challenge.len)
		return redirect_to_code(c, u, method, redirect_to, code_challenge,
			code_challenge_method);
	if (auth_session_open(c, u, method, &t))
		return -1;
	ptrdiff_t hash = str_find_char(redirect_to, '#');
	if (hash >= 0)
		redirect_to.len = (size_t)hash;
	const char *type = str_eq(str_of(method), STR("email/signup")) ? "signup" : method;
	return auth_reply_redirect(c,
		str_printf(c->arena,
			STR_FMT "#access_token=" STR_FMT
				"&expires_at=%lld&expires_in=%lld&refresh_token=" STR_FMT
				"&token_type=bearer&type=%s",
			STR_ARG(redirect_to), STR_ARG(t.access), (long long)t.expires_at_s,
			(long long)t.expires_in_s, STR_ARG(t.refresh), type));
}
