/* order_local: between the files that read sort_by. Both begin at, or behind, a ( and end at its ). */
#pragma once
#include "mod/search/filter_scan.h"

int search_order_distance(struct search_scan *s, struct search_sort *sort); /* behind it */
int search_order_eval(struct search_scan *s, struct search_sort *sort);     /* at it */
