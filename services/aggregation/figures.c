#include "figures.h"

void figures_fill (Baocao__V1__Figures *self, const rollup_period_t *total, size_t expected)
{
    self->expected = (uint32_t)expected;
    self->on_time = (uint32_t)total->on_time;
    self->late = (uint32_t)total->late;
    self->received = self->on_time + self->late;
    self->missing = self->expected - self->received;
    self->rejected = (uint32_t)total->rejected;
    self->voluntary = (uint32_t)total->voluntary;
}

Google__Protobuf__Timestamp *figures_time (Google__Protobuf__Timestamp *self, int64_t ms)
{
    int64_t within_second = ((ms % 1000) + 1000) % 1000;
    google__protobuf__timestamp__init (self);
    self->seconds = (ms - within_second) / 1000;
    self->nanos = (int32_t)within_second * 1000000;
    return self;
}
