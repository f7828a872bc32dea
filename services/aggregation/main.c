#include "aggregation.h"

static void *start (bc_service_t *service)
{
    return aggregation_new (service);
}

static void stop (void **state_p)
{
    aggregation_destroy ((aggregation_t **)state_p);
}

static bool idle (void *state)
{
    return aggregation_idle (state);
}

static bool healthy (void *state)
{
    return aggregation_healthy (state);
}

int main (int argc, char **argv)
{
    static const bc_service_class_t class = {
        .name = "aggregation",
        .summary = "Adds up what validation has judged, and publishes the committee's numbered feed.",
        .start = start,
        .stop = stop,
        .idle = idle,
        .healthy = healthy,
    };
    return bc_service_main (argc, argv, &class);
}
