// Electronic identification codes of agencies (Decision 20/2020/QD-TTg): groups joined by dots, the highest level first, that one a
// letter and two digits (H56 is Thanh Hoa province, H56.08 an agency of it). Pure.
#pragma once

// The code as it is stored, in capitals. The order of QCVN 102:2016/BTTTT, which began with the lowest level and filled up with
// groups of zeros (000.00.08.H56), is taken too. The caller frees it; NULL: no such code.
char *identifier_national (const char *text);
