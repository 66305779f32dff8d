/* auth: what the module gives to others. Promises stand in the headers named here. */
#pragma once

#include "mod/auth/password.h" /* bcrypt hashes */
