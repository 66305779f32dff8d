/* support_rest_config: a configuration for each test, apart from the caller's environment. */
#pragma once
#include "mod/rest/config.h"

struct arena;

extern struct arena *config_arena;
extern struct rest_config *config;

int config_setup(void **state);
int config_teardown(void **state);

/* Each answers NULL, or the words of the failure. */
const char *config_read(const char *text); /* a file; $(HOME) is /home/me, $(EMPTY) empty */
const char *config_set(const char *key, const char *value);
const char *config_load(const char *path);
const char *config_apply(const char *key, const char *value);
const char *config_finish(void);

const char *config_joined(struct rest_list list); /* by | */
struct str config_printed(void);
const char *config_line_of(const char *name);   /* what the print has behind "name = " */
const char *config_temporary(const char *text); /* path of a file, to be unlinked */
