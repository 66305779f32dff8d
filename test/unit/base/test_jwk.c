#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/jwk.h"

#include "jwt_vectors.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new();
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

static struct str written(const struct jwk *k, bool with_private)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jwk_write(&w, k, with_private);
	assert_true(jsonw_is_complete(&w));
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static void names_of_algorithms_are_exact(void **state)
{
	enum jwk_alg alg;

	(void)state;
	for (int i = JWK_ANY + 1; i < JWK_ALGS; i++) {
		assert_true(jwk_alg_parse(str_of(jwk_alg_name((enum jwk_alg)i)), &alg));
		assert_int_equal(alg, i);
	}
	assert_false(jwk_alg_parse(STR("none"), &alg));
	assert_false(jwk_alg_parse(STR("hs256"), &alg));
	assert_false(jwk_alg_parse(STR("any"), &alg));
	assert_false(jwk_alg_parse(STR_NULL, &alg));
	assert_false(jwk_alg_parse(STR(""), &alg));
}

static void a_set_keeps_its_order_and_kids(void **state)
{
	static const char *const kids[] = {"oct", "rsa", "P-256", "P-384", "P-521", "ed"};
	const struct jwk_set *set = parse(vector_jwks);

	(void)state;
	assert_int_equal(set->n, N(kids));
	assert_int_equal(set->skipped, 0);
	for (size_t i = 0; i < set->n; i++) {
		assert_true(str_eq(jwk_kid(set->keys[i]), str_of(kids[i])));
		assert_int_equal(jwk_is_private(set->keys[i]), i == 0);
	}
}

static void a_key_fits_its_own_algorithms_only(void **state)
{
	static const char *const fits[] = {"HS256 HS384 HS512 ",
		"RS256 RS384 RS512 PS256 PS384 PS512 ", "ES256 ", "ES384 ", "ES512 ", "EdDSA "};
	const struct jwk_set *set = parse(vector_jwks);

	(void)state;
	for (size_t i = 0; i < set->n; i++) {
		char all[200] = "";
		for (int alg = 0; alg < JWK_ALGS; alg++)
			if (jwk_fits(set->keys[i], (enum jwk_alg)alg))
				strcat(strcat(all, jwk_alg_name((enum jwk_alg)alg)), " ");
		assert_string_equal(all, fits[i]);
	}
	const struct jwk *bound = parse("{\"kty\":\"oct\",\"alg\":\"HS512\",\"k\":"
					"\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}")
					  ->keys[0];
	assert_true(jwk_fits(bound, JWK_HS512));
	assert_false(jwk_fits(bound, JWK_HS256));
	assert_int_equal(jwk_alg(bound), JWK_HS512);
}

/* The kind, the use, the operations, the algorithm. */
static void keys_for_something_else_are_skipped(void **state)
{
	const struct jwk_set *set = parse(
		"{\"keys\":["
		"{\"kty\":\"new\"},"
		"{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AA\",\"y\":\"AA\"},"
		"{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"},"
		"{\"kty\":\"RSA\",\"use\":\"enc\",\"n\":\"AA\",\"e\":\"AQAB\"},"
		"{\"kty\":\"RSA\",\"alg\":\"RSA-OAEP\",\"n\":\"AA\",\"e\":\"AQAB\"},"
		"{\"kty\":\"oct\",\"key_ops\":[\"wrapKey\"],\"k\":\"AA\"},"
		"{\"kty\":\"oct\",\"use\":\"sig\",\"key_ops\":[\"verify\"],\"kid\":\"good\",\"k\":"
		"\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}]}");

	(void)state;
	assert_int_equal(set->n, 1);
	assert_int_equal(set->skipped, 6);
	assert_true(str_eq(jwk_kid(set->keys[0]), STR("good")));
	assert_int_equal(parse("{\"keys\":[]}")->n, 0);
}

#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC_D "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
#define ED_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED_D "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"

static void damaged_keys_are_named(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"{", "JSON"},
		{"[]", "the JWK: it must be an object with a text 'kty'"},
		{"{}", "the JWK: it must be an object with a text 'kty'"},
		{"{\"keys\":{}}", "'keys' must be an array"},
		{"{\"keys\":[{\"kty\":\"new\"},{\"kty\":1}]}",
			"key 2 of the JWKS: it must be an object"},
		{"{\"kty\":\"oct\",\"kid\":7,\"k\":\"AA\"}", "'kid' must be a text"},
		{"{\"kty\":\"oct\",\"k\":\"AAAA=\"}", "'k' must be a text in base64url"},
		{"{\"kty\":\"oct\",\"k\":\"AAAA\"}", "'k' must have at least 32 bytes, it has 3"},
		{"{\"kty\":\"oct\"}", "'k' must be a text in base64url"},
		{"{\"kty\":\"RSA\",\"alg\":\"HS256\"}", "'alg' HS256 does not go with 'kty' RSA"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES384\"}",
			"ES384 does not go with 'kty' EC and its curve"},
		{"{\"kty\":\"RSA\",\"n\":\"0000\",\"e\":\"AQAB\"}", "2048 to 8192 bits"},
		{"{\"kty\":\"RSA\",\"n\":\"0000\",\"e\":\"AQ\"}", "'e' is not a usable exponent"},
		{"{\"kty\":\"RSA\",\"n\":\"0000\",\"e\":\"AQAA\"}", "'e' is not a usable exponent"},
		{"{\"kty\":\"RSA\",\"n\":\"0000\",\"e\":\"AQAB\",\"oth\":[]}",
			"more than two primes"},
		{"{\"kty\":\"RSA\",\"n\":\"0000\",\"e\":\"AQAB\",\"d\":\"AQ\",\"p\":\"AQ\"}",
			"'q' must be"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"AQ\"}",
			"must have 32 bytes"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_X "\"}",
			"no point of curve P-256"},
		{"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y
		 "\",\"d\":\"" ED_D "\"}",
			"do not fit"},
		{"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}", "must have 32 bytes"},
		{"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\",\"d\":\"" EC_D "\"}",
			"'x' is not the public part"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = {.arena = a};
		assert_null(jwk_set_parse(a, str_of(cases[i].text), &e));
		assert_int_equal(e.code, E_INPUT);
		if (!strstr(e.msg, cases[i].words))
			fail_msg("%s: %s", cases[i].text, e.msg);
	}
}

static void a_setting_may_be_a_secret_a_key_or_a_set_in_base64_too(void **state)
{
	static const struct {
		const char *text;
		bool base64;
		const char *words; /* NULL: one key */
	} cases[] = {
		{"reallyreallyreallyreallyverysafe", false, NULL},
		{"reallyreallyreallyreallyverysaf", false, "at least 32 bytes long, it has 31"},
		{"{ this is a secret, although it begins like JSON }", false, NULL},
		{"  {\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"}\n", false, NULL},
		{"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"", false, "JSON"},
		{"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"}]}", false,
			NULL},
		{"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", true, NULL},
		{"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", true, NULL},
		{"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8.", true, NULL},
		{"-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-w==", true,
			"at least 32 bytes long, it has 31"},
		{"-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_--_w==", true, NULL},
		{"+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/++/w==", true, NULL},
		{"no base-64!", true, "not in base 64"},
		{"", false, "at least 32"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err e = {.arena = a};
		const struct jwk_set *set =
			jwk_set_of_text(a, str_of(cases[i].text), cases[i].base64, &e);
		if (!cases[i].words && (!set || set->n != 1))
			fail_msg("%s: %s", cases[i].text, e.msg);
		if (cases[i].words && (set || !strstr(e.msg, cases[i].words)))
			fail_msg("%s: %s", cases[i].text, set ? "taken" : e.msg);
	}
}

static void a_plain_secret_is_for_hs256_only(void **state)
{
	const struct jwk *k =
		jwk_set_of_secret(a, STR("reallyreallyreallyreallyverysafe"), NULL)->keys[0];

	(void)state;
	assert_true(jwk_fits(k, JWK_HS256));
	assert_false(jwk_fits(k, JWK_HS384));
	assert_false(jwk_fits(k, JWK_HS512));
	assert_null(jwk_kid(k).p);
}

/* RFC 7638 section 3.1 and RFC 8037 appendix A.3 */
static void thumbprints_are_those_of_the_rfcs(void **state)
{
	const struct jwk *rsa = parse(
		"{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1"
		"RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0"
		"h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qN"
		"Lyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDK"
		"gw\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}")
					->keys[0];
	const struct jwk *ed =
		parse("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\"}")->keys[0];

	(void)state;
	assert_string_equal(jwk_thumbprint(a, rsa).p,
		"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	assert_string_equal(jwk_thumbprint(a, ed).p, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

static void new_keys_sign_and_survive_being_written(void **state)
{
	(void)state;
	for (int alg = JWK_ANY + 1; alg < JWK_ALGS; alg++) {
		const struct jwk *k = jwk_new(a, (enum jwk_alg)alg);
		struct str data = STR("some data"), signature;
		assert_true(jwk_is_private(k));
		assert_int_equal(jwk_alg(k), alg);
		assert_true(str_eq(jwk_kid(k), jwk_thumbprint(a, k)));

		const struct jwk *again = parse(written(k, true).p)->keys[0];
		assert_true(jwk_is_private(again));
		assert_true(str_eq(jwk_kid(again), jwk_kid(k)));
		assert_true(str_eq(written(again, true), written(k, true)));
		signature = jwk_sign(a, again, (enum jwk_alg)alg, data);
		assert_true(jwk_verify(k, (enum jwk_alg)alg, data, signature));
		assert_false(jwk_verify(k, (enum jwk_alg)alg, STR("some datA"), signature));
	}
}

/* Each byte of the signature matters, and so does its length. */
static void a_changed_signature_is_none(void **state)
{
	static const enum jwk_alg algs[] = {JWK_HS384, JWK_ES256, JWK_EDDSA};

	(void)state;
	for (size_t i = 0; i < N(algs); i++) {
		const struct jwk *k = jwk_new(a, algs[i]);
		struct str signature = jwk_sign(a, k, algs[i], STR("data"));
		for (size_t at = 0; at < signature.len; at++) {
			char *copy = arena_dup(a, signature.p, signature.len);
			copy[at] ^= 0x40;
			assert_false(
				jwk_verify(k, algs[i], STR("data"), str_from(copy, signature.len)));
		}
		assert_false(
			jwk_verify(k, algs[i], STR("data"), str_sub(signature, 1, signature.len)));
		assert_false(jwk_verify(k, algs[i], STR("data"), STR("")));
		assert_true(jwk_verify(k, algs[i], STR("data"), signature));
	}
}

/* RFC 7518 section 3.4: r and s with all their leading zeros. */
static void signatures_of_curves_have_their_full_length(void **state)
{
	const struct jwk *k = jwk_new(a, JWK_ES512);

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct str data = str_printf(a, "%d", i),
			   signature = jwk_sign(a, k, JWK_ES512, data);
		assert_int_equal(signature.len, 132);
		assert_true(jwk_verify(k, JWK_ES512, data, signature));
	}
	static const char zeros[132];
	assert_false(jwk_verify(k, JWK_ES512, STR("x"), str_from(zeros, sizeof(zeros))));
}

static void what_is_published_has_no_private_part(void **state)
{
	static const char *const secrets[] = {"d", "p", "q", "dp", "dq", "qi", "k"};
	const struct jwk *keys[] = {jwk_new(a, JWK_HS256), jwk_new(a, JWK_RS256),
		jwk_new(a, JWK_ES256), jwk_new(a, JWK_EDDSA)};
	struct jwk_set set = {.keys = keys, .n = N(keys)};
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jwk_set_write(&w, &set);
	const struct json *list = json_get(json_parse(a, buf_view(&b), NULL), "keys");
	assert_int_equal(json_len(list), 3);
	for (struct json_iter it = json_each(list); json_next(&it);)
		for (size_t i = 0; i < N(secrets); i++)
			assert_null(json_get(it.value, secrets[i]));
	const struct jwk_set *again = parse(b.p);
	assert_int_equal(again->n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_false(jwk_is_private(again->keys[i]));
		assert_true(str_eq(jwk_kid(again->keys[i]), jwk_kid(keys[i + 1])));
		assert_true(str_eq(jwk_thumbprint(a, again->keys[i]), jwk_kid(keys[i + 1])));
	}
	buf_done(&b);
}

/* A private RSA key may come without its primes. */
static void an_rsa_key_of_n_e_and_d_signs(void **state)
{
	const struct jwk *k = jwk_new(a, JWK_RS256);
	const struct json *o = json_parse(a, written(k, true), NULL);
	struct str n, e, d;

	(void)state;
	assert_true(json_to_str(json_get(o, "n"), &n) && json_to_str(json_get(o, "e"), &e) &&
		json_to_str(json_get(o, "d"), &d));
	const struct jwk *less = parse(str_printf(a,
					       "{\"kty\":\"RSA\",\"n\":\"" STR_FMT
					       "\",\"e\":\"" STR_FMT "\",\"d\":\"" STR_FMT "\"}",
					       STR_ARG(n), STR_ARG(e), STR_ARG(d))
					       .p)
					 ->keys[0];
	struct str signature = jwk_sign(a, less, JWK_PS256, STR("data"));
	assert_false(jwk_fits(k, JWK_PS256));
	assert_true(jwk_verify(less, JWK_PS256, STR("data"), signature));
	assert_true(
		jwk_verify(k, JWK_RS256, STR("data"), jwk_sign(a, less, JWK_RS256, STR("data"))));
	assert_null(json_get(json_parse(a, written(less, true), NULL), "p"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_of_algorithms_are_exact, setup, teardown),
		cmocka_unit_test_setup_teardown(a_set_keeps_its_order_and_kids, setup, teardown),
		cmocka_unit_test_setup_teardown(a_key_fits_its_own_algorithms_only, setup,
			teardown),
		cmocka_unit_test_setup_teardown(keys_for_something_else_are_skipped, setup,
			teardown),
		cmocka_unit_test_setup_teardown(damaged_keys_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_setting_may_be_a_secret_a_key_or_a_set_in_base64_too, setup, teardown),
		cmocka_unit_test_setup_teardown(a_plain_secret_is_for_hs256_only, setup, teardown),
		cmocka_unit_test_setup_teardown(thumbprints_are_those_of_the_rfcs, setup, teardown),
		cmocka_unit_test_setup_teardown(new_keys_sign_and_survive_being_written, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_changed_signature_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(signatures_of_curves_have_their_full_length, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_is_published_has_no_private_part, setup,
			teardown),
		cmocka_unit_test_setup_teardown(an_rsa_key_of_n_e_and_d_signs, setup, teardown),
	};

	return cmocka_run_group_tests_name("base/jwk", tests, NULL, NULL);
}
