/* login_local: the words of a refused login (login_words.c). Not for others. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/jwt.h"

struct rest_fault;

/* All return -1. parts: of JWT_PARTS; off_s: of EXPIRED, EARLY, FUTURE. */
int login_refuse(struct rest_fault *f, enum jwt_reason reason, size_t parts, int64_t off_s);
int login_refuse_nobody(struct rest_fault *f);                /* no token, and no anonymous role */
int login_refuse_role(struct rest_fault *f, struct str role); /* as PostgreSQL says it */
int login_refuse_all(struct rest_fault *f);                   /* there is no secret */
