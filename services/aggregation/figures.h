// Small pieces that events and snapshots are both made of.
#pragma once

#include "baocao/v1/feed.pb-c.h"
#include "rollup.h"

// Fills in a period's figures; `expected` units must report.
void figures_fill (Baocao__V1__Figures *self, const rollup_period_t *total, size_t expected);

// Unix milliseconds as a timestamp; returns it.
Google__Protobuf__Timestamp *figures_time (Google__Protobuf__Timestamp *self, int64_t ms);
