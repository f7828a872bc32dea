// How a test program of check ends.
#pragma once

#include <check.h>
#include <stdlib.h>

// Runs the suite as the environment says (CK_TAP_LOG_FILE_NAME, CK_VERBOSITY) and frees it. The program's exit status.
static inline int suite_run (Suite *suite)
{
    SRunner *runner = srunner_create (suite);
    srunner_run_all (runner, CK_ENV);
    int failed = srunner_ntests_failed (runner);
    srunner_free (runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
