/* site: what others use of this module: the command line proves domains. */
#pragma once

#include "mod/site/domain.h"
