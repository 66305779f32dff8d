/* mls: what the module gives to others. Promises stand in the headers named here. */
#pragma once

#include "mod/mls/connection.h" /* access to a feed */
#include "mod/mls/sync.h"       /* replication */
