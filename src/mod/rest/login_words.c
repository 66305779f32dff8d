/* Why a token is refused, in the words of PostgREST 16. */
#include "mod/rest/login_local.h"

#include "base/arena.h"
#include "mod/rest/fault.h"

static const struct {
	const char *code, *message, *details;
} words[] = {
	[JWT_EMPTY] = {"PGRST301", "Empty JWT is sent in Authorization header", NULL},
	[JWT_PARTS] = {"PGRST301", NULL, NULL},
	[JWT_BASE64] = {"PGRST301", "JWT cryptographic operation failed", NULL},
	[JWT_HEADER] = {"PGRST301", "JWT cryptographic operation failed", NULL},
	[JWT_ALG] = {"PGRST301", "JWT cryptographic operation failed", NULL},
	[JWT_UNSECURED] = {"PGRST301", "Wrong or unsupported encoding algorithm",
		"JWT is unsecured but expected 'alg' was not 'none'"},
	[JWT_CRIT] = {"PGRST301", "JWT couldn't be decoded",
		"The header names extensions in 'crit', and none is supported"},
	[JWT_KID] = {"PGRST301", "No suitable key or wrong key type",
		"No suitable key was found to decode the JWT"},
	[JWT_KEY] = {"PGRST301", "No suitable key or wrong key type",
		"No suitable key was found to decode the JWT"},
	[JWT_SIGNATURE] = {"PGRST301", "No suitable key or wrong key type",
		"None of the keys was able to decode the JWT"},
	[JWT_CLAIMS] = {"PGRST303", "Parsing claims failed", NULL},
	[JWT_EXP_TYPE] = {"PGRST303", "The JWT 'exp' claim must be a number", NULL},
	[JWT_NBF_TYPE] = {"PGRST303", "The JWT 'nbf' claim must be a number", NULL},
	[JWT_IAT_TYPE] = {"PGRST303", "The JWT 'iat' claim must be a number", NULL},
	[JWT_AUD_TYPE] = {"PGRST303", "The JWT 'aud' claim must be a string or an array of strings",
		NULL},
	[JWT_EXPIRED] = {"PGRST303", "JWT expired", NULL},
	[JWT_EARLY] = {"PGRST303", "JWT not yet valid", NULL},
	[JWT_FUTURE] = {"PGRST303", "JWT issued at future", NULL},
	[JWT_AUDIENCE] = {"PGRST303", "JWT not in audience", NULL},
};

int login_refuse(struct rest_fault *f, enum jwt_reason reason, size_t parts, int64_t off_s)
{
	const char *message = words[reason].message, *details = words[reason].details;

	if (reason == JWT_PARTS)
		message = arena_printf(f->arena, "Expected 3 parts in JWT; got %zu", parts);
	rest_fault(f, 401, words[reason].code, "%s", message);
	if (reason == JWT_EXPIRED || reason == JWT_EARLY || reason == JWT_FUTURE)
		rest_fault_details(f, "Invalid by %lld seconds", (long long)off_s);
	else if (details)
		rest_fault_details(f, "%s", details);
	/* No message has a quote in it. */
	f->authenticate = arena_printf(f->arena,
		"Bearer error=\"invalid_token\", error_description=\"%s\"", f->message);
	return -1;
}

int login_refuse_nobody(struct rest_fault *f)
{
	rest_fault(f, 401, "PGRST302", "Anonymous access is disabled");
	f->authenticate = "Bearer";
	return -1;
}

int login_refuse_role(struct rest_fault *f, struct str role)
{
	return rest_fault(f, 401, "22023", "role \"" STR_FMT "\" does not exist", STR_ARG(role));
}

int login_refuse_all(struct rest_fault *f)
{
	return rest_fault(f, 500, "PGRST300", "Server lacks JWT secret");
}
