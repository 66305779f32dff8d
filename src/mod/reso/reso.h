/* reso: what the module gives to others. Promises stand in the headers named here. */
#pragma once

#include "mod/reso/odata.h" /* the protocol: plat feed speaks it too */
