#include "validation.h"

int main (int argc, char **argv)
{
    static const bc_service_class_t class = {
        .name = "validation",
        .summary = "Applies the rules to the reports that intake stored.",
        .start = validation_start,
        .stop = validation_stop,
        .idle = validation_idle,
        .healthy = validation_healthy,
    };
    return bc_service_main (argc, argv, &class);
}
