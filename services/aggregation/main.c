#include "aggregation.h"

int main (int argc, char **argv)
{
    static const bc_service_class_t class = {
        .name = "aggregation",
        .summary = "Adds up what validation has judged, and publishes the committee's numbered feed.",
        .start = aggregation_start,
        .stop = aggregation_stop,
        .idle = aggregation_idle,
        .healthy = aggregation_healthy,
    };
    return bc_service_main (argc, argv, &class);
}
