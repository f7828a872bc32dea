// What intake_db.c and intake_db_query.c share; nobody else includes it.
#pragma once

// The submission of a unit with that report id, or another one: the caller compares. A plain equality would let a plan that was
// made while the table was empty choose the index on (unit_id, chain_index) and read all that the unit ever sent.
#define INTAKE_BY_REPORT_ID(unit, report)                                                                                          \
    "(SELECT * FROM submission WHERE unit_id = " unit " AND report_id >= " report " ORDER BY report_id LIMIT 1)"
