#include "model/value.h"

struct model_value model_value_null(void)
{
	return (struct model_value){.type = MODEL_V_NULL};
}

struct model_value model_value_str(struct str s)
{
	return s.p ? (struct model_value){.type = MODEL_V_STR, .s = s} : model_value_null();
}

struct model_value model_value_text(const char *s)
{
	return model_value_str(str_of(s));
}

struct model_value model_value_i64(int64_t i)
{
	return (struct model_value){.type = MODEL_V_INT, .i = i};
}

struct model_value model_value_f64(double f)
{
	return (struct model_value){.type = MODEL_V_FLOAT, .f = f};
}

struct model_value model_value_truth(bool b)
{
	return (struct model_value){.type = MODEL_V_BOOL, .b = b};
}

struct model_value model_value_int(struct model_int v)
{
	return v.set ? model_value_i64(v.v) : model_value_null();
}

struct model_value model_value_float(struct model_float v)
{
	return v.set ? model_value_f64(v.v) : model_value_null();
}

struct model_value model_value_bool(struct model_bool v)
{
	return v.set ? model_value_truth(v.v) : model_value_null();
}

struct model_value model_value_time(struct model_time v)
{
	return v.set ? (struct model_value){.type = MODEL_V_TIME, .i = v.us} : model_value_null();
}

struct model_value model_value_date(struct model_date v)
{
	return v.set ? (struct model_value){.type = MODEL_V_DATE, .i = v.days} : model_value_null();
}

struct model_value model_strs(size_t n, const struct str *list)
{
	return (struct model_value){.type = MODEL_V_STRS, .strs = {list, n}};
}
