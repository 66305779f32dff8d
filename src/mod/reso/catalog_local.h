/* catalog_local: shared by catalog.c and catalog_model.c alone. */
#pragma once
#include <stdbool.h>

#include "base/str.h"

struct reso_catalog;
struct result;

bool reso_catalog_shows(const struct reso_catalog *cat, struct str field);

/* Makes cat->model. sources: name, type, whether a list, lookup; fields: name, the JSON types met. */
void reso_catalog_model(struct reso_catalog *cat, const struct result *sources,
	const struct result *fields);
