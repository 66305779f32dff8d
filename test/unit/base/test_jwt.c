#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jwt.h"

#include "jwt_vectors.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

#define SECRET "reallyreallyreallyreallyverysafe"

static struct arena *a;
static const struct jwk_set *secret_set;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	secret_set = jwk_set_of_secret(a, STR(SECRET), NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const struct jwk_set *parse(const char *text)
{
	struct err e = {.arena = a};
	const struct jwk_set *set = jwk_set_parse(a, str_of(text), &e);

	if (!set)
		fail_msg("%s: %s", text, e.msg);
	return set;
}

/* A token with a true signature of SECRET, whatever its header says. */
static struct str made(const char *header, const char *payload)
{
	struct str text = str_printf(a, "%s.%s", enc_base64url(a, str_of(header)).p,
		enc_base64url(a, str_of(payload)).p);
	struct str mac = jwk_sign(a, secret_set->keys[0], JWK_HS256, text);

	return str_printf(a, STR_FMT ".%s", STR_ARG(text), enc_base64url(a, mac).p);
}

static enum jwt_reason reason_of(const struct jwk_set *keys, struct str token)
{
	struct jwt jwt;

	return jwt_verify(a, keys, token, &jwt);
}

/* What RFC 7515 (A.1 to A.4), RFC 8037 (A.4) and RFC 7520 (4.2, 4.4) show. Some payloads are no claims, so the signature
 * is right when a key was found. */
#define RSA_7515                                                                                         \
	"\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-"  \
	"4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL" \
	"-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG" \
	"4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":" \
	"\"AQAB\""
#define RSA_7515_D                                                                                        \
	"\"d\":\"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwV"  \
	"ol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_" \
	"V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3c" \
	"cPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ\""
#define CLAIMS_7515 \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define TOKEN_7515_A2                                                                                     \
	"eyJhbGciOiJSUzI1NiJ9." CLAIMS_7515                                                               \
	".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5j"  \
	"ujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07" \
	"Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUT" \
	"I8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define ED_8037                                                                                             \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"d\":" \
	"\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}"
#define TOKEN_8037                                                                                       \
	"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3" \
	"AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

static const struct {
	const char *key, *token;
	enum jwk_alg alg;
	bool claims;
} known[] = {
	{"{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgU"
	 "uTwjAzZr1Z9CAow\"}",
		"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." CLAIMS_7515
		".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		JWK_HS256, true},
	{"{" RSA_7515 "}", TOKEN_7515_A2, JWK_RS256, true},
	{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
	 "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
		"eyJhbGciOiJFUzI1NiJ9." CLAIMS_7515
		".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
		JWK_ES256, true},
	{"{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG"
	 "_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk\",\"y\":\"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhj"
	 "Dly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2\"}",
		"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-m"
		"ZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrm"
		"xYbSW9ERBXukOXolLzeO_Jn",
		JWK_ES512, false},
	{ED_8037, TOKEN_8037, JWK_EDDSA, false},
	{"{\"kty\":\"oct\",\"kid\":\"018c0ae5-4d9b-471b-bfd6-eef314bc7037\",\"use\":\"sig\",\"alg\":\"HS256\","
	 "\"k\":\"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg\"}",
		"eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEg"
		"ZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9h"
		"ZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1p"
		"Z2h0IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
		JWK_HS256, false},
	{"{\"kty\":\"RSA\",\"kid\":\"bilbo.baggins@hobbiton.example\",\"use\":\"sig\",\"n\":\"n4EPtAOCc9AlkeQH"
	 "PzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU"
	 "_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFH"
	 "pPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7j"
	 "ig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw\",\"e\":\"AQAB\"}",
		"eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vy"
		"b3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5k"
		"IGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJl"
		"IHN3ZXB0IG9mZiB0by4.cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6V"
		"rklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPE"
		"gVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6ui"
		"P1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
		JWK_PS384, false},
};

static void tokens_of_the_rfcs_are_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(known); i++) {
		struct jwt jwt;
		enum jwt_reason reason =
			jwt_verify(a, parse(known[i].key), str_of(known[i].token), &jwt);
		if (!jwt.key || jwt.alg != known[i].alg)
			fail_msg("case %zu: reason %d", i, reason);
		assert_int_equal(reason, known[i].claims ? JWT_OK : JWT_CLAIMS);
	}
}

static void signing_gives_what_the_rfcs_give(void **state)
{
	const struct jwk *rsa = parse("{" RSA_7515 "," RSA_7515_D "}")->keys[0];
	const struct jwk *ed = parse(ED_8037)->keys[0];
	struct str text = str_of(TOKEN_7515_A2), head = str_sub(text, 0, text.len - 343);

	(void)state;
	assert_string_equal(enc_base64url(a, jwk_sign(a, rsa, JWK_RS256, head)).p,
		text.p + head.len + 1);
	text = str_of(TOKEN_8037), head = str_sub(text, 0, text.len - 87);
	assert_string_equal(enc_base64url(a, jwk_sign(a, ed, JWK_EDDSA, head)).p,
		text.p + head.len + 1);
}

static void tokens_of_another_program_are_taken_in_every_algorithm(void **state)
{
	const struct jwk_set *keys = parse(vector_jwks);

	(void)state;
	assert_int_equal(N(vector_tokens), JWK_ALGS - 1);
	for (size_t i = 0; i < N(vector_tokens); i++) {
		struct jwt jwt;
		struct str sub;
		assert_int_equal(jwt_verify(a, keys, str_of(vector_tokens[i].token), &jwt), JWT_OK);
		assert_string_equal(jwk_alg_name(jwt.alg), vector_tokens[i].alg);
		assert_true(str_eq(jwk_kid(jwt.key), str_of(vector_tokens[i].kid)));
		assert_true(json_to_str(json_get(jwt.claims, "sub"), &sub));
		assert_true(str_eq(sub, STR(VECTOR_SUB)));
	}
}

static void changing_any_part_is_seen(void **state)
{
	const struct jwk_set *keys = parse(vector_jwks);

	(void)state;
	for (size_t i = 0; i < N(vector_tokens); i++) {
		char *token = arena_dup(a, vector_tokens[i].token, strlen(vector_tokens[i].token));
		char *payload = strchr(token, '.') + 1, *signature = strchr(payload, '.') + 1;
		char *places[] = {payload + 12, signature + 4, signature + 30};
		for (size_t k = 0; k < N(places); k++) {
			char was = *places[k];
			*places[k] = was == 'A' ? 'B' : 'A';
			assert_int_equal(reason_of(keys, str_of(token)), JWT_SIGNATURE);
			*places[k] = was;
		}
		assert_int_equal(reason_of(keys, str_of(token)), JWT_OK);
	}
}

static void each_damage_has_its_reason(void **state)
{
	static const struct {
		const char *token;
		enum jwt_reason reason;
		size_t parts;
	} cases[] = {
		{"", JWT_EMPTY, 0},
		{"x", JWT_PARTS, 1},
		{"a.b", JWT_PARTS, 2},
		{"a.b.c.d", JWT_PARTS, 4},
		{"a.b.c.d.e", JWT_PARTS, 5},
		{"..", JWT_HEADER, 3},
		{"a.e30.AA", JWT_BASE64, 3},
		{"e30=.e30.AA", JWT_BASE64, 3},
		{"e3 0.e30.AA", JWT_BASE64, 3},
		{"W10.e30.AA", JWT_HEADER, 3},                  /* [] */
		{"e30.e30.AA", JWT_ALG, 3},                     /* {} */
		{"eyJhbGciOjF9.e30.AA", JWT_ALG, 3},            /* alg 1 */
		{"eyJhbGciOiJIUzEifQ.e30.AA", JWT_ALG, 3},      /* HS1 */
		{"eyJhbGciOiJoczI1NiJ9.e30.AA", JWT_ALG, 3},    /* hs256 */
		{"eyJhbGciOiJub25lIn0.e30.", JWT_UNSECURED, 3}, /* none */
		{"eyJhbGciOiJub25lIn0.e30.AA", JWT_UNSECURED, 3},
		{"eyJhbGciOiJOb05FIn0.e30.", JWT_UNSECURED, 3}, /* NoNE */
		{"eyJhbGciOiJIUzI1NiJ9.e30.*", JWT_BASE64, 3},
		{"eyJhbGciOiJIUzI1NiJ9.*.AA", JWT_BASE64, 3},
		{"eyJhbGciOiJIUzI1NiJ9.e30.", JWT_SIGNATURE, 3},
		{"eyJhbGciOiJIUzI1NiJ9.e30.AA", JWT_SIGNATURE, 3},
		{"eyJhbGciOiJSUzI1NiJ9.e30.AA", JWT_KEY, 3},
		{"eyJhbGciOiJIUzUxMiJ9.e30.AA", JWT_KEY, 3},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct jwt jwt;
		enum jwt_reason reason = jwt_verify(a, secret_set, str_of(cases[i].token), &jwt);
		if (reason != cases[i].reason)
			fail_msg("%s: %d", cases[i].token, reason);
		assert_int_equal(jwt.parts, cases[i].parts);
	}
}

static void a_true_signature_does_not_save_what_is_wrong_otherwise(void **state)
{
	static const struct {
		const char *header, *payload;
		enum jwt_reason reason;
	} cases[] = {
		{"{\"alg\":\"HS256\"}", "{}", JWT_OK},
		{"{\"alg\":\"HS256\",\"kid\":null}", "{\"a\":1}", JWT_OK},
		{"{\"alg\":\"HS256\",\"typ\":\"whatever\",\"jku\":\"https://example.org\"}", "{}",
			JWT_OK},
		{"{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}", "{}", JWT_CRIT},
		{"{\"alg\":\"HS256\",\"crit\":[]}", "{}", JWT_CRIT},
		{"{\"alg\":\"HS256\",\"kid\":7}", "{}", JWT_HEADER},
		{"{\"alg\":\"HS256\",\"kid\":\"x\"}", "{}", JWT_KID},
		{"{\"alg\":\"none\",\"alg\":\"HS256\"}", "{}",
			JWT_OK}, /* the last one counts, for all readers */
		{"{\"alg\":\"HS256\",\"alg\":\"none\"}", "{}", JWT_UNSECURED},
		{"{\"alg\":\"HS256\"} x", "{}", JWT_HEADER},
		{"{\"alg\":\"HS256\"}", "[]", JWT_CLAIMS},
		{"{\"alg\":\"HS256\"}", "", JWT_CLAIMS},
		{"{\"alg\":\"HS256\"}", "{\"a\":}", JWT_CLAIMS},
		{"{\"alg\":\"HS256\"}", "\"text\"", JWT_CLAIMS},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		if (reason_of(secret_set, made(cases[i].header, cases[i].payload)) !=
			cases[i].reason)
			fail_msg("case %zu", i);
}

/* The oldest trick: what everybody knows of an RSA or EC key, used as a secret. */
static void a_public_key_is_no_secret(void **state)
{
	const struct jwk_set *keys = parse("{\"kid\":\"1\"," RSA_7515 "}");
	struct str token = made("{\"alg\":\"HS256\"}", "{}");
	struct str named = made("{\"alg\":\"HS256\",\"kid\":\"1\"}", "{}");

	(void)state;
	assert_int_equal(reason_of(keys, token), JWT_KEY);
	assert_int_equal(reason_of(keys, named), JWT_KEY);
	assert_int_equal(reason_of(secret_set, str_of(TOKEN_7515_A2)), JWT_KEY);
	assert_null(jwk_set_of_text(a, str_of("{" RSA_7515 ",}"), false, NULL));
}

static void a_kid_takes_its_key_and_no_other(void **state)
{
	const struct jwk *keys[] = {jwk_new(a, JWK_ES256), jwk_new(a, JWK_ES256),
		jwk_new(a, JWK_HS256)};
	const struct jwk_set both = {.keys = keys, .n = 2}, second = {.keys = keys + 1, .n = 1},
			     none = {0};
	struct jwt jwt;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct str token = jwt_sign(a, keys[i], STR("{\"role\":\"x\"}"));
		assert_int_equal(jwt_verify(a, &both, token, &jwt), JWT_OK);
		assert_ptr_equal(jwt.key, keys[i]);
		assert_true(str_eq(jwt.kid, jwk_kid(keys[i])));
	}
	assert_int_equal(reason_of(&second, jwt_sign(a, keys[0], STR("{}"))), JWT_KID);
	assert_int_equal(reason_of(&both, jwt_sign(a, keys[2], STR("{}"))), JWT_KID);
	assert_int_equal(reason_of(&none, jwt_sign(a, keys[0], STR("{}"))), JWT_KID);
	assert_int_equal(reason_of(&none, made("{\"alg\":\"HS256\"}", "{}")), JWT_KEY);
}

static void without_a_kid_each_key_is_tried(void **state)
{
	const char *text =
		"{\"keys\":["
		"{\"kty\":\"oct\",\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"},"
		"{" RSA_7515 "},"
		"{\"kty\":\"oct\",\"kid\":\"named\",\"k\":"
		"\"cmVhbGx5cmVhbGx5cmVhbGx5cmVhbGx5dmVyeXNhZmU\"}]}";
	const struct jwk_set *keys = parse(text);
	struct jwt jwt;

	(void)state;
	assert_int_equal(jwt_verify(a, keys, made("{\"alg\":\"HS256\"}", "{}"), &jwt), JWT_OK);
	assert_ptr_equal(jwt.key, keys->keys[2]);
	assert_int_equal(jwt_verify(a, keys, str_of(TOKEN_7515_A2), &jwt), JWT_OK);
	assert_ptr_equal(jwt.key, keys->keys[1]);
}

static struct jwt_terms terms_of(const char *claims, const char *audience)
{
	const struct json *o = json_parse(a, str_of(claims), NULL);

	assert_non_null(o);
	return jwt_terms(o, str_of(audience));
}

#define NOW 1700000000

static void times_have_half_a_minute_of_grace(void **state)
{
	static const struct {
		const char *claims;
		enum jwt_reason reason;
		int off;
	} cases[] = {
		{"{}", JWT_OK, 0},
		{"{\"exp\":null,\"nbf\":null,\"iat\":null,\"aud\":null}", JWT_OK, 0},
		{"{\"exp\":1700000000}", JWT_OK, 0},
		{"{\"exp\":1699999970}", JWT_OK, 0},
		{"{\"exp\":1699999969}", JWT_EXPIRED, 31},
		{"{\"exp\":1699999969.9}", JWT_EXPIRED, 31},
		{"{\"exp\":1699999970.5}", JWT_OK, 0},
		{"{\"exp\":0}", JWT_EXPIRED, 1700000000},
		{"{\"exp\":1e400}", JWT_OK, 0},
		{"{\"exp\":123456789012345678901234567890}", JWT_OK, 0},
		{"{\"exp\":9223372036854775807}", JWT_OK, 0},
		{"{\"nbf\":1700000030}", JWT_OK, 0},
		{"{\"nbf\":1700000031}", JWT_EARLY, 31},
		{"{\"nbf\":-1e400}", JWT_OK, 0},
		{"{\"nbf\":-9223372036854775808}", JWT_OK, 0},
		{"{\"iat\":1700000030}", JWT_OK, 0},
		{"{\"iat\":1700000031}", JWT_FUTURE, 31},
		{"{\"exp\":\"1700000000\"}", JWT_EXP_TYPE, 0},
		{"{\"nbf\":true}", JWT_NBF_TYPE, 0},
		{"{\"iat\":[]}", JWT_IAT_TYPE, 0},
		/* several at once: exp, nbf, iat, aud in this order */
		{"{\"aud\":1,\"iat\":\"\",\"nbf\":\"\",\"exp\":\"\"}", JWT_EXP_TYPE, 0},
		{"{\"aud\":1,\"iat\":\"\",\"nbf\":\"\",\"exp\":1}", JWT_EXPIRED, 1699999999},
		{"{\"aud\":1,\"iat\":\"\",\"nbf\":1700000090}", JWT_EARLY, 90},
		{"{\"aud\":1,\"iat\":1700000090}", JWT_FUTURE, 90},
		{"{\"aud\":1}", JWT_AUD_TYPE, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct jwt_terms t = terms_of(cases[i].claims, NULL);
		int64_t off = 0;
		if (jwt_terms_check(&t, NOW, &off) != cases[i].reason || off != cases[i].off)
			fail_msg("%s: off %lld", cases[i].claims, (long long)off);
	}
}

/* The farthest times there can be must not overflow. */
static void no_time_is_too_far_off(void **state)
{
	struct jwt_terms t = terms_of("{\"exp\":-9223372036854775808}", NULL);
	int64_t off = 0;

	(void)state;
	assert_int_equal(jwt_terms_check(&t, NOW, &off), JWT_EXPIRED);
	assert_true(off > NOW);
	t = terms_of("{\"nbf\":9223372036854775807}", NULL);
	assert_int_equal(jwt_terms_check(&t, NOW, &off), JWT_EARLY);
	assert_true(off > NOW);
}

static void the_audience_must_be_ours_when_there_is_one(void **state)
{
	static const struct {
		const char *claims;
		enum jwt_reason ours, any; /* with a configured audience, and without */
	} cases[] = {
		{"{}", JWT_OK, JWT_OK},
		{"{\"aud\":null}", JWT_OK, JWT_OK},
		{"{\"aud\":[]}", JWT_OK, JWT_OK},
		{"{\"aud\":\"plat\"}", JWT_OK, JWT_OK},
		{"{\"aud\":\"other\"}", JWT_AUDIENCE, JWT_OK},
		{"{\"aud\":\"\"}", JWT_AUDIENCE, JWT_OK},
		{"{\"aud\":[\"plat\"]}", JWT_OK, JWT_OK},
		{"{\"aud\":[\"other\",\"plat\",\"third\"]}", JWT_OK, JWT_OK},
		{"{\"aud\":[\"other\"]}", JWT_AUDIENCE, JWT_OK},
		{"{\"aud\":[\"plat\",1]}", JWT_AUD_TYPE, JWT_AUD_TYPE},
		{"{\"aud\":[{\"a\":1},\"plat\"]}", JWT_AUD_TYPE, JWT_AUD_TYPE},
		{"{\"aud\":[null]}", JWT_AUD_TYPE, JWT_AUD_TYPE},
		{"{\"aud\":{\"a\":1}}", JWT_AUD_TYPE, JWT_AUD_TYPE},
		{"{\"aud\":7}", JWT_AUD_TYPE, JWT_AUD_TYPE},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		if (terms_of(cases[i].claims, "plat").lasting != cases[i].ours ||
			terms_of(cases[i].claims, NULL).lasting != cases[i].any)
			fail_msg("%s", cases[i].claims);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tokens_of_the_rfcs_are_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(signing_gives_what_the_rfcs_give, setup, teardown),
		cmocka_unit_test_setup_teardown(
			tokens_of_another_program_are_taken_in_every_algorithm, setup, teardown),
		cmocka_unit_test_setup_teardown(changing_any_part_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(each_damage_has_its_reason, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_true_signature_does_not_save_what_is_wrong_otherwise, setup, teardown),
		cmocka_unit_test_setup_teardown(a_public_key_is_no_secret, setup, teardown),
		cmocka_unit_test_setup_teardown(a_kid_takes_its_key_and_no_other, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_kid_each_key_is_tried, setup, teardown),
		cmocka_unit_test_setup_teardown(times_have_half_a_minute_of_grace, setup, teardown),
		cmocka_unit_test_setup_teardown(no_time_is_too_far_off, setup, teardown),
		cmocka_unit_test_setup_teardown(the_audience_must_be_ours_when_there_is_one, setup,
			teardown),
	};

	return cmocka_run_group_tests_name("base/jwt", tests, NULL, NULL);
}
