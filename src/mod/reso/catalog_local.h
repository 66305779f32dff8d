/* catalog_local: shared by catalog.c and catalog_model.c alone. */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct reso_catalog;
struct result;

/* Makes cat->model. sources: name, type, whether a list, lookup; fields: name, the JSON types met. */
void reso_catalog_model(struct reso_catalog *cat, const struct result *sources,
	const struct result *fields);
