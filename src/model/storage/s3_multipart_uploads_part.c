#include "model/storage/s3_multipart_uploads_part.h"

#include "model/storage/s3_multipart_upload.h"

#define AT(member) offsetof(struct storage_s3_multipart_uploads_part, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"upload_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(upload_id)},
	{"part_number", "integer", MODEL_INT, MODEL_NOT_NULL, AT(part_number)},
	{"size", "bigint", MODEL_INT, MODEL_NOT_NULL, AT(size)},
	{"etag", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(etag)},
	{"version", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(version)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"s3_multipart_uploads_parts_pkey", "(id)", {{0x1, 0x0}}},
	{"s3_multipart_uploads_parts_upload_id_part_number_key", "(upload_id, part_number)",
		{{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"upload", &storage_s3_multipart_uploads_part_table, &storage_s3_multipart_upload_table, 1,
		{STORAGE_S3_MULTIPART_UPLOADS_PART_UPLOAD_ID}, {STORAGE_S3_MULTIPART_UPLOAD_ID}},
};

const struct model_table storage_s3_multipart_uploads_part_table = {
	.schema = "storage",
	.name = "s3_multipart_uploads_parts",
	.label = "s3 multipart uploads part",
	.class = MODEL_SHARED,
	.size = sizeof(struct storage_s3_multipart_uploads_part),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {STORAGE_S3_MULTIPART_UPLOADS_PART_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
