#include "mod/rest/compress.h"

#include "mod/rest/request.h"

static struct str wished(struct rest_request *r)
{
	return rest_request_header_list(r, "Accept-Encoding");
}

struct pack *rest_compress_stream(struct rest_request *r)
{
	enum coding c = coding_choose(wished(r));

	if (c != CODING_NONE)
		rest_answer_header(r, "Content-Encoding", coding_name(c));
	return coding_pack(r->arena, c);
}

enum coding rest_compress_coding(struct rest_request *r, size_t len)
{
	return coding_of_body(wished(r), len);
}

struct str rest_compress(struct rest_request *r, struct str body)
{
	enum coding c = rest_compress_coding(r, body.len);

	if (c != CODING_NONE)
		rest_answer_header(r, "Content-Encoding", coding_name(c));
	return coding_packed(r->arena, c, body);
}
