/* When, and for whom, a token is good (RFC 7519 section 4.1). */
#include "base/jwt.h"

#include <math.h>

#include "base/json.h"

#define FURTHEST INT64_C(9000000000000000000) /* beyond any clock; sums with it do not overflow */

/* Beyond int64_t, "1e400" too: as far off as it gets. */
static int64_t read_large(const struct json *v)
{
	double x = 0;

	if (json_to_f64(v, &x) && x > -(double)FURTHEST && x < (double)FURTHEST)
		return (int64_t)floor(x);
	return str_starts(json_scalar(v), STR("-")) ? -FURTHEST : FURTHEST;
}

/* A time may have a fraction; it is cut off. Absent and null leave *ret_s as it is. */
static bool read_time(const struct json *v, int64_t *ret_s)
{
	int64_t s;

	if (json_type(v) == JSON_ABSENT || json_type(v) == JSON_NULL)
		return true;
	if (json_type(v) != JSON_NUMBER)
		return false;
	if (!json_to_i64(v, &s) || s > FURTHEST || s < -FURTHEST)
		s = read_large(v);
	*ret_s = s;
	return true;
}

static enum jwt_reason read_audience(const struct json *v, struct str audience)
{
	struct str s;

	if (json_type(v) == JSON_ABSENT || json_type(v) == JSON_NULL)
		return JWT_OK;
	if (json_to_str(v, &s))
		return !audience.p || str_eq(s, audience) ? JWT_OK : JWT_AUDIENCE;
	if (json_type(v) != JSON_ARRAY)
		return JWT_AUD_TYPE;
	bool ours = !audience.p || json_len(v) == 0;
	for (struct json_iter it = json_each(v); json_next(&it);) {
		if (!json_to_str(it.value, &s))
			return JWT_AUD_TYPE;
		ours = ours || str_eq(s, audience);
	}
	return ours ? JWT_OK : JWT_AUDIENCE;
}

struct jwt_terms jwt_terms(const struct json *claims, struct str audience)
{
	struct jwt_terms t = {.exp = FURTHEST, .nbf = -FURTHEST, .iat = -FURTHEST};

	if (!read_time(json_get(claims, "exp"), &t.exp))
		t.lasting = JWT_EXP_TYPE;
	else if (!read_time(json_get(claims, "nbf"), &t.nbf))
		t.lasting = JWT_NBF_TYPE;
	else if (!read_time(json_get(claims, "iat"), &t.iat))
		t.lasting = JWT_IAT_TYPE;
	else
		t.lasting = read_audience(json_get(claims, "aud"), audience);
	return t;
}

enum jwt_reason jwt_terms_check(const struct jwt_terms *t, int64_t now_s, int64_t *ret_off_s)
{
	if (t->lasting == JWT_EXP_TYPE)
		return t->lasting;
	if (t->exp < now_s - JWT_SKEW_S) {
		*ret_off_s = now_s - t->exp;
		return JWT_EXPIRED;
	}
	if (t->lasting == JWT_NBF_TYPE)
		return t->lasting;
	if (t->nbf > now_s + JWT_SKEW_S) {
		*ret_off_s = t->nbf - now_s;
		return JWT_EARLY;
	}
	if (t->lasting == JWT_IAT_TYPE)
		return t->lasting;
	if (t->iat > now_s + JWT_SKEW_S) {
		*ret_off_s = t->iat - now_s;
		return JWT_FUTURE;
	}
	return t->lasting;
}
